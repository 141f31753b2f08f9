using System.Net;
using System.Text.Json;

namespace GatewayActors.Client;

/// <summary>Sums over the requests of an account, by GraphQL.</summary>
public sealed class AnalyticsClient
{
    private const string ByModel = """
        query($account: string!, $from: Time!, $to: Time!) { viewer { accounts(filter: { accountTag: $account }) {
          aiGatewayRequestsAdaptiveGroups(limit: 1000, filter: { datetimeMinute_geq: $from, datetimeMinute_lt: $to }) { count sum { cost } dimensions { provider model } } } } }
        """;

    private readonly GatewayTransport _transport;

    internal AnalyticsClient(GatewayTransport transport) => _transport = transport;

    /// <summary>Asks a query.</summary>
    /// <param name="query">The query, in GraphQL.</param>
    /// <param name="variables">Its variables; null for none.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The member <c>data</c> of the answer.</returns>
    /// <exception cref="AiGatewayException">The query is wrong, or the call is refused.</exception>
    public async Task<JsonElement> QueryAsync(string query, IReadOnlyDictionary<string, JsonElement>? variables = null, CancellationToken cancellationToken = default)
    {
        var content = GatewayTransport.Json(new GraphQLRequest(query, variables), ClientJson.Default.GraphQLRequest);
        var answer = await _transport.SendWholeAsync(HttpMethod.Post, _transport.Origin + "/client/v4/graphql", content, ClientJson.Default.GraphQLAnswer, cancellationToken).ConfigureAwait(false);
        return answer switch
        {
            { Errors: [var error, ..] } => throw new AiGatewayException(error.Message ?? "The query has failed.", HttpStatusCode.OK, 0, null),
            { Data: { } data } => data,
            _ => throw new AiGatewayException("The answer has no data.", HttpStatusCode.OK, 0, null),
        };
    }

    /// <summary>Requests and their cost by provider and model.</summary>
    /// <param name="from">The beginning.</param>
    /// <param name="to">The end, which is not part of it.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="AiGatewayException">The span is too long, or the call is refused.</exception>
    public async Task<IReadOnlyList<ModelUsage>> SumByModelAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken = default)
    {
        var variables = new Dictionary<string, JsonElement>
        {
            ["account"] = Text(_transport.AccountId),
            ["from"] = Text(Time(from)),
            ["to"] = Text(Time(to)),
        };
        var data = await QueryAsync(ByModel, variables, cancellationToken).ConfigureAwait(false);
        return [.. data.GetProperty("viewer").GetProperty("accounts").EnumerateArray()
            .SelectMany(account => account.GetProperty("aiGatewayRequestsAdaptiveGroups").EnumerateArray())
            .Select(group => new ModelUsage(
                group.GetProperty("dimensions").GetProperty("provider").GetString()!,
                group.GetProperty("dimensions").GetProperty("model").GetString()!,
                group.GetProperty("count").GetInt64(),
                group.GetProperty("sum").GetProperty("cost").GetDecimal()))];
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);

    private static JsonElement Text(string value) => JsonSerializer.SerializeToElement(value, ClientJson.Default.String);
}

/// <summary>What a model was used for.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Model">The model.</param>
/// <param name="Requests">How many requests.</param>
/// <param name="Cost">What they cost, in USD.</param>
public sealed record ModelUsage(string Provider, string Model, long Requests, decimal Cost);
