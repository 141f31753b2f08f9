namespace GatewayActors.Providers.WorkersAI;

/// <summary>What the translation needs to know of a model of Workers AI, told by its name.</summary>
internal static class WorkersAIModel
{
    /// <summary>
    /// Whether the OpenAI-compatible endpoint serves it. The older models of Hugging Face, bases for adapters and moderation models are
    /// called by themselves, which every model can be.
    /// </summary>
    public static bool IsOpenAICompatible(string model) =>
        model.StartsWith("@cf/", StringComparison.Ordinal)
        && !model.EndsWith("-lora", StringComparison.OrdinalIgnoreCase)
        && !model.Contains("llama-guard", StringComparison.OrdinalIgnoreCase);

    /// <summary>The path of a model itself. Its slashes and its at sign stand as they are; nothing else of a name can end the path.</summary>
    public static string RunPath(string model) =>
        "run/" + Uri.EscapeDataString(model).Replace("%2F", "/", StringComparison.Ordinal).Replace("%40", "@", StringComparison.Ordinal);
}
