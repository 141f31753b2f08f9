namespace GatewayActors.Providers.Mapping;

/// <summary>Endpoints of OpenAI's API that other vendors have taken over with its format.</summary>
internal static class OpenAIEndpoints
{
    public const string ChatCompletions = "chat/completions";
    public const string Embeddings = "embeddings";
    public const string Responses = "responses";

    /// <summary>Chat completions alone.</summary>
    public static IReadOnlyList<string> Chat { get; } = [ChatCompletions];

    /// <summary>Chat completions and embeddings.</summary>
    public static IReadOnlyList<string> ChatAndEmbeddings { get; } = [ChatCompletions, Embeddings];

    /// <summary>Chat completions and responses.</summary>
    public static IReadOnlyList<string> ChatAndResponses { get; } = [ChatCompletions, Responses];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [ChatCompletions, Embeddings, Responses];
}
