using GatewayActors.Front.Upstreams;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Front.Rest;

/// <summary>A provider's error in the words of the API host: another status and body, the rest of it as it was.</summary>
/// <param name="inner">The error; belongs to this one.</param>
/// <param name="status">The status.</param>
/// <param name="body">JSON.</param>
internal sealed class ReplacedReply(Answer inner, int status, byte[] body) : Answer
{
    public override int StatusCode => status;

    public override string ContentType => "application/json";

    public override AnswerSource Source => inner.Source;

    public override ReadOnlyMemory<byte> First => body;

    public override bool IsWhole => true;

    public override void CopyHeaders(IHeaderDictionary headers)
    {
        inner.CopyHeaders(headers);
        headers.ContentLength = null;
        headers.ContentType = ContentType;
    }

    public override ValueTask<ReadOnlyMemory<byte>> ReadNextAsync() => default;

    public override UsageReport? Report() => inner.Report();

    protected override void Dispose(bool disposing)
    {
        inner.Dispose();
        base.Dispose(disposing);
    }
}
