using GatewayActors.Front.Compat;
using GatewayActors.Front.DynamicRoutes.Running;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Upstreams;

namespace GatewayActors.Front.AutoRouter;

/// <summary>
/// Answers a call that leaves the choice of the model to the gateway: ranks the models of its pool for what is asked, calls the best, and
/// the next where one fails.
/// </summary>
internal sealed class AutoRouting(AutoChooser chooser, RouteServices services)
{
    /// <summary>The names by which it is called.</summary>
    public static bool IsCalledBy(string model) => model is "cloudflare/auto" or "auto";

    /// <returns>The answer to commit, which is that of the exchange's step; null if the exchange has failed or its client is gone.</returns>
    public async ValueTask<Answer?> RunAsync(ModelCall call)
    {
        if (CompatRouting.FormatOf(call.Endpoint) is null)
        {
            return Refuse(call, new(GatewayErrorKind.InvalidProvider, "The auto router answers in the formats of conversations only."));
        }

        if (AutoTask.Read(call.Body) is not { } task)
        {
            return Refuse(call, new(GatewayErrorKind.BadChatFormat, "The body must be a JSON object."));
        }

        var order = await chooser.ChooseAsync(call, task);
        return order.Refusal is { } refusal ? Refuse(call, refusal) : await RunAsync(call, task, order);
    }

    private async ValueTask<Answer?> RunAsync(ModelCall call, AutoTask task, AutoOrder order)
    {
        var exchange = call.Exchange;
        var decision = new AutoDecision(ExchangeIds.Create(services.TimeProvider.GetUtcNow())) { Reason = order.Reason };
        var trace = new RouteTrace("cloudflare/auto") { Decision = decision };
        foreach (var candidate in order.LeftOut)
        {
            trace.Add(candidate.Name, "model", "unsupported_input");
        }

        var execution = new RouteExecution(call, trace, services);
        var (verdict, failedByInput) = (CallVerdict.Failed, true);
        for (var index = 0; index < order.Ranked.Count && verdict == CallVerdict.Failed; index++)
        {
            var candidate = order.Ranked[index];
            if (index > 0)
            {
                // A model whose format cannot say what was asked is as good as one that is known not to take it.
                failedByInput &= exchange.Step is { Error.Kind: GatewayErrorKind.UntranslatableRequest };
                decision.Reason = failedByInput ? AutoReason.UnsupportedInput : AutoReason.CandidateUnavailable;
            }

            verdict = await execution.CallAsync(new($"candidate-{index}", candidate.Provider, candidate.Model), hasFallback: index + 1 < order.Ranked.Count);
            trace.Add($"candidate-{index}", "model", verdict == CallVerdict.Answered ? "success" : "failed");
            if (verdict == CallVerdict.Answered)
            {
                chooser.Keep(call, task, candidate);
            }
        }

        var answer = execution.Finish(verdict switch
        {
            CallVerdict.Answered => RouteEnd.Answered,
            CallVerdict.Stopped => RouteEnd.Stopped,
            CallVerdict.Failed => RouteEnd.Failed(null),
        });
        if (exchange.Step is { Route.Provider.Slug: var slug, ResolvedModel: { } model } step)
        {
            decision.Model = $"{slug}/{model}";
            step.AutoDecision = decision;
        }

        return answer;
    }

    private Answer? Refuse(ModelCall call, GatewayError error)
    {
        call.Exchange.Step = call.CreateStep(services.TimeProvider, new());
        call.Exchange.Step.Fail(error);
        return null;
    }
}

/// <summary>A choice as the answer and the log tell it.</summary>
/// <param name="id">Names the choice.</param>
internal sealed class AutoDecision(Guid id)
{
    public Guid Id => id;

    /// <summary>One of <see cref="AutoReason"/>.</summary>
    public required string Reason { get; set; }

    /// <summary>The provider's slug and the model; empty while none has been called.</summary>
    public string Model { get; set; } = "";
}
