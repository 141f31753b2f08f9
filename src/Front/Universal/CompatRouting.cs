using GatewayActors.Front.Errors;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Upstreams;
using GatewayActors.Providers.Requests;

namespace GatewayActors.Front.Universal;

/// <summary>
/// Routes a request in OpenAI's format by its model, <c>{provider}/{model}</c>, to the provider's own endpoint of that format, with the bare
/// model in the body.
/// </summary>
internal sealed class CompatRouting(RoutingStage routing, UpstreamTransports transports)
{
    /// <summary>The name that stands in place of a provider's.</summary>
    public const string Slug = "compat";

    private const string ModelMember = "model";

    public void Invoke(Step step, ReadOnlySpan<char> endpoint, ReadOnlySpan<char> query)
    {
        var name = RequestInspector.Inspect(step.Body.Head, ModelMember).Model;
        var slash = name?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        if (name is null || slash <= 0 || slash == name.Length - 1)
        {
            step.Fail(new(GatewayErrorKind.BadChatFormat, "The body's model must be {provider}/{model}."));
            return;
        }

        var (provider, model) = (name[..slash], name[(slash + 1)..]);
        if (transports.Find(provider) is not { } transport)
        {
            step.Fail(RoutingStage.NoSuchProvider(provider));
            return;
        }

        if (transport.Provider.OpenAIPath(Normalize(endpoint)) is not { } path)
        {
            step.Fail(new(GatewayErrorKind.InvalidProvider, $"'{transport.Provider.Slug}' does not serve this endpoint in OpenAI's format; call it by its own path."));
            return;
        }

        if (ModelReplacement.Replace(step.Body.Head, ModelMember, model) is not { } body)
        {
            step.Fail(new(GatewayErrorKind.BadChatFormat, "The body must be a JSON object that names its model."));
            return;
        }

        step.Body = new MemoryRequestBody(body);
        routing.Invoke(step, provider, path, query);
    }

    // The reference's own documentation has the misspelling, and clients have its /v1.
    private static string Normalize(ReadOnlySpan<char> endpoint)
    {
        endpoint = endpoint.StartsWith("v1/") ? endpoint["v1/".Length..] : endpoint;
        return endpoint is "chat/completion" ? "chat/completions" : endpoint.ToString();
    }
}
