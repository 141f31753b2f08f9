using System.Security.Cryptography;
using System.Text;
using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Abstractions.Limits;
using GatewayActors.Abstractions.Policies;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Limits;
using GatewayActors.Front.Pipeline;
using GatewayActors.Providers.Pricing;

namespace GatewayActors.Front.Policies;

/// <summary>
/// Asks the gateway's policies whether a step may call its upstream, and reserves what it may cost with every cap that counts it. Comes
/// after the cache, whose answers no policy sees, and before every other limit.
/// </summary>
internal sealed partial class PolicyStage(IGrainFactory grains, IPriceTable prices, GatewayOptions options, ILogger<PolicyStage> logger)
{
    private const int PartitionBytes = 16;

    /// <summary>Decides, or fails the step.</summary>
    public ValueTask InvokeAsync(Step step) => step.Exchange.Snapshot.Policies is { } policies ? InvokeAsync(step, policies) : ValueTask.CompletedTask;

    private async ValueTask InvokeAsync(Step step, GatewayPolicies policies)
    {
        var decision = policies.Decide(new()
        {
            Identity = step.Exchange.Identity,
            Metadata = Metadata.ReadWhole(step.Headers.Metadata, options.Logs.MaxMetadataEntries),
            Provider = step.Route.Provider.Slug,
            Model = step.RequestedModel,
        });
        switch (decision.Verdict)
        {
            case PolicyVerdict.NoLimit:
                return;
            case PolicyVerdict.Block:
                step.Fail(GatewayError.PolicyDenied);
                return;
            case PolicyVerdict.Failed:
                LogNotEvaluated(step.Exchange.Id, policies.FailureMode);
                if (policies.FailureMode == PolicyFailureMode.Closed)
                {
                    step.Fail(GatewayError.PolicyDenied);
                }

                return;
            case PolicyVerdict.CheckLimits:
            default:
                if (LimitsStage.UsesModels(step))
                {
                    await ReserveAsync(step, decision.Caps, policies.FailureMode);
                }

                return;
        }
    }

    private async ValueTask ReserveAsync(Step step, IReadOnlyList<PolicyCap> caps, PolicyFailureMode mode)
    {
        var claim = new QuotaClaim
        {
            Id = step.ClaimId == Guid.Empty ? step.LogId : step.ClaimId,
            Amount = UsageEstimate.Of(step).Cost(step.Route.PriceOf(prices, answeredModel: null, step.RequestedModel), step.Headers.CustomCost),
            Longest = LimitsStage.LongestCall(step, options),
        };

        // All of them are awaited, whatever one says: what was granted must be settled.
        var asked = caps.Select(cap => (Cap: cap, Grain: grains.GetGrain<IQuotaGrain>(KeyOf(step, cap)))).ToArray()
            .Select(cap => (cap.Cap, cap.Grain, Decision: LimitsStage.AskAsync(cap.Grain, RuleOf(cap.Cap), claim))).ToArray();
        var granted = new List<LimitReservation>(asked.Length);
        var failure = default(Exception);
        foreach (var (cap, grain, asking) in asked)
        {
            try
            {
                var decision = await asking;
                if (decision.IsGranted)
                {
                    granted.Add(new(LimitKind.Spend, grain, decision.Reservation));
                }
                else
                {
                    step.Fail(GatewayError.PolicyLimited(new SpentBudget(cap.Bucket, decision.Used, cap.Amount), decision.RetryAfter));
                }
            }
#pragma warning disable CA1031 // Whatever a grain or its storage throws, it is no decision; the gateway says what that means.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failure ??= exception;
            }
        }

        // What is held is given back with the end of the step, if it calls nobody.
        step.Reservations = granted;
        if (failure is not null)
        {
            LogNoDecision(step.Exchange.Id, mode, failure);
            if (mode == PolicyFailureMode.Closed)
            {
                step.Fail(GatewayError.NoDecision);
            }
        }
    }

    private static QuotaRule RuleOf(PolicyCap cap) => new()
    {
        Limit = cap.Amount,
        Window = cap.Period switch
        {
            PolicyPeriod.Hourly => TimeSpan.FromHours(1),
            PolicyPeriod.Daily => TimeSpan.FromDays(1),
            PolicyPeriod.Weekly => TimeSpan.FromDays(7), // The first day of the calendar was a Monday.
            PolicyPeriod.Monthly => TimeSpan.FromDays(31),
        },
        Technique = LimitTechnique.Fixed,
        IsMonthly = cap.Period == PolicyPeriod.Monthly,
    };

    // The gateway's internal id, because one that is created anew under the same name begins with nothing spent. Not the policy's: a
    // budget is shared by all policies that name it, and survives every change of theirs.
    private static string KeyOf(Step step, PolicyCap cap)
    {
        var handle = step.Exchange.Gateway;
        var text = Encoding.UTF8.GetBytes($"{step.Exchange.Snapshot.InternalId:N}/{cap.Key}");
        var partition = Convert.ToHexStringLower(SHA256.HashData(text).AsSpan(0, PartitionBytes));
        return GrainKeys.Quota(handle.AccountId, handle.GatewayId, "policy", cap.Period.ToString(), partition);
    }

    [LoggerMessage(EventId = 1341, EventName = "PolicyNotEvaluated", Level = LogLevel.Warning,
        Message = "A condition of a policy could not be evaluated for exchange {ExchangeId}; the gateway's policies fail {Mode}.")]
    private partial void LogNotEvaluated(Guid exchangeId, PolicyFailureMode mode);

    [LoggerMessage(EventId = 1342, EventName = "NoPolicyDecision", Level = LogLevel.Error,
        Message = "No grain decided about a policy's budget for exchange {ExchangeId}; the gateway's policies fail {Mode}.")]
    private partial void LogNoDecision(Guid exchangeId, PolicyFailureMode mode, Exception exception);
}
