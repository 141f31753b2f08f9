namespace GatewayActors.Providers.OpenAI;

/// <summary>What the translation needs to know of a model of OpenAI's, told by its name.</summary>
internal static class OpenAIModel
{
    /// <summary>Whether it can be called by the Responses API only: Codex, the pro models, deep research, the use of computers.</summary>
    /// <remarks>https://platform.openai.com/docs/models, the endpoints of each model.</remarks>
    public static bool IsOnlyInResponses(string model)
    {
        var name = WithoutDate(model);
        return name.Contains("codex", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith("-pro", StringComparison.OrdinalIgnoreCase)
            || name.Contains("deep-research", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("computer-use", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whether it reasons, so that its reasoning must come back in later turns.</summary>
    public static bool Reasons(string model) => !model.StartsWith("gpt-4", StringComparison.OrdinalIgnoreCase) && !model.StartsWith("computer-use", StringComparison.OrdinalIgnoreCase);

    // gpt-5-pro-2025-10-06
    private static string WithoutDate(string model) =>
        model.Length > 11 && model[^11] == '-' && char.IsAsciiDigit(model[^10]) && model[^6] == '-' && model[^3] == '-' ? model[..^11] : model;
}
