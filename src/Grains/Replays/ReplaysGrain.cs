using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Replays;
using GatewayActors.Grains.Gateways;

namespace GatewayActors.Grains.Replays;

[GrainType("gateway.replays")]
internal sealed class ReplaysGrain([PersistentState("replays")] IPersistentState<ReplaysState> stored, TimeProvider timeProvider)
    : GatewayPartGrain<ReplaysState>(stored), IReplaysGrain
{
    public async Task<IReadOnlyList<Guid>?> ListAsync(CancellationToken cancellationToken = default) => await OpenAsync() ? State.Replays : null;

    public async Task<ReplayChange> CreateAsync(ReplayDefinition definition, CancellationToken cancellationToken = default)
    {
        if (!await OpenAsync())
        {
            return Refuse(ReplayOutcome.GatewayNotFound);
        }

        if (State.Replays.Count >= IReplaysGrain.MaxReplays)
        {
            return Refuse(ReplayOutcome.TooMany);
        }

        // Listed before it exists: after a crash in between the list has an entry too many, which readers skip. The other order could leave
        // a replay that sends requests and that nobody can find.
        var now = timeProvider.GetUtcNow();
        var replay = new Replay { Id = Guid.CreateVersion7(now), Definition = definition, State = ReplayState.Waiting, CreatedAt = now };
        await StoreAsync(State with { Replays = [.. State.Replays, replay.Id] });
        await Replay(replay.Id).CreateAsync(replay, CancellationToken.None);
        return Done(replay);
    }

    public async Task<ReplayChange> DeleteAsync(Guid id, CancellationToken cancellationToken = default)
    {
        if (!await OpenAsync())
        {
            return Refuse(ReplayOutcome.GatewayNotFound);
        }

        if (!State.Replays.Contains(id))
        {
            return Refuse(ReplayOutcome.NotFound);
        }

        var replay = await Replay(id).GetAsync(CancellationToken.None);
        if (replay is { IsEnded: false })
        {
            return Refuse(ReplayOutcome.NotEnded);
        }

        await Replay(id).ClearAsync(CancellationToken.None);
        await StoreAsync(State with { Replays = [.. State.Replays.Where(other => other != id)] });
        return replay is null ? Refuse(ReplayOutcome.NotFound) : Done(replay);
    }

    protected override async Task OnClearingAsync()
    {
        foreach (var id in State.Replays)
        {
            await Replay(id).ClearAsync(CancellationToken.None);
        }
    }

    private IReplayGrain Replay(Guid id) => GrainFactory.GetGrain<IReplayGrain>(GrainKeys.Replay(this.GetPrimaryKeyString(), id));

    private static ReplayChange Done(Replay replay) => new() { Outcome = ReplayOutcome.Done, Replay = replay };

    private static ReplayChange Refuse(ReplayOutcome outcome) => new() { Outcome = outcome };
}
