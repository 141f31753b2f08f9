using GatewayActors.Abstractions.Gateways;
using GatewayActors.Abstractions.Limits;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Pipeline;
using GatewayActors.Providers.Pricing;

namespace GatewayActors.Front.Limits;

/// <summary>
/// Asks whether a step may call its upstream: the gateway's rate limit, where admission could not ask it, then every spend and token
/// limit that counts the step. Comes after the cache, whose answers take nothing, and before the first attempt.
/// </summary>
internal sealed partial class LimitsStage(IGrainFactory grains, LimitSettlement settlement, IPriceTable prices, GatewayOptions options, ILogger<LimitsStage> logger)
{
    // Of each attempt: the pause before it, and a client that takes its time with the last bytes.
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(1);

    /// <summary>Ends an exchange that its admission did not let through. Before its body is read: a refused request should cost little.</summary>
    public static bool RefusesByRate(Exchange exchange)
    {
        if (exchange.Rate is { IsTaken: false } rate)
        {
            exchange.Fail(Refusal(rate));
            return true;
        }

        return false;
    }

    /// <summary>Takes what the step needs, or fails it.</summary>
    public ValueTask ReserveAsync(Step step)
    {
        var (exchange, snapshot) = (step.Exchange, step.Exchange.Snapshot);
        var needsRate = snapshot.HasRateLimit && exchange.Rate is null;
        return needsRate || (snapshot.Limits is not null && UsesModels(step)) ? ReserveAsync(step, needsRate) : ValueTask.CompletedTask;
    }

    /// <summary>Takes what the next turn of a session needs, or fails the step. The session itself has been counted against the rate limit.</summary>
    public async ValueTask ReserveTurnAsync(Step step)
    {
        step.ClaimId = Guid.CreateVersion7();
        await ReserveAsync(step, needsRate: false);
    }

