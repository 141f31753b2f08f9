using GatewayActors.Front.Errors;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Rest;
using GatewayActors.Front.Upstreams;
using GatewayActors.Providers;
using GatewayActors.Providers.Requests;
using GatewayActors.Providers.Translation;
using GatewayActors.Providers.Translation.Embeddings;

namespace GatewayActors.Front.Compat;

/// <summary>
/// Routes a request in OpenAI's format by its model, <c>{provider}/{model}</c>: to the provider's own endpoint of that format, with the bare
/// model in the body, or translated to the format that the provider speaks.
/// </summary>
internal sealed class CompatRouting(RoutingStage routing, UpstreamTransports transports, CompatTranslation translation)
{
    /// <summary>The name that stands in place of a provider's.</summary>
    public const string Slug = "compat";

    private const string ModelMember = "model";
    private const string ChatCompletions = "chat/completions";
    private const string MisspelledChatCompletions = "chat/completion";
    private const string Responses = "responses";
    private const string Messages = "messages";
    private const string CountTokens = "messages/count_tokens";
    private const string BearerPrefix = "Bearer ";

    /// <summary>Whether a provider can be called for chat completions, translated or not.</summary>
    public static bool ServesChat(Provider provider) => provider.OpenAIPath(ChatCompletions) is not null || provider.ChatTranslator is not null;

    /// <summary>The format of an endpoint; null for one that is not for answers of a model.</summary>
    /// <param name="endpoint">The path after <c>compat</c>.</param>
    public static ClientFormat? FormatOf(ReadOnlySpan<char> endpoint) => WithoutVersion(endpoint) switch
    {
        ChatCompletions or MisspelledChatCompletions => ClientFormat.ChatCompletions,
        Responses => ClientFormat.Responses,
        Messages or CountTokens => ClientFormat.Messages,
        _ => null,
    };

    /// <param name="step">The step; its body is replaced.</param>
    /// <param name="body">The client's body.</param>
    /// <param name="endpoint">The path after <c>compat</c>.</param>
    /// <param name="query">The query with its question mark, or empty.</param>
    /// <param name="name">The model with its provider; null for the one that the body names.</param>
    public void Invoke(Step step, ReadOnlyMemory<byte> body, ReadOnlySpan<char> endpoint, ReadOnlySpan<char> query, string? name = null)
    {
        step.Format = FormatOf(endpoint);
        step.ClientBody = body;
        var isRest = step.Exchange.Rest is not null;
        var text = name ?? RequestInspector.Inspect(body.Span, ModelMember).Model;
        if (ModelName.Parse(text) is not { } target)
        {
            step.Fail(!isRest ? new(GatewayErrorKind.BadChatFormat, "The body's model must be {provider}/{model}.")
                : text is null ? new(GatewayErrorKind.MalformedRequest, "The body must be a JSON object whose model is a text.")
                : RestAnswers.ModelNotFound(text));
            return;
        }

        if (transports.Find(target.Provider) is not { Provider: var provider })
        {
            step.Fail(isRest ? RestAnswers.ModelNotFound(text!) : RoutingStage.NoSuchProvider(target.Provider));
            return;
        }

        var model = isRest ? provider.FromCatalogue(target.Model) : target.Model;
        var operation = Normalize(endpoint);
        var route = ClientRoute.Of(provider, step.Format, operation, model);
        if (route.Path is { } path)
        {
            if (step.Format == ClientFormat.Messages)
            {
                step.AccessToken = CredentialOf(step);
            }

            Relay(step, body, provider.Slug, model, path, query);
        }
        else if (route.Embeddings is { } embeddings)
        {
            Translate(step, body, provider, embeddings, model);
        }
        else if (route.Chat is { } translator && step.Format is { } format)
        {
            if (operation == CountTokens)
            {
                Count(step, body, provider, translator, model);
            }
            else
            {
                Translate(step, body, provider, translator, format, model);
            }
        }
        else
        {
            step.Fail(new(GatewayErrorKind.InvalidProvider, $"'{provider.Slug}' does not serve this endpoint in OpenAI's format; call it by its own path."));
        }
    }

    private void Relay(Step step, ReadOnlyMemory<byte> body, string slug, string model, string path, ReadOnlySpan<char> query)
    {
        body = step.Format is { } format ? ForeignThoughts.Remove(format, body) : body;
        if (ModelReplacement.Put(body.Span, ModelMember, model) is not { } replaced)
        {
            step.Fail(new(GatewayErrorKind.BadChatFormat, "The body must be a JSON object that names its model."));
            return;
        }

        step.Body = new MemoryRequestBody(replaced);
        step.UsesOpenAIPath = true;
        routing.Invoke(step, slug, path, query);
    }

    private void Translate(Step step, ReadOnlyMemory<byte> body, Provider provider, ChatTranslator translator, ClientFormat format, string model)
    {
        if (translation.Write(step, body, translator, format, model) is { } path)
        {
            RouteTranslated(step, provider, path, step.Needs is null ? step.Translation!.Dropped : []); // Else it is not known yet what will be left out.
        }
    }

    private void Count(Step step, ReadOnlyMemory<byte> body, Provider provider, ChatTranslator translator, string model)
    {
        if (CompatTranslation.WriteCount(step, body, translator, model) is { } path)
        {
            RouteTranslated(step, provider, path, []);
        }
    }

    private void Translate(Step step, ReadOnlyMemory<byte> body, Provider provider, EmbeddingTranslator translator, string model)
    {
        try
        {
            var request = EmbeddingRequestReader.Read(body, model);
            step.Embeddings = new(translator.Translate(request), request);
        }
        catch (RefusedRequestException refused)
        {
            step.Fail(new(GatewayErrorKind.UntranslatableRequest, refused.Message) { Parameter = refused.Parameter });
            return;
        }

        var call = step.Embeddings.Call;
        step.Body = new MemoryRequestBody(call.Bodies.Count == 1 ? call.Bodies[0] : ParallelCalls.Join(call.Bodies));
        RouteTranslated(step, provider, call.Path, call.Dropped);
    }

    private void RouteTranslated(Step step, Provider provider, string path, IEnumerable<string> droppedMembers)
    {
        CompatTranslation.Warn(step, provider.Slug, droppedMembers);

        step.UsesOpenAIPath = provider.ChatTranslator is null;
        step.AccessToken = CredentialOf(step);
        var question = path.IndexOf('?', StringComparison.Ordinal);
        routing.Invoke(step, provider.Slug, question < 0 ? path : path.AsSpan(0, question), question < 0 ? [] : path.AsSpan(question));
    }

    /// <summary>The client's key, where it stands in the format that the client speaks: it speaks to every provider as to one.</summary>
    private static string? CredentialOf(Step step)
    {
        var headers = new UnconsumedHeaders(step);
        if (step.Format == ClientFormat.Messages && headers["x-api-key"]?.Trim() is { Length: > 0 } key)
        {
            return key;
        }

        var authorization = headers["authorization"];
        return authorization?.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase) == true ? authorization[BearerPrefix.Length..].Trim() : null;
    }

    private static ReadOnlySpan<char> WithoutVersion(ReadOnlySpan<char> endpoint) => endpoint.StartsWith("v1/") ? endpoint["v1/".Length..] : endpoint;

    // The reference's own documentation has the misspelling, and clients have its /v1.
    private static string Normalize(ReadOnlySpan<char> endpoint) =>
        WithoutVersion(endpoint) is var path and not MisspelledChatCompletions ? path.ToString() : ChatCompletions;
}
