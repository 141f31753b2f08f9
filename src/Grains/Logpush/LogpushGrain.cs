using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.Logpush;

namespace GatewayActors.Grains.Logpush;

[GrainType("gateway.logpush")]
internal sealed class LogpushGrain([PersistentState("logpush")] IPersistentState<LogpushState> stored, TimeProvider timeProvider) : Grain, ILogpushGrain
{
    /// <summary>Most jobs of an account.</summary>
    public const int MaxJobs = 4;

    private LogpushState State => stored.State;

    public Task<IReadOnlyList<LogpushJob>> ListAsync(CancellationToken cancellationToken = default)
    {
        LeaveIfNothing();
        return Task.FromResult(State.Jobs);
    }

    public async Task<LogpushChange> CreateAsync(LogpushDefinition definition, long cursor, CancellationToken cancellationToken = default)
    {
        if (!await GrainFactory.GetGrain<IAccountGrain>(GrainKeys.Account(this.GetPrimaryKeyString())).ExistsAsync(cancellationToken))
        {
            LeaveIfNothing();
            return new() { Outcome = LogpushOutcome.AccountNotFound };
        }

        if (State.Jobs.Count >= MaxJobs)
        {
            return new() { Outcome = LogpushOutcome.TooMany };
        }

        var job = new LogpushJob { Id = State.LastId + 1, Definition = definition, Cursor = cursor };
        await StoreAsync(State with { LastId = job.Id, Jobs = [.. State.Jobs, job] });
        return new() { Outcome = LogpushOutcome.Done, Job = job };
    }

    public async Task<LogpushChange> UpdateAsync(int id, LogpushDefinition definition, long cursor, CancellationToken cancellationToken = default)
    {
        if (Find(id) is not { } job)
        {
            return new() { Outcome = LogpushOutcome.NotFound };
        }

        var isBegun = definition.Enabled && !job.Definition.Enabled;
        var changed = job with { Definition = definition, Cursor = isBegun ? cursor : job.Cursor };
        await ReplaceAsync(changed);
        return new() { Outcome = LogpushOutcome.Done, Job = changed };
    }

    public async Task<LogpushChange> DeleteAsync(int id, CancellationToken cancellationToken = default)
    {
        if (Find(id) is not { } job)
        {
            return new() { Outcome = LogpushOutcome.NotFound };
        }

        await StoreAsync(State with { Jobs = [.. State.Jobs.Where(other => other.Id != id)] });
        return new() { Outcome = LogpushOutcome.Done, Job = job };
    }

    public async Task RecordAsync(int id, LogpushProgress progress, CancellationToken cancellationToken = default)
    {
        if (Find(id) is not { } job || job.Definition.Destination != progress.Destination)
        {
            return;
        }

        var now = timeProvider.GetUtcNow();
        await ReplaceAsync(job with
        {
            Cursor = Math.Max(job.Cursor, progress.Cursor ?? 0), // A job that was begun anew meanwhile does not go back.
            LastComplete = progress is { Cursor: not null, IsDelivery: true } ? now : job.LastComplete,
            LastError = progress.Problem is null ? job.LastError : now,
            ErrorMessage = progress is { Problem: null, IsDelivery: false } ? job.ErrorMessage : progress.Problem,
        });
    }

    public async Task ClearAsync(CancellationToken cancellationToken = default)
    {
        if (State.Jobs.Count > 0)
        {
            await StoreAsync(State with { Jobs = [] });
        }

        DeactivateOnIdle();
    }

    private LogpushJob? Find(int id) => State.Jobs.FirstOrDefault(job => job.Id == id);

    private Task ReplaceAsync(LogpushJob changed) => StoreAsync(State with { Jobs = [.. State.Jobs.Select(job => job.Id == changed.Id ? changed : job)] });

    private async Task StoreAsync(LogpushState state)
    {
        await stored.ReplaceAsync(state);
    }

    // Whoever asks about an account that has none must not keep a grain alive.
    private void LeaveIfNothing()
    {
        if (State.LastId == 0)
        {
            DeactivateOnIdle();
        }
    }
}
