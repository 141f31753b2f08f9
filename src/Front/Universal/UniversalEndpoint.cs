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
    CompatRouting compat,
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
            var step = await StartAsync(exchange, steps[index], index, hasFallback: index + 1 < steps.Count, body);
            var answer = step.Error is null ? await runner.RunAsync(step) : null;
            if (exchange.ClientGone || exchange.Error is not null)
            {
                answer?.Dispose();
                return null;
            }

            if (answer is not null && (!step.HasFallback || !answer.IsFailure))
            {
                return answer;
            }

            if (!step.HasFallback)
            {
                return null; // Its error is that of the exchange.
            }

            using (answer)
            {
                settlement.SettleFailed(step, answer);
            }
        }
    }

    /// <summary>Makes a step and finds its upstream; the step has an error if there is none.</summary>
    private async ValueTask<Step> StartAsync(Exchange exchange, UniversalStep source, int index, bool hasFallback, ReadOnlyMemory<byte> body)
    {
        var tokens = await authentication.FindAsync(exchange, source.Headers, source.Endpoint);
        var now = timeProvider.GetUtcNow();
        var headers = exchange.Headers.With(source.Headers, source.Config);
        var step = new Step(exchange, source.Headers)
        {
            Index = index,
            HasFallback = hasFallback,
            LogId = index == 0 ? exchange.Id : ExchangeIds.Create(now),
            StartedAt = index == 0 ? exchange.ArrivedAt : now,
            StartTimestamp = index == 0 ? exchange.StartTimestamp : timeProvider.GetTimestamp(),
            Headers = headers,
            ConsumedHeaders = tokens.Headers,
            Method = HttpMethods.Post,
            AttemptPolicy = headers.Override(exchange.Snapshot.Attempts),
            Body = new MemoryRequestBody(body[source.Query], (BufferedRequestBody)exchange.Body),
        };
        exchange.Step = step;
        if (tokens.Error is { } error)
        {
            step.Fail(error);
        }
        else
        {
            Route(step, source.Provider, tokens.Endpoint);
        }

        return step;
    }

    private void Route(Step step, string provider, string endpoint)
    {
        var question = endpoint.IndexOf('?', StringComparison.Ordinal);
        var path = question < 0 ? endpoint : endpoint.AsSpan(0, question);
        var query = question < 0 ? [] : endpoint.AsSpan(question);
        if (provider == CompatRouting.Slug)
        {
            compat.Invoke(step, ((MemoryRequestBody)step.Body).Bytes, path, query);
            if (step.CountedTokens is not null)
            {
                step.Fail(new(GatewayErrorKind.InvalidProvider, "Tokens are counted by the OpenAI-compatible endpoint itself; a step has to call a provider."));
            }
        }
        else
        {
            routing.Invoke(step, provider, path, query);
        }
    }
}
