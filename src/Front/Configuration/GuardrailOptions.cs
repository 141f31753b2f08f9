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

    /// <summary>The engine llama-guard.</summary>
    public LlamaGuardOptions LlamaGuard { get; set; } = new();

    /// <summary>The engine openai-moderation.</summary>
    public OpenAIModerationOptions OpenAIModeration { get; set; } = new();

    /// <summary>The engine azure-content-safety.</summary>
    public AzureContentSafetyOptions AzureContentSafety { get; set; } = new();

    /// <summary>The engine of word lists and patterns.</summary>
    public GuardrailRulesOptions Rules { get; set; } = new();
}

/// <summary>A model of Meta's that judges texts, and one that recognises prompt injections. Bound from <c>Gateway:Guardrails:LlamaGuard</c>.</summary>
public sealed class LlamaGuardOptions
{
    /// <summary>
    /// The base URL of an OpenAI-compatible API that serves the model, such as <c>http://vllm:8000/v1</c>. Trusted: private addresses are
    /// allowed. Default: Workers AI, with the gateway's stored key for it, else the operator's.
    /// </summary>
    [HttpAddress("http", "https")]
    public string? BaseUrl { get; set; }

    /// <summary>The model. Default: @cf/meta/llama-guard-3-8b.</summary>
    [Pattern("^[!-~]{1,256}$", "1 to 256 printable ASCII characters without blanks")]
    public string Model { get; set; } = "@cf/meta/llama-guard-3-8b";

    /// <summary>
    /// The model that recognises prompt injections, at the same place. Default: @cf/meta/prompt-guard-2-86m at Workers AI; none behind
    /// another base URL, where nothing is found of P1 then.
    /// </summary>
    [Pattern("^[!-~]{1,256}$", "1 to 256 printable ASCII characters without blanks")]
    public string? InjectionModel { get; set; }

    /// <summary>The key of that API. Default: none.</summary>
    [Secret, Pattern("^[!-~]{1,4096}$", "1 to 4096 printable ASCII characters without blanks")]
    public string? ApiKey { get; set; }

    /// <summary>
    /// How the model is asked: <c>Chat</c> where its server puts messages into the model's own form, <c>Completion</c> where it takes that form as
    /// it is. Default: Chat.
    /// </summary>
    public LlamaGuardPrompt Prompt { get; set; } = LlamaGuardPrompt.Chat;
}

/// <summary>How Llama Guard is asked.</summary>
public enum LlamaGuardPrompt
{
    /// <summary>By <c>chat/completions</c>.</summary>
    Chat,

    /// <summary>By <c>completions</c>, in the model's own form.</summary>
    Completion,
}

/// <summary>OpenAI's moderation endpoint. Bound from <c>Gateway:Guardrails:OpenAIModeration</c>.</summary>
public sealed class OpenAIModerationOptions
{
    /// <summary>Where it is. Trusted: private addresses are allowed. Default: the provider openai, with the gateway's stored key for it, else the operator's.</summary>
    [HttpAddress("http", "https")]
    public string? BaseUrl { get; set; }

    /// <summary>The model. Default: omni-moderation-latest.</summary>
    [Pattern("^[!-~]{1,256}$", "1 to 256 printable ASCII characters without blanks")]
    public string Model { get; set; } = "omni-moderation-latest";

    /// <summary>The key, for every gateway. Default: none.</summary>
    [Secret, Pattern("^[!-~]{1,4096}$", "1 to 4096 printable ASCII characters without blanks")]
    public string? ApiKey { get; set; }

    /// <summary>From which score on, in hundredths, a category counts as found. Default: the service's own judgement. Range: 1 to 100.</summary>
    [Between(1, 100)]
    public int? Threshold { get; set; }
}

/// <summary>Azure AI Content Safety. Bound from <c>Gateway:Guardrails:AzureContentSafety</c>.</summary>
public sealed class AzureContentSafetyOptions
{
    /// <summary>The endpoint of the resource, such as <c>https://shop.cognitiveservices.azure.com</c>. Trusted: private addresses are allowed. Default: none.</summary>
    [HttpAddress("http", "https")]
    public string? BaseUrl { get; set; }

    /// <summary>The version of its API. Default: 2024-09-01.</summary>
    [Pattern("^[0-9A-Za-z-]{1,32}$", "1 to 32 letters, digits or hyphens")]
    public string Model { get; set; } = "2024-09-01";

    /// <summary>The key of the resource. Default: none.</summary>
    [Secret, Pattern("^[!-~]{1,4096}$", "1 to 4096 printable ASCII characters without blanks")]
    public string? ApiKey { get; set; }

    /// <summary>From which severity on (0, 2, 4 or 6) a category counts as found. Default: 4. Range: 1 to 7.</summary>
    [Between(1, 7)]
    public int Severity { get; set; } = 4;
}

/// <summary>The engine of word lists and patterns. Bound from <c>Gateway:Guardrails:Rules</c>.</summary>
public sealed class GuardrailRulesOptions
{
    /// <summary>A JSON file with lists of words and patterns by category, in place of the few that are built in. Default: none.</summary>
    public string? File { get; set; }
}
