using System.Text.Json;

namespace GatewayActors.Client;

internal sealed record Envelope<T>
{
    public T? Result { get; init; }

    public ResultInfo? ResultInfo { get; init; }
}

internal sealed record ResultInfo(long? TotalCount);

internal sealed record ErrorBody(IReadOnlyList<ErrorItem>? Errors);

internal sealed record ErrorItem(int Code, string? Message);

internal sealed record GraphQLRequest(string Query, IReadOnlyDictionary<string, JsonElement>? Variables);

internal sealed record GraphQLAnswer(JsonElement? Data, IReadOnlyList<ErrorItem>? Errors);
