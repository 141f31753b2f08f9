using GatewayActors.Front.Upstreams;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Front.Inspection;

/// <summary>An answer of which more has been read than its first bytes; the rest comes as it comes.</summary>
/// <param name="inner">The answer; belongs to this one.</param>
/// <param name="read">What has been read.</param>
internal sealed class PrefixedReply(Answer inner, ReadOnlyMemory<byte> read) : Answer
{
    public override int StatusCode => inner.StatusCode;

    public override string? ContentType => inner.ContentType;

    public override bool IsFailure => inner.IsFailure;

    public override bool StatesError => inner.StatesError;

    public override AnswerSource Source => inner.Source;

    public override ReadOnlyMemory<byte> First => read;

    public override bool IsWhole => false;

    public override bool TimedOut => inner.TimedOut;

    public override void CopyHeaders(IHeaderDictionary headers) => inner.CopyHeaders(headers);

    public override ValueTask<ReadOnlyMemory<byte>> ReadNextAsync() => inner.IsWhole ? default : inner.ReadNextAsync();

    public override ValueTask FinishAsync() => inner.FinishAsync();

    public override UsageReport? Report() => inner.Report();

    protected override void Dispose(bool disposing)
    {
        inner.Dispose();
        base.Dispose(disposing);
    }
}
