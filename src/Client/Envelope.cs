using System.Text.Json;
using System.Text.Json.Serialization;

namespace GatewayActors.Client;

internal sealed record Envelope<T>
{
    public T? Result { get; init; }

    public ResultInfo? ResultInfo { get; init; }
}

internal sealed record ResultInfo(long? TotalCount);

/// <summary>The admin API has a list; the data plane says one thing, by these names.</summary>
internal sealed record ErrorBody(IReadOnlyList<ErrorItem>? Errors, [property: JsonPropertyName("internalCode")] int? InternalCode, string? Description);

internal sealed record ErrorItem(int Code, string? Message);

internal sealed record GraphQLRequest(string Query, IReadOnlyDictionary<string, JsonElement>? Variables);

internal sealed record GraphQLAnswer(JsonElement? Data, IReadOnlyList<ErrorItem>? Errors);
