using System.Text.Json;

namespace GatewayActors.Providers.Translation;

/// <summary>A chat completion request in OpenAI's format, taken apart, older spellings put into today's. Belongs to one exchange.</summary>
public sealed class ChatRequest : IDisposable
{
    private readonly JsonDocument _document;
    private IReadOnlyList<ChatMessage> _messages = [];

    internal ChatRequest(JsonDocument document, JsonElement? root = null) => (_document, Root) = (document, root ?? document.RootElement);

    /// <summary>
    /// The whole body, for members that only some targets know. Of a request that came in another format, what it says in such members,
    /// under their names of chat completions.
    /// </summary>
    public JsonElement Root { get; }

    /// <summary>What was left out already because no target has anything like it, by the client's names.</summary>
    public IReadOnlyList<string> Dropped { get; init; } = [];

    /// <summary>What the answer needs to know of a request that came in the format of Responses; else null.</summary>
    public Responses.ResponseEcho? Response { get; init; }

    /// <summary>The model, without its provider.</summary>
    public required string Model { get; init; }

    /// <summary>The conversation, never empty.</summary>
    public required IReadOnlyList<ChatMessage> Messages { get => _messages; init => _messages = value; }

    /// <summary>Whether the client wants the answer as a stream.</summary>
    public bool Stream { get; init; }

    /// <summary>Whether the client wants usage at the end of the stream.</summary>
    public bool IncludeUsage { get; init; }

    /// <summary>The functions that the model may call.</summary>
    public IReadOnlyList<ChatTool> Tools { get; init; } = [];

    /// <summary>Which of them it must or must not call.</summary>
    public ChatToolChoice ToolChoice { get; init; }

    /// <summary>Whether it may call several at once; null if the client does not say.</summary>
    public bool? ParallelToolCalls { get; init; }

    /// <summary>Whether the client speaks of <c>functions</c>, as was usual before tools: the answer then does too.</summary>
    public bool UsesFunctions { get; init; }

    /// <summary>The most tokens of the answer, by custom without reasoning.</summary>
    public long? MaxTokens { get; init; }

    /// <summary>The most tokens of the answer, reasoning included; wins over <see cref="MaxTokens"/>.</summary>
    public long? MaxCompletionTokens { get; init; }

    /// <summary>0 to 2.</summary>
    public double? Temperature { get; init; }

    /// <summary>0 to 1.</summary>
    public double? TopP { get; init; }

    /// <summary>Not in OpenAI's API, but usual.</summary>
    public long? TopK { get; init; }

    /// <summary>-2 to 2.</summary>
    public double? FrequencyPenalty { get; init; }

    /// <summary>-2 to 2.</summary>
    public double? PresencePenalty { get; init; }

    /// <summary>For answers that can be repeated.</summary>
    public long? Seed { get; init; }

    /// <summary>How many answers; 1 unless the client asks for more.</summary>
    public long Choices { get; init; } = 1;

    /// <summary>Texts at which the answer ends; none of them empty.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>What the client says about reasoning.</summary>
    public ChatReasoning Reasoning { get; init; }

    /// <summary>The form of the answer.</summary>
    public ChatFormat Format { get; init; }

    /// <summary>Takes the conversation with what it lacked.</summary>
    internal void Replace(IReadOnlyList<ChatMessage> messages) => _messages = messages;

    /// <inheritdoc/>
    public void Dispose() => _document.Dispose();
}

/// <summary>A function that a model may call.</summary>
public sealed record ChatTool
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What it does; null if the client does not say.</summary>
    public string? Description { get; init; }

    /// <summary>The JSON Schema of its arguments; undefined if there is none.</summary>
    public JsonElement Parameters { get; init; }

    /// <summary>Whether arguments must follow the schema exactly.</summary>
    public bool? Strict { get; init; }

    /// <summary>Where the prompt may be cached up to.</summary>
    public ChatCacheMark? CacheMark { get; init; }

    /// <summary>
    /// A tool of the provider's own, as it came; undefined for a function. It suits one provider only, which its <c>type</c> tells.
    /// </summary>
    public JsonElement Native { get; init; }

    /// <summary>Whether this is <see cref="Native"/>.</summary>
    public bool IsNative => Native.ValueKind == JsonValueKind.Object;
}

/// <summary>Which tools a model must or must not call.</summary>
/// <param name="Mode">Whether it must.</param>
/// <param name="Name">The one function it must call; null for any.</param>
/// <param name="Allowed">The only ones it may call; null for all.</param>
public readonly record struct ChatToolChoice(ChatToolMode Mode, string? Name, IReadOnlyList<string>? Allowed);

/// <summary>Whether a model must call tools.</summary>
public enum ChatToolMode
{
    /// <summary>The client does not say.</summary>
    Unstated,

    /// <summary>It may.</summary>
    Auto,

    /// <summary>It must not.</summary>
    None,

    /// <summary>It must.</summary>
    Required,
}

/// <summary>What a client says about reasoning.</summary>
/// <param name="Effort">How much; null if it does not say.</param>
/// <param name="BudgetTokens">The most tokens of reasoning; null if it does not say.</param>
/// <param name="Exclude">Whether it does not want to see the reasoning.</param>
public readonly record struct ChatReasoning(ChatEffort? Effort, long? BudgetTokens, bool Exclude)
{
    /// <summary>Whether the client asks for reasoning.</summary>
    public bool IsWanted => BudgetTokens is not null || Effort is not (null or ChatEffort.None);
}

/// <summary>How much a model is to reason.</summary>
public enum ChatEffort
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>As little as it can.</summary>
    Minimal,

    /// <summary>A little.</summary>
    Low,

    /// <summary>As usual.</summary>
    Medium,

    /// <summary>Much.</summary>
    High,

    /// <summary>Very much.</summary>
    XHigh,

    /// <summary>As much as it can.</summary>
    Max,
}

/// <summary>The form of an answer.</summary>
/// <param name="Kind">The form.</param>
/// <param name="Schema">The JSON Schema; undefined without one.</param>
/// <param name="Name">The schema's name.</param>
/// <param name="Description">What it is for.</param>
public readonly record struct ChatFormat(ChatFormatKind Kind, JsonElement Schema, string? Name, string? Description);

/// <summary>Forms of an answer.</summary>
public enum ChatFormatKind
{
    /// <summary>Text.</summary>
    Text,

    /// <summary>Any JSON object.</summary>
    JsonObject,

    /// <summary>JSON that follows a schema.</summary>
    JsonSchema,
}

/// <summary>A place up to which a prompt may be cached.</summary>
/// <param name="Ttl"><c>5m</c> or <c>1h</c>; null for the provider's default.</param>
public sealed record ChatCacheMark(string? Ttl);