    private async ValueTask ReserveAsync(Step step, bool needsRate)
    {
        try
        {
            if (needsRate && await TakeRateAsync(step.Exchange) is { IsTaken: false } rate)
            {
                // The limit of the gateway, not of the step: no other step of the exchange may go on.
                step.Fail(Refusal(rate));
                step.Exchange.Fail(Refusal(rate));
                return;
            }

            if (step.Exchange.Snapshot.Limits is { } limits && UsesModels(step))
            {
                await ReserveAsync(step, limits);
            }
        }
#pragma warning disable CA1031 // Whatever it is that a grain or its storage throws: no decision lets nothing pass.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogNoDecision(step.Exchange.Id, exception);
            step.Fail(GatewayError.NoDecision);
        }
    }

    private static async ValueTask<RateLimitDecision?> TakeRateAsync(Exchange exchange)
    {
        var grain = exchange.Gateway.Grain;
        try
        {
            exchange.Rate = await grain.TakeRateAsync(exchange.Id, isRepeated: false, CancellationToken.None);
        }
#pragma warning disable CA1031 // As below.
        catch (Exception)
#pragma warning restore CA1031
        {
            exchange.Rate = await grain.TakeRateAsync(exchange.Id, isRepeated: true, CancellationToken.None); // The silo is gone; another one has the grain now.
        }

        return exchange.Rate;
    }

    private async ValueTask ReserveAsync(Step step, GatewayLimits limits)
    {
        var subject = new LimitSubject
        {
            Provider = step.Route.Provider.Slug,
            Model = step.RequestedModel,
            Metadata = limits.UsesMetadata ? Metadata.ReadValues(step.Headers.Metadata, options.Logs.MaxMetadataEntries, step.Exchange.Identity?.Subject) : null,
        };
        var counting = new List<LimitRule>(limits.Rules.Length);
        foreach (var rule in limits.Rules)
        {
            switch (rule.Counts(subject))
            {
                case true:
                    counting.Add(rule);
                    break;
                case null:
                    step.Fail(new(GatewayErrorKind.LimitUnresolvable, $"The {rule} filters by model, and the request names none."));
                    return;
                default:
                    break;
            }
        }

        if (counting.Count > 0)
        {
            await ReserveAsync(step, subject, counting);
        }
    }

    private async ValueTask ReserveAsync(Step step, LimitSubject subject, List<LimitRule> rules)
    {
        var estimate = UsageEstimate.Of(step);
        var longest = LongestCall(step, options);
        var claims = rules.ConvertAll(rule => (
            Rule: rule,
            Grain: grains.GetGrain<IQuotaGrain>(rule.KeyOf(subject)),
            Claim: new QuotaClaim { Id = step.ClaimId == Guid.Empty ? step.LogId : step.ClaimId, Amount = Amount(step, rule, estimate), Longest = longest }));

        // From here on nothing may go wrong unseen. All of them are awaited, whatever one says: what was granted must be settled.
        var asked = claims.ConvertAll(claim => (claim.Rule, claim.Grain, Decision: AskAsync(claim.Grain, claim.Rule.Quota, claim.Claim)));
        var failure = default(Exception);
        var granted = new List<LimitReservation>(asked.Count);
        foreach (var (rule, grain, asking) in asked)
        {
            try
            {
                var decision = await asking;
                if (decision.IsGranted)
                {
                    granted.Add(new(rule.Kind, grain, decision.Reservation));
                }
                else
                {
                    step.Fail(Refusal(rule, subject, decision.RetryAfter));
                }
            }
#pragma warning disable CA1031 // Whatever a grain or its storage throws, it is no decision; and what others have granted must be given back.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failure ??= exception;
            }
        }

        step.Reservations = step.Reservations is { } held ? [.. held, .. granted] : granted;
        if (failure is not null)
        {
            LogNoDecision(step.Exchange.Id, failure);
            step.Fail(GatewayError.NoDecision);
        }

        if (step.Error is not null)
        {
            settlement.Release(step);
        }
    }

    /// <summary>Reserves, with a second try under the same name.</summary>
    public static async Task<QuotaDecision> AskAsync(IQuotaGrain grain, QuotaRule rule, QuotaClaim claim)
    {
        try
        {
            return await grain.ReserveAsync(rule, claim, CancellationToken.None);
        }
#pragma warning disable CA1031 // Storage may throw anything while the grain is activated; another try finds another activation.
        catch (Exception)
#pragma warning restore CA1031
        {
            // Under the same id: if the first try has reserved and only its answer was lost, this one reserves nothing more.
            return await grain.ReserveAsync(rule, claim, CancellationToken.None);
        }
    }

    /// <summary>The longest that a step can hold what it has reserved; then it must have been settled, or this front is gone.</summary>
    public static TimeSpan LongestCall(Step step, GatewayOptions options) => step.Upgrade is not null ? options.WebSockets.TotalTimeout + Slack : (options.Upstream.TotalTimeout + Slack) * step.AttemptPolicy.MaxAttempts;

    private decimal Amount(Step step, LimitRule rule, UsageEstimate estimate) => rule.Kind == LimitKind.Tokens
        ? estimate.Tokens
        : estimate.Cost(step.Route.PriceOf(prices, answeredModel: null, step.RequestedModel), step.Headers.CustomCost);

    private static GatewayError Refusal(LimitRule rule, LimitSubject subject, TimeSpan retryAfter)
    {
        var target = subject.Model is { } model ? $"{subject.Provider} {model}" : subject.Provider;
        return rule.Kind == LimitKind.Spend
            ? new(GatewayErrorKind.SpendLimited, $"Spend limit exceeded: {rule} for {target}") { RetryAfter = retryAfter }
            : new(GatewayErrorKind.TokenLimited, $"Token limit exceeded: {rule} for {target}") { RetryAfter = retryAfter };
    }

    private static GatewayError Refusal(RateLimitDecision rate) => new(GatewayErrorKind.RateLimited, "Rate limited") { RetryAfter = rate.ResetAfter };

    /// <summary>Lists, polls and deletions call no model.</summary>
    public static bool UsesModels(Step step) => step.Upgrade is not null || HttpMethods.IsPost(step.Method) || HttpMethods.IsPut(step.Method);

    [LoggerMessage(EventId = 1301, EventName = "NoLimitDecision", Level = LogLevel.Error, Message = "No grain decided about the limits of exchange {ExchangeId}.")]
    private partial void LogNoDecision(Guid exchangeId, Exception exception);
}
