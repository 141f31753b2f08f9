namespace GatewayActors.Front.Guardrails;

/// <summary>The names of the engines.</summary>
internal static class GuardrailEngines
{
    public const string LlamaGuard = "llama-guard";
    public const string OpenAIModeration = "openai-moderation";
    public const string AzureContentSafety = "azure-content-safety";
    public const string Rules = "rules";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> Names { get; } = [LlamaGuard, OpenAIModeration, AzureContentSafety, Rules];
}
