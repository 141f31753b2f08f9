using GatewayActors.Front.Compat;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Limits;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Upstreams;

namespace GatewayActors.Front.Universal;

/// <summary>Answers a universal request: tries its steps in their order until one succeeds.</summary>
internal sealed class UniversalEndpoint(
    AuthenticationStage authentication,
    BodyStage bodies,
    RoutingStage routing,
    ModelCalls calls,
    StepRunner runner,
    Settlement settlement,
    TimeProvider timeProvider)
{
    /// <returns>The answer to commit, which is that of <see cref="Exchange.Step"/>; null if the exchange has failed or its client is gone.</returns>
    public async ValueTask<Answer?> RunAsync(Exchange exchange)
    {
        if (!HttpMethods.IsPost(exchange.Http.Request.Method))
        {
            exchange.Fail(new(GatewayErrorKind.MethodNotAllowed, "The universal endpoint takes POST; for another method, a provider must follow the gateway in the path."));
            return null;
        }

        if (LimitsStage.RefusesByRate(exchange))
        {
            return null;
        }

        var body = await bodies.ReadWholeAsync(exchange);
        if (exchange.Error is not null || exchange.ClientGone)
        {
            return null;
        }

        if (!UniversalRequestReader.TryRead(body.Span, out var steps, out var problem))
        {
            exchange.Fail(new(GatewayErrorKind.MalformedRequest, problem));
            return null;
        }

        for (var index = 0; ; index++)
        {
            var hasFallback = index + 1 < steps.Count;
            var answer = await RunAsync(exchange, steps[index], index, hasFallback, body);
            if (exchange.ClientGone || exchange.Error is not null)
            {
                answer?.Dispose();
                return null;
            }

            if (answer is not null && (!hasFallback || !answer.IsFailure))
            {
                return answer;
            }

            if (!hasFallback)
            {
                return null; // The error of its step is that of the exchange.
            }

            using (answer)
            {
                settlement.SettleFailed(exchange.Step!, answer);
            }
        }
    }

    /// <summary>Tries one step, after which the exchange's step is the one that has its answer or its error.</summary>
    private async ValueTask<Answer?> RunAsync(Exchange exchange, UniversalStep source, int index, bool hasFallback, ReadOnlyMemory<byte> body)
    {
        var tokens = await authentication.FindAsync(exchange, source.Headers, source.Endpoint);
        var headers = exchange.Headers.With(source.Headers, source.Config, tokens.Headers);
        var question = tokens.Endpoint.IndexOf('?', StringComparison.Ordinal);
        var call = new ModelCall(exchange)
        {
            Body = body[source.Query],
            Endpoint = question < 0 ? tokens.Endpoint : tokens.Endpoint[..question],
            Query = question < 0 ? "" : tokens.Endpoint[question..],
            RequestHeaders = source.Headers,
            ConsumedHeaders = tokens.Headers,
            Headers = headers,
            Index = index,
            HasFallback = hasFallback,
        };
        if (tokens.Error is null && source.Provider == CompatRouting.Slug)
        {
            return await calls.RunAsync(call);
        }

        var step = call.CreateStep(timeProvider, new());
        exchange.Step = step;
        if (tokens.Error is { } error)
        {
            step.Fail(error);
        }
        else
        {
            routing.Invoke(step, source.Provider, call.Endpoint, call.Query);
        }

        return step.Error is null ? await runner.RunAsync(step) : null;
    }
}
