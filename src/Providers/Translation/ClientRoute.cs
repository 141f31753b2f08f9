using GatewayActors.Providers.Mapping;
using GatewayActors.Providers.Translation.Embeddings;

namespace GatewayActors.Providers.Translation;

/// <summary>
/// How a provider answers an endpoint of a client's format for a model: relayed, translated, or not at all. At most one of the members is
/// there.
/// </summary>
public readonly record struct ClientRoute
{
    /// <summary>The provider's own path, where it speaks the client's format.</summary>
    public string? Path { get; private init; }

    /// <summary>Who translates chat.</summary>
    public ChatTranslator? Chat { get; private init; }

    /// <summary>Who translates embeddings.</summary>
    public EmbeddingTranslator? Embeddings { get; private init; }

    /// <summary>Finds it.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="format">The format of the endpoint; null for one that is not for answers of a model.</param>
    /// <param name="endpoint">The endpoint, without a version.</param>
    /// <param name="model">The model, without its provider.</param>
    public static ClientRoute Of(Provider provider, ClientFormat? format, string endpoint, string model)
    {
        ArgumentNullException.ThrowIfNull(provider);
        if (format == ClientFormat.Messages && provider.MessagesPath(endpoint) is { } messages)
        {
            return new() { Path = messages };
        }

        if (endpoint == OpenAIEndpoints.Embeddings && provider.EmbeddingTranslator is { } embeddings)
        {
            return new() { Embeddings = embeddings };
        }

        // Some models of a provider that speaks the format are not served in it.
        if (format == ClientFormat.ChatCompletions && provider.ChatTranslatorOf(model) is { } own)
        {
            return new() { Chat = own };
        }

        if (provider.OpenAIPath(endpoint) is { } path)
        {
            return new() { Path = path };
        }

        return format is null ? default : new() { Chat = provider.ChatTranslatorOf(model) ?? provider.AnyTranslator };
    }
}
