namespace GatewayActors.Abstractions.Replays;

/// <summary>Owns one replay: which requests are in it, what they were answered with, and which front sends them.</summary>
/// <remarks>
/// Key: <see cref="GrainKeys.Replay"/>. A front claims the replay, sends its requests, and reports; what is reported is stored. A front that
/// does not report for <see cref="ReplayClaims.Lease"/> is taken for dead, and another one may claim. Requests that were under way then are sent again.
/// </remarks>
[GrainInterfaceType("gateway.replay"), Alias("gateway.replay")]
public interface IReplayGrain : IGrainWithStringKey
{
    /// <summary>Stores a new replay, and enters it in <see cref="Work.IPendingWorkGrain"/> before.</summary>
    [Alias("create")]
    Task CreateAsync(Replay replay, CancellationToken cancellationToken = default);

    /// <summary>The replay; null if there is none.</summary>
    [Alias("get")]
    Task<Replay?> GetAsync(CancellationToken cancellationToken = default);

    /// <summary>Takes on the sending; null if there is nothing to send, or another front sends.</summary>
    /// <param name="worker">Names the caller, until it has ended.</param>
    /// <param name="cancellationToken">Cancels the call while it is queued.</param>
    [Alias("claim")]
    Task<Replay?> ClaimAsync(Guid worker, CancellationToken cancellationToken = default);

    /// <summary>Says which requests are in the replay. Only once: after that they stay.</summary>
    [Alias("begin")]
    Task<ReplayDirective> BeginAsync(Guid worker, IReadOnlyList<ReplayItem> items, int skipped, CancellationToken cancellationToken = default);

    /// <summary>Takes down what requests were answered with, and prolongs the claim. With no items it does only that.</summary>
    [Alias("report")]
    Task<ReplayDirective> ReportAsync(Guid worker, IReadOnlyList<ReplayItem> items, CancellationToken cancellationToken = default);

    /// <summary>Gives the claim back. If <paramref name="problem"/> is not null, the replay has failed with it.</summary>
    [Alias("release")]
    Task ReleaseAsync(Guid worker, string? problem, CancellationToken cancellationToken = default);

    /// <summary>Ends the replay; null if there is none. One that has ended stays as it is.</summary>
    [Alias("cancel")]
    Task<Replay?> CancelAsync(CancellationToken cancellationToken = default);

    /// <summary>Forgets the replay.</summary>
    [Alias("clear")]
    Task ClearAsync(CancellationToken cancellationToken = default);
}

/// <summary>What the front that sends has to do.</summary>
public enum ReplayDirective
{
    /// <summary>Go on.</summary>
    Continue,

    /// <summary>Begin no more request; those under way may end.</summary>
    Finish,

    /// <summary>Break off: the replay is cancelled, is gone, or is another front's.</summary>
    Abort,
}

/// <summary>How fronts claim replays.</summary>
public static class ReplayClaims
{
    /// <summary>How long a claim holds after a report.</summary>
    public static TimeSpan Lease { get; } = TimeSpan.FromSeconds(30);
}
