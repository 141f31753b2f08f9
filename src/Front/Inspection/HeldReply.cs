using GatewayActors.Front.Upstreams;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Front.Inspection;

/// <summary>An answer that was held back until all of it was there: the same bytes, now as a whole.</summary>
/// <param name="inner">The answer; belongs to this one.</param>
/// <param name="body">All of it.</param>
internal sealed class HeldReply(Answer inner, ReadOnlyMemory<byte> body) : Answer
{
    public override int StatusCode => inner.StatusCode;

    public override string? ContentType => inner.ContentType;

    public override bool IsFailure => inner.IsFailure;

    public override bool StatesError => inner.StatesError;

    public override AnswerSource Source => inner.Source;

    public override ReadOnlyMemory<byte> First => body;

    public override bool IsWhole => true;

    public override void CopyHeaders(IHeaderDictionary headers) => inner.CopyHeaders(headers);

    public override ValueTask<ReadOnlyMemory<byte>> ReadNextAsync() => default;

    public override UsageReport? Report() => inner.Report();

    protected override void Dispose(bool disposing)
    {
        inner.Dispose();
        base.Dispose(disposing);
    }
}
