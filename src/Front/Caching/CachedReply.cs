using GatewayActors.Abstractions.Caching;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Upstreams;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Front.Caching;

/// <summary>An answer out of the cache.</summary>
internal sealed class CachedReply(CachedAnswer answer, AnswerSource source, HeldAnswer? held = null) : Answer
{
    public override int StatusCode => answer.StatusCode;

    public override string? ContentType => answer.ContentType;

    public override AnswerSource Source => source;

    public override ReadOnlyMemory<byte> First => answer.Body;

    public override bool IsWhole => true;

    public override ReadOnlyMemory<byte> Compressed => held is null ? default : held.Compressed;

    public override void CopyHeaders(IHeaderDictionary headers) => Copy(answer.Headers, answer.ContentType, headers);

    public override ValueTask<ReadOnlyMemory<byte>> ReadNextAsync() => ValueTask.FromResult(ReadOnlyMemory<byte>.Empty);

    public override UsageReport Report() => NothingUsed(answer.Model);

    /// <summary>What an answer used that was paid for before.</summary>
    public static UsageReport NothingUsed(string? model) => new()
    {
        Model = model,
        Usage = new() { InputTotal = 0, OutputTotal = 0 },
    };

    public static void Copy(IReadOnlyList<KeyValuePair<string, string>> stored, string? contentType, IHeaderDictionary headers)
    {
        headers.ContentType = contentType;
        for (var index = 0; index < stored.Count; index++)
        {
            var (name, value) = stored[index];
            headers[name] = headers.TryGetValue(name, out var others) ? Microsoft.Extensions.Primitives.StringValues.Concat(others, value) : value;
        }
    }
}
