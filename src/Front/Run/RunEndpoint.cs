using System.Buffers;
using GatewayActors.Front.Compat;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Limits;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Rest;
using GatewayActors.Front.Upstreams;
using GatewayActors.Providers;
using GatewayActors.Providers.Mapping;

namespace GatewayActors.Front.Run;

/// <summary>
/// Runs a model of any kind: a hosted one by its provider's own run call, another one in the format that its input is in. One step, whose
/// provider the model names.
/// </summary>
internal sealed class RunEndpoint(
    BodyStage bodies, RoutingStage routing, CompatRouting compat, UpstreamTransports transports, RestSurface rest, StepRunner runner)
{
    /// <summary>The name that stands in place of a provider's on the gateway host.</summary>
    public const string Slug = "run";

    // What a hosted model's name may hold stands in the URL as it is.
    private static readonly SearchValues<char> ModelCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@/._:+-");

    /// <summary>Reads a body that may name the gateway, before the gateway is asked.</summary>
    public async ValueTask ChooseGatewayAsync(Exchange exchange)
    {
        if (exchange is not { Error: null, Run: { PathModel: null } run } || !await TryReadAsync(exchange, run))
        {
            return;
        }

        exchange.Headers.Read(run.Call!.Options);
        if (run.Call.GatewayId is { Length: > 0 } id)
        {
            rest.TrySetGateway(exchange, id, "options.gateway.id");
        }
    }

    /// <returns>The answer to commit; null if the exchange has failed or its client is gone.</returns>
    public async ValueTask<Answer?> RunAsync(Exchange exchange, RunRequest run)
    {
        if (!HttpMethods.IsPost(exchange.Http.Request.Method))
        {
            exchange.Fail(new(GatewayErrorKind.MethodNotAllowed, "A model is run by POST."));
            return null;
        }

        if (LimitsStage.RefusesByRate(exchange))
        {
            return null;
        }

        if (run is { PathModel: null, Call: null })
        {
            if (!await TryReadAsync(exchange, run))
            {
                return null;
            }

            exchange.Headers.Read(run.Call!.Options);
        }

        if (Find(run) is not { } found)
        {
            exchange.Fail(RestAnswers.ModelNotFound(run.PathModel ?? run.Call!.Model));
            return null;
        }

        var (provider, model) = found;
        var step = provider.IsHosted ? Hosted(exchange, run, provider, model) : await ForeignAsync(exchange, run, provider, model);
        var answer = step is { Error: null } ? await runner.RunAsync(step) : null;
        return answer is null ? null : await RestAnswers.OfRunAsync(step!, answer);
    }

    private async ValueTask<bool> TryReadAsync(Exchange exchange, RunRequest run)
    {
        var body = await bodies.ReadWholeAsync(exchange);
        if (exchange.Error is not null || exchange.ClientGone)
        {
            return false;
        }

        if (!RunRequestReader.TryRead(body.Span, out var call, out var problem))
        {
            exchange.Fail(new(GatewayErrorKind.MalformedRequest, problem));
            return false;
        }

        run.Call = call;
        return true;
    }

    private (Provider Provider, string Model)? Find(RunRequest run)
    {
        if (ModelName.Parse(run.PathModel ?? run.Call!.Model) is not { } name)
        {
            return null;
        }

        return transports.Find(run.Call?.Provider ?? name.Provider) is { Provider: var provider } ? (provider, provider.FromCatalogue(name.Model)) : null;
    }

    /// <summary>The provider's own run call; a body that is the input passes as it comes.</summary>
    private Step Hosted(Exchange exchange, RunRequest run, Provider provider, string model)
    {
        var step = run.Call is { } call
            ? new Step(exchange, JsonHeaders(exchange)) { HasOwnBody = true, Body = new MemoryRequestBody(BodyOf(exchange)[call.Input]) }
            : new Step(exchange, exchange.Http.Request.Headers);
        exchange.Step = step;
        if (model.AsSpan().ContainsAnyExcept(ModelCharacters))
        {
            step.Fail(RestAnswers.ModelNotFound(model));
        }
        else
        {
            routing.Invoke(step, provider.Slug, "run/" + model, run.Call is null ? RestPath.QueryOf(exchange.RawTarget) : []);
        }

        return step;
    }

    /// <summary>The call that the input stands for, in the format that it is in.</summary>
    private async ValueTask<Step?> ForeignAsync(Exchange exchange, RunRequest run, Provider provider, string model)
    {
        var input = run.Call is { } call ? BodyOf(exchange)[call.Input] : await bodies.ReadWholeAsync(exchange);
        if (exchange.Error is not null || exchange.ClientGone)
        {
            return null;
        }

        run.Model = run.PathModel ?? run.Call!.Model;
        var step = new Step(exchange, JsonHeaders(exchange)) { HasOwnBody = true };
        exchange.Step = step;
        if (RunInput.Inspect(input.Span) is not { } members)
        {
            step.Fail(new(GatewayErrorKind.MalformedRequest, "The model's input must be a JSON object."));
        }
        else if (EndpointOf(members, provider, model) is not { } endpoint)
        {
            step.Fail(new(GatewayErrorKind.MalformedRequest, "The model's input must have messages, or input for embeddings and responses."));
        }
        else
        {
            compat.Invoke(step, input, endpoint, [], $"{provider.Slug}/{model}");
        }

        return step;
    }

    private static string? EndpointOf(RunMembers members, Provider provider, string model) => members switch
    {
        _ when members.HasFlag(RunMembers.Messages) => provider.MessagesPath("messages") is not null ? "messages" : "chat/completions",
        _ when members.HasFlag(RunMembers.Input) => ModelTypes.OfModel(model) == ModelTypes.Embeddings ? "embeddings" : "responses",
        _ => null,
    };

    private static ReadOnlyMemory<byte> BodyOf(Exchange exchange) => ((BufferedRequestBody)exchange.Body).Bytes;

    // The body that goes on is JSON whatever the client says that its own is.
    private static IHeaderDictionary JsonHeaders(Exchange exchange)
    {
        IHeaderDictionary headers = new HeaderDictionary();
        foreach (var (name, values) in exchange.Http.Request.Headers)
        {
            headers[name] = values;
        }

        headers.ContentType = "application/json";
        return headers;
    }
}
