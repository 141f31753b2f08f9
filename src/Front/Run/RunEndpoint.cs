using System.Buffers;
using GatewayActors.Front.Compat;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Limits;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Rest;
using GatewayActors.Front.Run.Background;
using GatewayActors.Front.Upstreams;
using GatewayActors.Providers;
using GatewayActors.Providers.Mapping;

namespace GatewayActors.Front.Run;

/// <summary>
/// Runs a model of any kind: a hosted one by its provider's own run call, another one in the format that its input is in. One step, whose
/// provider the model names.
/// </summary>
internal sealed class RunEndpoint(
    BodyStage bodies, RoutingStage routing, CompatRouting compat, ModelCalls calls, BackgroundRuns background, UpstreamTransports transports, RestSurface rest, StepRunner runner)
{
    /// <summary>The name that stands in place of a provider's on the gateway host.</summary>
    public const string Slug = "run";

    // What a hosted model's name may hold stands in the URL as it is.
    private static readonly SearchValues<char> ModelCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@/._:+-");

    private static GatewayError NoObject { get; } = new(GatewayErrorKind.MalformedRequest, "The model's input must be a JSON object.");

    private static GatewayError NoInput { get; } = new(GatewayErrorKind.MalformedRequest, "The model's input must have messages, or input for embeddings and responses.");

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

        var name = run.PathModel ?? run.Call!.Model;
        var isChoice = ModelCalls.IsChoice(name);
        if (isChoice && run.Call?.Provider is not null)
        {
            exchange.Fail(new(GatewayErrorKind.MalformedRequest, $"provider cannot be given for '{RoutingStage.Readable(name)}', which chooses it."));
            return null;
        }

        var found = isChoice ? null : Find(run);
        if (found is null && !isChoice)
        {
            exchange.Fail(RestAnswers.ModelNotFound(name));
            return null;
        }

        if (run.Call is { Background: not null } queued)
        {
            await background.QueueAsync(exchange, queued, BodyOf(exchange));
            return null;
        }

        if (found is not var (provider, model))
        {
            return await ChooseAsync(exchange, run, name);
        }

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

        if (!RunRequestReader.TryRead(body.Span, run.Binding?.Model, out var call, out var problem))
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

    /// <summary>A dynamic route, or the auto router, by the endpoint that the input is for.</summary>
    private async ValueTask<Answer?> ChooseAsync(Exchange exchange, RunRequest run, string name)
    {
        var input = await InputAsync(exchange, run);
        if (exchange.Error is not null || exchange.ClientGone)
        {
            return null;
        }

        run.Model = name;
        if (RunInput.Inspect(input.Span) is not { } members)
        {
            exchange.Fail(NoObject);
            return null;
        }

        if ((members.HasFlag(RunMembers.Messages) ? "chat/completions" : members.HasFlag(RunMembers.Input) ? RunChoices.EndpointOf(exchange, name) : null) is not { } endpoint)
        {
            exchange.Fail(NoInput);
            return null;
        }

        var answer = await calls.RunAsync(new(exchange) { Body = input, Endpoint = endpoint, Name = name, RequestHeaders = JsonHeaders(exchange) });
        return answer is null ? null : await RestAnswers.OfRunAsync(exchange.Step!, answer);
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
        var input = await InputAsync(exchange, run);
        if (exchange.Error is not null || exchange.ClientGone)
        {
            return null;
        }

        run.Model = run.PathModel ?? run.Call!.Model;
        var step = new Step(exchange, JsonHeaders(exchange)) { HasOwnBody = true };
        exchange.Step = step;
        if (RunInput.Inspect(input.Span) is not { } members)
        {
            step.Fail(NoObject);
        }
        else if (EndpointOf(members, provider, model) is not { } endpoint)
        {
            step.Fail(NoInput);
        }
        else
        {
            compat.Invoke(step, input, endpoint, [], $"{provider.Slug}/{model}");
        }

        return step;
    }

    private async ValueTask<ReadOnlyMemory<byte>> InputAsync(Exchange exchange, RunRequest run) =>
        run.Call is { } call ? BodyOf(exchange)[call.Input] : await bodies.ReadWholeAsync(exchange);

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
