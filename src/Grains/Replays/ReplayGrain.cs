using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Replays;
using GatewayActors.Abstractions.Work;

namespace GatewayActors.Grains.Replays;

[GrainType("gateway.replay")]
internal sealed class ReplayGrain([PersistentState("replay")] IPersistentState<ReplayRecordState> stored, TimeProvider timeProvider) : Grain, IReplayGrain
{
    // In memory only: when this activation is lost, the front that sends goes on with the next one, which knows of no other.
    private Guid? _worker;
    private DateTimeOffset _leaseEnds;

    private PendingWorkItem Item => new() { Kind = PendingWorkKind.Replay, Key = this.GetPrimaryKeyString() };

    private IPendingWorkGrain PendingWork => GrainFactory.GetGrain<IPendingWorkGrain>(GrainKeys.PendingWork);

    public async Task CreateAsync(Replay replay, CancellationToken cancellationToken = default)
    {
        await PendingWork.AddAsync(Item, CancellationToken.None);
        await StoreAsync(replay);
    }

    public Task<Replay?> GetAsync(CancellationToken cancellationToken = default)
    {
        LeaveIfNothing();
        return Task.FromResult(stored.State.Replay);
    }

    public async Task<Replay?> ClaimAsync(Guid worker, CancellationToken cancellationToken = default)
    {
        if (stored.State.Replay is not { IsEnded: false } replay)
        {
            LeaveIfNothing();
            await PendingWork.RemoveAsync(Item, CancellationToken.None);
            return null;
        }

        return Holds(worker) ? replay : null;
    }

    public async Task<ReplayDirective> BeginAsync(Guid worker, IReadOnlyList<ReplayItem> items, int skipped, CancellationToken cancellationToken = default)
    {
        if (stored.State.Replay is not { IsEnded: false } replay || !Holds(worker))
        {
            return ReplayDirective.Abort;
        }

        if (replay.State == ReplayState.Waiting)
        {
            await ChangeAsync(replay with { State = ReplayState.Running, StartedAt = timeProvider.GetUtcNow(), Items = items, Skipped = skipped });
        }

        return Directive(stored.State.Replay);
    }

    public async Task<ReplayDirective> ReportAsync(Guid worker, IReadOnlyList<ReplayItem> items, CancellationToken cancellationToken = default)
    {
        if (stored.State.Replay is not { State: not ReplayState.Failed } replay || !Holds(worker))
        {
            return ReplayDirective.Abort;
        }

        // Also after the end by cost: what was under way then has been paid for.
        if (items.Count > 0)
        {
            var reported = items.ToDictionary(item => item.SourceId);
            await ChangeAsync(replay with { Items = [.. replay.Items.Select(item => item.IsDone ? item : reported.GetValueOrDefault(item.SourceId, item))] });
        }

        return Directive(stored.State.Replay);
    }

    public async Task ReleaseAsync(Guid worker, string? problem, CancellationToken cancellationToken = default)
    {
        if (!Holds(worker))
        {
            return;
        }

        _worker = null;
        if (problem is not null && stored.State.Replay is { IsEnded: false } replay)
        {
            await EndAsync(replay with { State = ReplayState.Failed, Problem = problem });
        }
    }

    public async Task<Replay?> CancelAsync(CancellationToken cancellationToken = default)
    {
        LeaveIfNothing();
        if (stored.State.Replay is { IsEnded: false } replay)
        {
            await EndAsync(replay with { State = ReplayState.Cancelled });
        }

        return stored.State.Replay;
    }

    public async Task ClearAsync(CancellationToken cancellationToken = default)
    {
        if (stored.State.Replay is not null)
        {
            // Written empty rather than cleared: an activation elsewhere that still holds the old state must meet a newer one.
            await StoreAsync(null);
        }

        await PendingWork.RemoveAsync(Item, CancellationToken.None);
        DeactivateOnIdle();
    }

    private static ReplayDirective Directive(Replay? replay) => replay?.State switch
    {
        ReplayState.Waiting or ReplayState.Running => ReplayDirective.Continue,
        ReplayState.Done or ReplayState.CostLimit => ReplayDirective.Finish,
        ReplayState.Cancelled or ReplayState.Failed or null => ReplayDirective.Abort,
    };

    /// <summary>Whether the sending is this front's; prolongs its claim.</summary>
    private bool Holds(Guid worker)
    {
        var now = timeProvider.GetUtcNow();
        if (_worker is { } other && other != worker && now < _leaseEnds)
        {
            return false;
        }

        (_worker, _leaseEnds) = (worker, now + ReplayClaims.Lease);
        return true;
    }

    private Task ChangeAsync(Replay replay)
    {
        if (replay.IsEnded)
        {
            return StoreAsync(replay);
        }

        return replay.Items.All(item => item.IsDone) ? EndAsync(replay with { State = ReplayState.Done })
            : replay.Definition.MaxCostUsd is { } most && replay.CostUsd >= most ? EndAsync(replay with { State = ReplayState.CostLimit })
            : StoreAsync(replay);
    }

    private async Task EndAsync(Replay replay)
    {
        await StoreAsync(replay with { EndedAt = timeProvider.GetUtcNow() });
        await PendingWork.RemoveAsync(Item, CancellationToken.None);
    }

    private async Task StoreAsync(Replay? replay)
    {
        await stored.ReplaceAsync(new() { Replay = replay });
    }

    // Anyone can name replays that do not exist: such an activation must not stay and fill the memory.
    private void LeaveIfNothing()
    {
        if (stored.State.Replay is null)
        {
            DeactivateOnIdle();
        }
    }
}
