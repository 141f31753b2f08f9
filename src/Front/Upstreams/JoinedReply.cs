using GatewayActors.Providers.Usage;

namespace GatewayActors.Front.Upstreams;

/// <summary>The answers to the calls of one request: one JSON array with all of them, under the head of the first.</summary>
/// <param name="first">The first answer; belongs to the reply.</param>
/// <param name="body">All of them.</param>
/// <param name="report">What they used.</param>
internal sealed class JoinedReply(Attempt first, ReadOnlyMemory<byte> body, UsageReport? report) : Answer
{
    public override int StatusCode => first.StatusCode;

    public override string? ContentType => first.ContentType;

    public override ReadOnlyMemory<byte> First => body;

    public override bool IsWhole => true;

    public override void CopyHeaders(IHeaderDictionary headers)
    {
        first.CopyHeaders(headers);
        headers.ContentLength = body.Length;
    }

    public override ValueTask<ReadOnlyMemory<byte>> ReadNextAsync() => ValueTask.FromResult(ReadOnlyMemory<byte>.Empty);

    public override UsageReport? Report() => report;

    /// <summary>What several answers used together; null if none says.</summary>
    public static UsageReport? Sum(IEnumerable<UsageReport?> reports)
    {
        UsageReport? sum = null;
        foreach (var report in reports)
        {
            if (report is not null)
            {
                sum = sum is null ? report : sum with { Usage = Sum(sum.Usage, report.Usage), Model = sum.Model ?? report.Model, RawUsageJson = null };
            }
        }

        return sum;
    }

    protected override void Dispose(bool disposing)
    {
        first.Dispose();
        base.Dispose(disposing);
    }

    private static TokenUsage? Sum(TokenUsage? one, TokenUsage? other) => (one, other) switch
    {
        (null, _) => other,
        (_, null) => one,
        _ => one with
        {
            InputTotal = Sum(one.InputTotal, other.InputTotal),
            OutputTotal = Sum(one.OutputTotal, other.OutputTotal),
            CacheRead = one.CacheRead + other.CacheRead,
            CacheWrite5m = one.CacheWrite5m + other.CacheWrite5m,
            CacheWrite1h = one.CacheWrite1h + other.CacheWrite1h,
            Units = one.Units is null && other.Units is null ? null : (one.Units ?? 0) + (other.Units ?? 0),
            UnitKind = one.UnitKind ?? other.UnitKind,
        },
    };

    private static long? Sum(long? one, long? other) => one is null && other is null ? null : (one ?? 0) + (other ?? 0);
}
