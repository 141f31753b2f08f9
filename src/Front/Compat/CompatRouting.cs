using System.Security.Cryptography;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Upstreams;
using GatewayActors.Providers;
using GatewayActors.Providers.Requests;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Front.Compat;

/// <summary>
/// Routes a request in OpenAI's format by its model, <c>{provider}/{model}</c>: to the provider's own endpoint of that format, with the bare
/// model in the body, or translated to the format that the provider speaks.
/// </summary>
internal sealed class CompatRouting(RoutingStage routing, UpstreamTransports transports, TimeProvider timeProvider)
{
    /// <summary>The name that stands in place of a provider's.</summary>
    public const string Slug = "compat";

    private const string ModelMember = "model";
    private const string ChatCompletions = "chat/completions";
    private const string IdAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const int IdCharacters = 29;
    private const string BearerPrefix = "Bearer ";

    /// <summary>Whether a provider can be called for chat completions, translated or not.</summary>
    public static bool ServesChat(Provider provider) => provider.OpenAIPath(ChatCompletions) is not null || provider.ChatTranslator is not null;

    /// <param name="step">The step; its body is replaced.</param>
    /// <param name="body">The client's body.</param>
    /// <param name="endpoint">The path after <c>compat</c>.</param>
    /// <param name="query">The query with its question mark, or empty.</param>
    public void Invoke(Step step, ReadOnlyMemory<byte> body, ReadOnlySpan<char> endpoint, ReadOnlySpan<char> query)
    {
        var name = RequestInspector.Inspect(body.Span, ModelMember).Model;
        var slash = name?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        if (name is null || slash <= 0 || slash == name.Length - 1)
        {
            step.Fail(new(GatewayErrorKind.BadChatFormat, "The body's model must be {provider}/{model}."));
            return;
        }

        var model = name[(slash + 1)..];
        if (transports.Find(name.AsSpan(0, slash)) is not { Provider: var provider })
        {
            step.Fail(RoutingStage.NoSuchProvider(name.AsSpan(0, slash)));
            return;
        }

        var operation = Normalize(endpoint);
        if (provider.OpenAIPath(operation) is { } path)
        {
            Relay(step, body, provider.Slug, model, path, query);
        }
        else if (operation == ChatCompletions && provider.ChatTranslator is { } translator)
        {
            Translate(step, body, provider, translator, model);
        }
        else
        {
            step.Fail(new(GatewayErrorKind.InvalidProvider, $"'{provider.Slug}' does not serve this endpoint in OpenAI's format; call it by its own path."));
        }
    }

    private void Relay(Step step, ReadOnlyMemory<byte> body, string slug, string model, string path, ReadOnlySpan<char> query)
    {
        if (ModelReplacement.Replace(body.Span, ModelMember, model) is not { } replaced)
        {
            step.Fail(new(GatewayErrorKind.BadChatFormat, "The body must be a JSON object that names its model."));
            return;
        }

        step.Body = new MemoryRequestBody(replaced);
        routing.Invoke(step, slug, path, query);
    }

    private void Translate(Step step, ReadOnlyMemory<byte> body, Provider provider, ChatTranslator translator, string model)
    {
        ChatCall call;
        ChatAnswerFacts facts;
        try
        {
            using var request = ChatRequestReader.Read(body, model);
            call = translator.Translate(request);
            facts = new()
            {
                Id = "chatcmpl-" + RandomNumberGenerator.GetString(IdAlphabet, IdCharacters),
                Model = model,
                Created = timeProvider.GetUtcNow().ToUnixTimeSeconds(),
                IncludeUsage = request.IncludeUsage,
                UsesFunctions = request.UsesFunctions,
                Names = call.Names,
            };
            step.Translation = new(call, facts, request.Stream);
        }
        catch (RefusedRequestException refused)
        {
            step.Fail(new(GatewayErrorKind.UntranslatableRequest, refused.Message) { Parameter = refused.Parameter });
            return;
        }

        step.Body = new MemoryRequestBody(call.Body);
        foreach (var dropped in call.Dropped)
        {
            step.Headers.Warn($"{dropped}: {provider.Slug} has nothing like it; left out.");
        }

        // The client speaks to every provider as to OpenAI: its key stands where OpenAI's would.
        var authorization = new UnconsumedHeaders(step)["authorization"];
        step.AccessToken = authorization?.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase) == true ? authorization[BearerPrefix.Length..].Trim() : null;
        var question = call.Path.IndexOf('?', StringComparison.Ordinal);
        routing.Invoke(
            step, provider.Slug, question < 0 ? call.Path : call.Path.AsSpan(0, question), question < 0 ? [] : call.Path.AsSpan(question));
    }

    // The reference's own documentation has the misspelling, and clients have its /v1.
    private static string Normalize(ReadOnlySpan<char> endpoint)
    {
        endpoint = endpoint.StartsWith("v1/") ? endpoint["v1/".Length..] : endpoint;
        return endpoint is "chat/completion" ? ChatCompletions : endpoint.ToString();
    }
}
