using GatewayActors.Front.Billing;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Limits;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Policies;
using GatewayActors.Providers.Pricing;
using GatewayActors.Providers.Realtime;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Front.Realtime;

/// <summary>
/// Books the turns of one session as they come, and asks before the next one whether there may be one. A session holds what it has reserved
/// for one turn; what a turn used counts in the window in which the one before it ended.
/// </summary>
internal sealed class RealtimeBooks(Step step, RealtimeRecord record, Settlement settlement, PolicyStage policies, LimitsStage limits, LimitSettlement limitSettlement, Credits credits) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);
    private Task _behind = Task.CompletedTask;
    private GatewayError? _refusal;

    /// <summary>Whether a limit that is reached ends the session, so that each turn has to be let through.</summary>
    private bool Decides => step.Exchange.Snapshot.RealtimeCloseOnLimit || credits.Pays(step);

    /// <summary>Books a turn.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="model">The session's model, as messages have named it.</param>
    /// <returns>Why there may be no other turn; null if there may.</returns>
    public async ValueTask<GatewayError?> BookAsync(RealtimeTurn turn, string? model)
    {
        if (Decides)
        {
            return await BookAsync(turn, model, goesOn: true);
        }

        _behind = Task.WhenAll(_behind, BookAsync(turn, model, goesOn: true)); // Nothing waits for it.
        return null;
    }

    /// <summary>Books the rest.</summary>
    public async Task CompleteAsync(RealtimeMeter? meter)
    {
        await _behind;
        while (meter?.TryTake(out var turn) == true)
        {
            await BookAsync(turn, meter.Model, goesOn: false);
        }

        step.Usage = step.Usage with { Model = step.Usage.Model ?? meter?.Model };
        if (meter?.IsTurnOpen == true)
        {
            await limitSettlement.SettleUnknownAsync(step);
        }
        else
        {
            await limitSettlement.SettleAsync(step, usd: 0, tokens: 0);
        }
    }

    public void Dispose() => _one.Dispose();

    /// <summary>Notes why the session ends, where no limit is the reason.</summary>
    public void Refuse(GatewayError error)
    {
        _refusal = error;
        step.Fail(error);
    }

    /// <summary>Notes that one side is gone without a word.</summary>
    public void Broke(RealtimeSender sender)
    {
        if (sender == RealtimeSender.Client)
        {
            step.Exchange.ClientGone = true;
        }
        else
        {
            step.Exchange.RelayFailure = "upstream_cut";
        }
    }

    private async Task<GatewayError?> BookAsync(RealtimeTurn turn, string? model, bool goesOn)
    {
        await _one.WaitAsync();
        try
        {
            var cost = turn.Usage is { } used ? settlement.CostOf(step, turn.Billed ?? used, turn.Model ?? model) : null;
            record.Add(turn, cost);
            step.Usage = new() { Usage = step.Usage.Usage.Plus(turn.Usage), Model = model };
            step.Cost = cost is { } more
                ? new(more.Usd + (step.Cost?.Usd ?? 0), more.IsCustom || step.Cost is { IsCustom: true }, more.IsEstimate || step.Cost is { IsEstimate: true })
                : step.Cost;
            if (credits.Pays(step))
            {
                credits.Charge(step, settlement.ListedCostOf(step, turn.Billed ?? turn.Usage, turn.Model ?? model));
            }

            return await GoOnAsync(cost?.Usd ?? 0, (turn.Usage?.InputTotal ?? 0) + (turn.Usage?.OutputTotal ?? 0), goesOn);
        }
        finally
        {
            _one.Release();
        }
    }

    private async ValueTask<GatewayError?> GoOnAsync(decimal usd, decimal tokens, bool goesOn)
    {
        if (goesOn && step is { Reservations: null, Exchange.Snapshot: { Limits: not null } or { Policies: not null } })
        {
            await ReserveTurnAsync(); // A limit that was reached before may have room again, for this turn to count.
            Recover();
        }

        await limitSettlement.SettleAsync(step, usd, tokens);
        if (!goesOn)
        {
            return null;
        }

        if (credits.Pays(step))
        {
            await credits.CheckAsync(step);
        }

        if (step.Error is null)
        {
            await ReserveTurnAsync();
        }

        if (!Decides)
        {
            Recover();
        }

        return step.Error;
    }

    /// <summary>Takes back what a limit has said; what has ended the session stays.</summary>
    private void Recover()
    {
        step.Recover();
        if (_refusal is { } refusal)
        {
            step.Fail(refusal);
        }
    }

    private async ValueTask ReserveTurnAsync()
    {
        step.ClaimId = Guid.CreateVersion7();
        await policies.InvokeAsync(step);
        if (step.Error is null)
        {
            await limits.ReserveTurnAsync(step);
        }
    }
}
