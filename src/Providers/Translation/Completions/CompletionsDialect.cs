namespace GatewayActors.Providers.Translation.Completions;

/// <summary>
/// How a provider's chat completions differ from OpenAI's, for requests that are written for it. What a client sends in this format
/// itself is passed on as it is.
/// </summary>
public sealed record CompletionsDialect
{
    /// <summary>What servers that speak OpenAI's format at large understand.</summary>
    public static CompletionsDialect Plain { get; } = new();

    /// <summary>Whether the limit of the answer is called <c>max_completion_tokens</c>.</summary>
    public bool CountsCompletionTokens { get; init; }

    /// <summary>Whether content may be an array of parts; else texts are joined.</summary>
    public bool TakesParts { get; init; } = true;

    /// <summary>Whether images may stand in content.</summary>
    public bool TakesImages { get; init; } = true;

    /// <summary>Whether an image may be one by URL; else its bytes stand in the request.</summary>
    public bool TakesImageUrls { get; init; } = true;

    /// <summary>How files may stand in content.</summary>
    public FileForm Files { get; init; } = FileForm.None;

    /// <summary>Whether sound may stand in content.</summary>
    public bool TakesSound { get; init; }

    /// <summary>Whether functions can be told.</summary>
    public bool TakesTools { get; init; } = true;

    /// <summary>Whether it can be told to make one call at a time.</summary>
    public bool TakesSerialCalls { get; init; }

    /// <summary>The word for a call that must be made.</summary>
    public string RequiredWord { get; init; } = "required";

    /// <summary>Whether ids of calls must be nine letters or digits.</summary>
    public bool HasShortIds { get; init; }

    /// <summary>Whether an answer can be held to a schema; else it is asked for in words.</summary>
    public bool TakesSchemas { get; init; } = true;

    /// <summary>Whether an answer can be held to JSON.</summary>
    public bool TakesJsonObjects { get; init; } = true;

    /// <summary>Whether the choice of words can be limited to the likeliest.</summary>
    public bool TakesTopK { get; init; }

    /// <summary>Whether a mark up to which the prompt is cached may stand beside parts.</summary>
    public bool TakesCacheMarks { get; init; }

    /// <summary>Whether usage at the end of a stream has to be asked for.</summary>
    public bool AsksForUsage { get; init; } = true;

    /// <summary>How it is told how much to reason.</summary>
    public ReasoningForm Reasoning { get; init; } = ReasoningForm.Effort;

    /// <summary>The member in which earlier reasoning comes back; null where it must not.</summary>
    public string? ReasoningMember { get; init; }

    /// <summary>Whether earlier reasoning comes back only beside calls.</summary>
    public bool ReasonsOnlyWithCalls { get; init; }

    /// <summary>Whether an answer without text has an empty one rather than none.</summary>
    public bool WritesEmptyContent { get; init; }

    /// <summary>Whether an answer that the request begins has to be marked as one.</summary>
    public bool MarksPrefill { get; init; }

    /// <summary>Members that only some providers know, and this one does.</summary>
    public IReadOnlyList<string> Members { get; init; } = [];
}

/// <summary>How files stand in content.</summary>
public enum FileForm
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>As OpenAI has them.</summary>
    File,

    /// <summary>As a document by URL.</summary>
    DocumentUrl,
}

/// <summary>How a provider is told how much to reason.</summary>
public enum ReasoningForm
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>By <c>reasoning_effort</c>.</summary>
    Effort,

    /// <summary>By <c>reasoning_effort</c>, where the model is one that reasons; those refuse what chooses their words.</summary>
    EffortOfModel,

    /// <summary>By <c>thinking</c> and <c>reasoning_effort</c>.</summary>
    Thinking,

    /// <summary>By <c>reasoning</c>, an object.</summary>
    Settings,
}
