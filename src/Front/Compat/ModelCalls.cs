using GatewayActors.Front.AutoRouter;
using GatewayActors.Front.DynamicRoutes.Running;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Upstreams;
using GatewayActors.Providers.Requests;

namespace GatewayActors.Front.Compat;

/// <summary>Answers requests in OpenAI's format by what their model names. The one entry of every surface that takes such requests.</summary>
internal sealed class ModelCalls(CompatRouting routing, StepRunner runner, DynamicRouteRunner routes, AutoRouting auto, TimeProvider timeProvider)
{
    /// <summary>What stands in front of a dynamic route's name.</summary>
    public const string DynamicPrefix = "dynamic/";

    /// <summary>Whether a name stands for a choice among models.</summary>
    public static bool IsChoice(string name) => name.StartsWith(DynamicPrefix, StringComparison.Ordinal) || AutoRouting.IsCalledBy(name);

    /// <returns>The answer to commit, which is that of the exchange's step; null if the exchange has failed or its client is gone.</returns>
    public ValueTask<Answer?> RunAsync(ModelCall call)
    {
        var name = call.Name ?? RequestInspector.Inspect(call.Body.Span, "model").Model ?? "";
        if (name.StartsWith(DynamicPrefix, StringComparison.Ordinal))
        {
            return routes.RunAsync(call, name[DynamicPrefix.Length..]);
        }

        if (AutoRouting.IsCalledBy(name))
        {
            return auto.RunAsync(call);
        }

        var step = call.CreateStep(timeProvider, new());
        call.Exchange.Step = step;
        routing.Invoke(step, call.Body, call.Endpoint, call.Query, call.Name);
        if (step.CountedTokens is not null)
        {
            // Counted here, without a provider: an answer of the endpoint itself, which a step of a universal request cannot be.
            if (call.Index is not null)
            {
                step.Fail(new(GatewayErrorKind.InvalidProvider, "Tokens are counted by the OpenAI-compatible endpoint itself; a step has to call a provider."));
            }

            return default;
        }

        return step.Error is null ? runner.RunAsync(step) : default;
    }
}
