using System.Text;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Limits;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Rest;
using GatewayActors.Front.Upstreams;

namespace GatewayActors.Front.Compat;

/// <summary>Answers a request to <c>compat/…</c>.</summary>
internal sealed class CompatEndpoint(BodyStage bodies, CompatModels models, ModelCalls calls)
{
    /// <returns>The answer to commit; null if the exchange has failed or its client is gone.</returns>
    public async ValueTask<Answer?> RunAsync(Exchange exchange)
    {
        if (HttpMethods.IsGet(exchange.Http.Request.Method) && AsksForModels(exchange))
        {
            await models.AnswerAsync(exchange);
            return null;
        }

        if (!HttpMethods.IsPost(exchange.Http.Request.Method))
        {
            exchange.Fail(new(GatewayErrorKind.MethodNotAllowed, "The OpenAI-compatible endpoint takes POST."));
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

        var answer = await calls.RunAsync(CallOf(exchange, body));
        if (answer is null && exchange.Step is { Error: null, CountedTokens: { } tokens })
        {
            await JsonAnswer.WriteAsync(exchange, Encoding.UTF8.GetBytes($$"""{"input_tokens":{{tokens}}}"""));
        }

        return answer is null ? null : await RestAnswers.OfFormatAsync(exchange.Step!, answer);
    }

    private static bool AsksForModels(Exchange exchange) => EndpointOf(exchange).TrimEnd('/') is CompatModels.Endpoint or "v1/" + CompatModels.Endpoint;

    private static ModelCall CallOf(Exchange exchange, ReadOnlyMemory<byte> body) =>
        new(exchange) { Body = body, Endpoint = EndpointOf(exchange).ToString(), Query = RestPath.QueryOf(exchange.RawTarget).ToString() };

    /// <summary>What follows <c>compat</c> on the gateway host, or <c>v1</c> on the API host.</summary>
    private static ReadOnlySpan<char> EndpointOf(Exchange exchange) =>
        exchange.Rest is { } rest ? rest.Endpoint
        : DataPlanePath.TryParse(exchange.RawTarget, out var path) ? DataPlanePath.CollapseSlashes(path.Rest)
        : [];
}
