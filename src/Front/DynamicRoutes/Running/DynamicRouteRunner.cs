using GatewayActors.Front.Compat;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.DynamicRoutes.Conditions;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Upstreams;

namespace GatewayActors.Front.DynamicRoutes.Running;

/// <summary>Answers a call whose model is a dynamic route.</summary>
internal sealed class DynamicRouteRunner(RouteServices services, GatewayOptions options)
{
    /// <param name="call">The call.</param>
    /// <param name="name">The route's name.</param>
    /// <returns>The answer to commit, which is that of the exchange's step; null if the exchange has failed or its client is gone.</returns>
    public async ValueTask<Answer?> RunAsync(ModelCall call, string name)
    {
        var exchange = call.Exchange;
        var routes = exchange.Snapshot.Routes;
        if (routes.Find(name) is not { } route)
        {
            var step = call.CreateStep(services.TimeProvider, new());
            exchange.Step = step;
            step.Fail(RouteWalk.NotFound(name));
            return null;
        }

        using var request = new RouteRequest
        {
            Body = call.Body,
            Metadata = Metadata.ReadWhole(call.Headers.Metadata, options.Logs.MaxMetadataEntries, exchange.Identity?.Subject),
            Header = header => AuthenticationStage.IsConsumed(call.ConsumedHeaders, header) ? null : call.RequestHeaders[header] is [{ } value, ..] ? value : null,
            ModelType = ModelTypeOf(call.Endpoint),
            TokenId = exchange.Principal?.TokenId,
            AccountId = exchange.Gateway.AccountId,
            Time = exchange.ArrivedAt,
        };
        var trace = new RouteTrace(ModelCalls.DynamicPrefix + name, route);
        var execution = new RouteExecution(call, trace, services);
        return execution.Finish(await new RouteWalk(routes, request, execution, trace).RunAsync(route));
    }

    /// <summary>The kind of model that an endpoint of the OpenAI-compatible surface calls, as log entries name it.</summary>
    public static string ModelTypeOf(string endpoint) =>
        endpoint.EndsWith("embeddings", StringComparison.Ordinal) ? "embeddings"
        : endpoint.Contains("images", StringComparison.Ordinal) ? "image"
        : endpoint.Contains("audio", StringComparison.Ordinal) ? "audio"
        : "text-generation";
}
