using GatewayActors.Abstractions.Limits;
using GatewayActors.Front.Compat;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.DynamicRoutes.Conditions;
using GatewayActors.Front.DynamicRoutes.Model;
using GatewayActors.Front.DynamicRoutes.Running;
using GatewayActors.Front.Errors;
using GatewayActors.Providers;
using Orleans.Runtime;

namespace GatewayActors.Front.DynamicRoutes;

/// <summary>
/// Walks a request through a route without calling any model or using up any limit: the same walk that an exchange takes, with answers
/// that are assumed.
/// </summary>
internal sealed class RouteExplainer(IGrainFactory grains, ProviderCatalog providers, GatewayOptions options, Random random)
{
    /// <param name="routes">The routes that the route may name.</param>
    /// <param name="route">The route.</param>
    /// <param name="request">The request.</param>
    /// <param name="endpoint">The endpoint that is called.</param>
    /// <param name="failing">The ids of the model elements that are assumed to fail.</param>
    public async ValueTask<RouteExplanation> ExplainAsync(
        LiveRoutes routes, LiveRoute route, RouteRequest request, string endpoint, IReadOnlySet<string> failing)
    {
        var trace = new RouteTrace(ModelCalls.DynamicPrefix + route.Name, route);
        var actor = new Pretence(this, endpoint, failing);
        var end = await new RouteWalk(routes, request, actor, trace).RunAsync(route);
        var answering = end.Kind == RouteEndKind.Answered ? actor.Answering : null;
        return new(route, trace, answering, answering is null ? end.Error ?? actor.Failure : null);
    }

    private string? ProblemOf(ModelElement element, string endpoint)
    {
        // A custom provider is the account's own: whether it exists is not known here.
        if (element.Provider.StartsWith("custom-", StringComparison.Ordinal))
        {
            return null;
        }

        return providers.Find(element.Provider) is not { } provider || !options.IsProviderEnabled(provider.Slug) ? $"There is no provider '{element.Provider}'."
            : endpoint == "chat/completions" && !CompatRouting.ServesChat(provider) ? $"'{provider.Slug}' does not serve this endpoint in OpenAI's format."
            : null;
    }

    private sealed class Pretence(RouteExplainer explainer, string endpoint, IReadOnlySet<string> failing) : IRouteActor
    {
        public ModelElement? Answering { get; private set; }

        public GatewayError? Failure { get; private set; }

        public double Draw() => explainer.Random.NextDouble();

        public async ValueTask<RateVerdict> TakeAsync(string quotaKey, RateElement element)
        {
            try
            {
                var quota = explainer.Grains.GetGrain<IQuotaGrain>(quotaKey);
                var decision = await quota.PeekAsync(element.Rule, element.IsCost ? RouteExecution.Admission : 1, CancellationToken.None);
                return new(decision.IsGranted, decision.RetryAfter);
            }
            catch (Exception exception) when (exception is TimeoutException or OrleansException)
            {
                return new(false, default, GatewayError.NoDecision);
            }
        }

        public ValueTask<CallVerdict> CallAsync(ModelElement element, bool hasFallback)
        {
            var problem = explainer.ProblemOf(element, endpoint) ?? (failing.Contains(element.Id) ? $"{element.Provider}/{element.Model} is assumed to fail." : null);
            (Answering, Failure) = problem is null ? (element, null) : (Answering, new GatewayError(GatewayErrorKind.InvalidProvider, problem));
            return ValueTask.FromResult(problem is null ? CallVerdict.Answered : CallVerdict.Failed);
        }
    }

    private Random Random => random;

    private IGrainFactory Grains => grains;
}

/// <summary>What would become of a request.</summary>
/// <param name="Route">The route.</param>
/// <param name="Trace">The elements it would pass.</param>
/// <param name="Answering">The element whose model would answer; null for none.</param>
/// <param name="Error">Why none would.</param>
internal sealed record RouteExplanation(LiveRoute Route, RouteTrace Trace, ModelElement? Answering, GatewayError? Error);
