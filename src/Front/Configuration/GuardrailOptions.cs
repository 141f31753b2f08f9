namespace GatewayActors.Front.Configuration;

/// <summary>The scanners of guardrails. Bound from <c>Gateway:Guardrails</c>; in names of sections, hyphens are passed over.</summary>
public sealed class GuardrailOptions
{
    /// <summary>
    /// The engine of gateways that name none: llama-guard, openai-moderation, azure-content-safety or rules. Default: llama-guard.
    /// </summary>
    [Pattern("^(llama-guard|openai-moderation|azure-content-safety|rules)$", "llama-guard, openai-moderation, azure-content-safety or rules")]
    public string Engine { get; set; } = "llama-guard";

    /// <summary>How long one call to a scanner may take; then it counts as unavailable. Default: 10 seconds. Range: 100 ms to 2 minutes.</summary>
    [Between("00:00:00.100", "00:02:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many parts of one text are evaluated at the same time. Default: 4. Range: 1 to 64.</summary>
    [Between(1, 64)]
    public int Parallelism { get; set; } = 4;

    /// <summary>How many results are remembered in this process, so that the same text is not evaluated again. Default: 10,000. Range: 0 to 1,000,000.</summary>
    [Between(0, 1_000_000)]
    public int RememberedResults { get; set; } = 10_000;

    /// <summary>The engine of word lists and patterns.</summary>
    public GuardrailRulesOptions Rules { get; set; } = new();
}

/// <summary>The engine of word lists and patterns. Bound from <c>Gateway:Guardrails:Rules</c>.</summary>
public sealed class GuardrailRulesOptions
{
    /// <summary>A JSON file with lists of words and patterns by category, in place of the few that are built in. Default: none.</summary>
    public string? File { get; set; }
}
