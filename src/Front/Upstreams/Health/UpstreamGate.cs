using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Gateways;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Telemetry;

namespace GatewayActors.Front.Upstreams.Health;

/// <summary>
/// Leaves upstreams alone that ask for it or keep failing. What one front sees, every front knows with its next admission: it is told
/// to the gateway's grain, but only what has changed, so a gateway whose upstreams are well pays a look at one field.
/// </summary>
internal sealed partial class UpstreamGate(TimeProvider timeProvider, ILogger<UpstreamGate> logger)
{
    /// <summary>Whether the step may call its upstream; if not, the step has failed.</summary>
    public ValueTask<bool> EnterAsync(Step step)
    {
        var health = step.Exchange.Gateway.Health;
        if (!health.IsTroubled)
        {
            return ValueTask.FromResult(true);
        }

        // The last resort is called although it asked to be left alone: what it answers says more than anything of ours.
        var breaks = step.Exchange.Snapshot.CircuitBreaker;
        if (health.Enter(NameOf(step), breaks, mindsCooling: breaks || step.HasFallback, timeProvider.GetUtcNow(), step.LogId, out var asks) is { } wait)
        {
            return ValueTask.FromResult(Refuse(step, wait));
        }

        return asks ? AskToProbeAsync(step) : ValueTask.FromResult(true);
    }

    /// <summary>Asks whether this call is the one of all fronts that finds out; a rare moment, so it may cost a call to the grain.</summary>
    private async ValueTask<bool> AskToProbeAsync(Step step)
    {
        var (gateway, upstream) = (step.Exchange.Gateway, NameOf(step));
        UpstreamProbe probe;
        try
        {
            probe = await AskTwiceAsync(gateway, upstream, step.LogId);
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            // Without the grain each front finds out by itself: an upstream that is well must not stay left alone.
            LogNotAsked(gateway.AccountId, gateway.GatewayId, exception);
            probe = new() { IsGranted = true };
        }

        if (probe.IsGranted)
        {
            step.Probe = step.LogId;
            return true;
        }

        gateway.Health.NoteRefused(upstream, step.LogId, probe.Wait, timeProvider.GetUtcNow());
        return probe.Wait == TimeSpan.Zero || Refuse(step, probe.Wait);
    }

    private static async ValueTask<UpstreamProbe> AskTwiceAsync(GatewayHandle gateway, string upstream, Guid caller)
    {
        try
        {
            return await gateway.Grain.AskToProbeAsync(upstream, caller);
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            return await gateway.Grain.AskToProbeAsync(upstream, caller); // Perhaps granted, and only the answer was lost.
        }
    }

    private static bool Refuse(Step step, TimeSpan wait)
    {
        step.Fail(new(GatewayErrorKind.UpstreamPaused, $"The provider '{step.Route.Provider.Slug}' is left alone for now, because it failed repeatedly or asked for it.") { RetryAfter = wait });
        return false;
    }

    /// <summary>Notes what became of an attempt.</summary>
    /// <param name="step">The step.</param>
    /// <param name="attempt">The attempt.</param>
    /// <param name="retryAfter">How long the upstream asks to be left alone.</param>
    /// <param name="wasHurried">Whether it ended because its client waits less long than the operator does: no fault of the upstream.</param>
    public void Note(Step step, in AttemptRecord attempt, TimeSpan? retryAfter, bool wasHurried)
    {
        var health = step.Exchange.Gateway.Health;
        var isAnswer = attempt.Outcome == AttemptOutcome.Success || (attempt.Outcome == AttemptOutcome.Refused && attempt.StatusCode != StatusCodes.Status429TooManyRequests);
        if (isAnswer && !health.IsTroubled)
        {
            return; // Nearly every attempt.
        }

        var now = timeProvider.GetUtcNow();
        var tells = false;
        if (isAnswer)
        {
            tells = health.NoteAnswer(NameOf(step), now);
        }
        else if (attempt.Outcome == AttemptOutcome.Cancelled || wasHurried)
        {
            tells = step.Probe != Guid.Empty && health.NoteNothing(NameOf(step), step.Probe);
        }
        else
        {
            var hasFailed = step.Exchange.Snapshot.CircuitBreaker && attempt.Outcome != AttemptOutcome.Refused;
            TimeSpan? coolFor = attempt.StatusCode is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable && retryAfter is { } asked && asked > TimeSpan.Zero
                ? asked < UpstreamReport.MaxCoolFor ? asked : UpstreamReport.MaxCoolFor
                : null;
            if (hasFailed || coolFor is not null)
            {
                tells = health.NoteFailure(NameOf(step), hasFailed, coolFor, now, step.Probe);
            }
            else if (step.Probe != Guid.Empty)
            {
                tells = health.NoteNothing(NameOf(step), step.Probe);
            }
        }

        if (tells)
        {
            _ = TellAsync(step.Exchange.Gateway);
        }
    }

    private static string NameOf(Step step) => step.UpstreamName ??= UpstreamName.Of(step);

    private async Task TellAsync(GatewayHandle gateway)
    {
        while (gateway.Health.TakeReports() is { } reports)
        {
            try
            {
                await gateway.Grain.ReportUpstreamsAsync(reports);
            }
#pragma warning disable CA1031 // Whatever it is, the next reports must go out: whoever leaves this loop early is waited for for ever.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                // Other fronts find out by themselves.
                LogNotTold(gateway.AccountId, gateway.GatewayId, exception);
            }
        }
    }

    [LoggerMessage(EventId = 1202, EventName = "UpstreamReportLost", Level = LogLevel.Warning,
        Message = "The gateway {GatewayId} of account {AccountId} could not be told how its upstreams are.")]
    private partial void LogNotTold(string accountId, string gatewayId, Exception exception);

    [LoggerMessage(EventId = 1207, EventName = "ProbeNotAsked", Level = LogLevel.Warning,
        Message = "The gateway {GatewayId} of account {AccountId} could not be asked who finds out about an upstream; this front finds out by itself.")]
    private partial void LogNotAsked(string accountId, string gatewayId, Exception exception);
}
