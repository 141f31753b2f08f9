using GatewayActors.Abstractions.Gateways;
using GatewayActors.Abstractions.Limits;
using GatewayActors.Front.Compat;
using GatewayActors.Front.DynamicRoutes.Model;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Limits;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Upstreams;
using Orleans.Runtime;

namespace GatewayActors.Front.DynamicRoutes.Running;

/// <summary>Runs a route for one exchange: asks limits, calls models, keeps the answer that is to be committed.</summary>
/// <remarks>
/// A step that has failed is booked when the next one begins: if none does, its answer is what the client gets. An answer that leads to
/// another model is taken in as a whole, for nothing may be sent before it is known which answer is the last.
/// </remarks>
internal sealed class RouteExecution(ModelCall call, RouteTrace trace, RouteServices services) : IRouteActor
{
    // Any amount above zero: a limit that is used up must refuse. What is really used is booked at the end.
    public const decimal Admission = 0.000000000001m;

    // A route may call one model after another, each with its attempts. The amount is next to nothing, so it costs nobody anything to wait.
    private static readonly TimeSpan LongestRun = TimeSpan.FromDays(1);

    private readonly RouteBudget _budget = new();
    private (Step Step, Answer? Answer)? _failed;
    private (Step Step, Answer Answer)? _kept;
    private int _calls;

    public double Draw() => services.Random.NextDouble();

    public async ValueTask<RateVerdict> TakeAsync(string quotaKey, RateElement element)
    {
        var quota = services.Grains.GetGrain<IQuotaGrain>(quotaKey);
        try
        {
            var decision = await AskAsync(quota, element);
            if (decision.IsGranted && element.IsCost)
            {
                _budget.Hold(new(LimitKind.Spend, quota, decision.Reservation));
            }

            return new(decision.IsGranted, decision.RetryAfter);
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            services.LogNoDecision(call.Exchange.Id, exception);
            return new(false, default, GatewayError.NoDecision);
        }
    }

    public async ValueTask<CallVerdict> CallAsync(ModelElement element, bool hasFallback)
    {
        BookFailed();
        if (_kept is { } kept && await BufferedAnswer.CreateAsync(kept.Answer) is var buffered)
        {
            _kept = buffered is null ? null : (kept.Step, buffered);
            if (buffered is null)
            {
                Book(kept.Step, null); // It broke off while it was taken in.
            }
        }

        var step = StartStep(element, hasFallback);
        var answer = Route(step, element) ? await services.Runner.RunAsync(step) : null;
        if (call.Exchange.ClientGone || call.Exchange.Error is not null)
        {
            answer?.Dispose();
            return CallVerdict.Stopped;
        }

        if (answer is null || answer.IsFailure)
        {
            _failed = (step, answer);
            return CallVerdict.Failed;
        }

        if (_kept is { } before)
        {
            before.Step.IsTaken = true;
            Book(before.Step, before.Answer);
        }

        _kept = (step, answer);
        return CallVerdict.Answered;
    }

    /// <summary>Ends the run.</summary>
    /// <returns>The answer to commit, which is that of the exchange's step; null if there is none.</returns>
    public Answer? Finish(RouteEnd end)
    {
        switch (end.Kind)
        {
            case RouteEndKind.Answered:
                BookFailed();
                call.Exchange.Step = _kept!.Value.Step;
                return _kept.Value.Answer;
            case RouteEndKind.Stopped:
                // The exchange's step is the last one; its books are closed with the exchange.
                _failed?.Answer?.Dispose();
                BookKept();
                return null;
            case RouteEndKind.Failed:
            default:
                BookKept();
                if (end.Error is null && _failed is { } failed)
                {
                    trace.Failure = StartRouteStep();
                    call.Exchange.Step = failed.Step;
                    return failed.Answer;
                }

                BookFailed();
                var step = trace.Failure = StartRouteStep();
                step.Fail(end.Error ?? new(GatewayErrorKind.BadChatFormat, $"'{trace.CalledAs}' ended without calling a model"));
                call.Exchange.Step = step;
                return null;
        }
    }

    private async ValueTask<QuotaDecision> AskAsync(IQuotaGrain quota, RateElement element)
    {
        // One name for both tries: what the first has counted, before its answer was lost, the second does not count again.
        var id = Guid.CreateVersion7(services.TimeProvider.GetUtcNow());
        try
        {
            return await OnceAsync(quota, element, id, isRepeated: false);
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            return await OnceAsync(quota, element, id, isRepeated: true); // The silo is gone; another one has the grain now.
        }
    }

    private static ValueTask<QuotaDecision> OnceAsync(IQuotaGrain quota, RateElement element, Guid id, bool isRepeated) => element.IsCost
        ? quota.ReserveAsync(element.Rule, new() { Id = id, Amount = Admission, Longest = LongestRun }, CancellationToken.None)
        : quota.TakeAsync(element.Rule, new() { Id = id, Amount = 1, IsRepeated = isRepeated }, CancellationToken.None);

    private Step StartStep(ModelElement element, bool hasFallback)
    {
        var policy = call.Headers.Override(call.Exchange.Snapshot.Attempts);
        var step = call.CreateStep(services.TimeProvider, new()
        {
            Index = _calls++,
            HasFallback = hasFallback,
            Policy = policy with
            {
                MaxAttempts = element.Retries is { } retries ? Math.Min(retries + 1, AttemptPolicy.MostAttempts) : policy.MaxAttempts,
                FirstByteTimeout = element.Timeout is > 0 and var timeout ? TimeSpan.FromMilliseconds(timeout) : policy.FirstByteTimeout,
            },
            Trace = trace,
            ResolvedModel = element.Model,
            KeyAlias = element.Alias,
        });
        step.Budget = _budget;
        call.Exchange.Step = step;
        return step;
    }

    /// <summary>What stands for the route as a whole: no upstream, and the client's own body.</summary>
    private Step StartRouteStep()
    {
        var step = call.CreateStep(services.TimeProvider, new() { Index = _calls, Trace = trace });
        step.Budget = _budget;
        step.RequestedModel = trace.CalledAs;
        step.Cost = new(0, IsCustom: false, IsEstimate: false);
        return step;
    }

    private bool Route(Step step, ModelElement element)
    {
        step.RequestedModel = element.Model;
        services.Routing.Invoke(step, call.Body, call.Endpoint, call.Query, $"{element.Provider}/{element.Model}");
        if (step.CountedTokens is not null)
        {
            step.Fail(new(GatewayErrorKind.InvalidProvider, "Tokens are counted for models, not for what chooses among them."));
        }

        return step.Error is null;
    }

    private void BookFailed()
    {
        if (_failed is { } failed)
        {
            _failed = null;
            Book(failed.Step, failed.Answer);
        }
    }

    private void BookKept()
    {
        if (_kept is { } kept)
        {
            _kept = null;
            kept.Step.IsTaken = kept.Answer.IsWhole;
            Book(kept.Step, kept.Answer);
        }
    }

    private void Book(Step step, Answer? answer)
    {
        step.Budget = null; // The route goes on: it is settled with the step that ends it.
        using (answer)
        {
            services.Settlement.SettleFailed(step, answer);
        }

        _budget.Spent += step.Cost?.Usd ?? 0;
    }
}
