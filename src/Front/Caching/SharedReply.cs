using GatewayActors.Front.Upstreams;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Front.Caching;

/// <summary>An answer that comes in for several exchanges, as one of them takes it out.</summary>
internal abstract class SharedReply(Flight flight, SharedBody.Reader reader, CancellationToken client) : Answer
{
    protected Flight Flight { get; } = flight;

    public override ReadOnlyMemory<byte> First => ReadOnlyMemory<byte>.Empty;

    public override bool IsWhole => false;

    public override bool TimedOut => Flight.TimedOut;

    public override ValueTask<ReadOnlyMemory<byte>> ReadNextAsync() => reader.ReadAsync(client);

    protected override void Dispose(bool disposing)
    {
        reader.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>The answer for the exchange that has fetched it.</summary>
internal sealed class LeaderReply(Flight flight, SharedBody.Reader reader, Answer attempt, Task fetching, FlightSeat seat, CancellationToken client)
    : SharedReply(flight, reader, client)
{
    public override int StatusCode => attempt.StatusCode;

    public override string? ContentType => attempt.ContentType;

    public override void CopyHeaders(IHeaderDictionary headers) => attempt.CopyHeaders(headers);

    /// <summary>Others may still wait for the rest; what it cost is known when it is here.</summary>
    public override async ValueTask FinishAsync()
    {
        seat.Dispose();
        await fetching;
    }

    public override UsageReport? Report() => attempt.Report();

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        seat.Dispose();

        // A fallback drops an answer that others may still be reading.
        _ = fetching.ContinueWith(static (_, attempt) => ((Answer)attempt!).Dispose(), attempt, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }
}

/// <summary>The answer for one that came while it was fetched.</summary>
internal sealed class FollowerReply(Flight flight, SharedBody.Reader reader, SharedHead head, FlightSeat seat, CancellationToken client)
    : SharedReply(flight, reader, client)
{
    public override int StatusCode => head.StatusCode;

    public override string? ContentType => head.ContentType;

    public override AnswerSource Source => StatusCode < 400 ? AnswerSource.Cache : AnswerSource.Upstream;

    public override void CopyHeaders(IHeaderDictionary headers) => CachedReply.Copy(head.Headers, head.ContentType, headers);

    public override UsageReport? Report() => StatusCode < 400 ? CachedReply.NothingUsed(model: null) : null;

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        seat.Dispose();
    }
}
