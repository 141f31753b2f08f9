using System.Text.Json;

namespace GatewayActors.Providers.Translation;

/// <summary>One turn of a conversation.</summary>
public sealed record ChatMessage
{
    /// <summary>Who speaks.</summary>
    public required ChatRole Role { get; init; }

    /// <summary>Where it stands in the request, such as <c>messages[2]</c>.</summary>
    public required string Place { get; init; }

    /// <summary>What is said; empty where there is nothing but calls. A refusal of the assistant is a text.</summary>
    public IReadOnlyList<ChatPart> Parts { get; init; } = [];

    /// <summary>The calls of the assistant.</summary>
    public IReadOnlyList<ChatToolCall> ToolCalls { get; init; } = [];

    /// <summary>The call that a message of <see cref="ChatRole.Tool"/> answers.</summary>
    public string? ToolCallId { get; init; }

    /// <summary>Whether the tool failed, where the client says so.</summary>
    public bool IsError { get; init; }

    /// <summary>The name of the speaker or of the tool, if the client gives one.</summary>
    public string? Name { get; init; }

    /// <summary>What an earlier answer gave out about its reasoning, as it came back; undefined if nothing did.</summary>
    public JsonElement ReasoningDetails { get; init; }

    /// <summary>The text of earlier reasoning, as it came back.</summary>
    public string? ReasoningContent { get; init; }

    /// <summary>A mark on the whole message.</summary>
    public ChatCacheMark? CacheMark { get; init; }

    /// <summary>All texts, joined without a separator.</summary>
    public string Text => Parts switch
    {
        [] => "",
        [{ Kind: ChatPartKind.Text, Text: var only }] => only,
        _ => string.Concat(Parts.Where(part => part.Kind == ChatPartKind.Text).Select(part => part.Text)),
    };
}

/// <summary>Who speaks.</summary>
public enum ChatRole
{
    /// <summary>The instructions; OpenAI's <c>developer</c> is the same.</summary>
    System,

    /// <summary>The person.</summary>
    User,

    /// <summary>The model.</summary>
    Assistant,

    /// <summary>The result of a call.</summary>
    Tool,
}

/// <summary>A call of a function that the model has made.</summary>
/// <param name="Id">The id; results refer to it.</param>
/// <param name="Name">The function.</param>
/// <param name="Arguments">Its arguments as JSON text, which a cut-off answer may have left broken.</param>
public sealed record ChatToolCall(string Id, string Name, string Arguments)
{
    /// <summary>What a provider attached to the call and wants back, undefined if nothing.</summary>
    public JsonElement Extra { get; init; }

    /// <summary>
    /// Writes the arguments as an object: nothing as an empty one, and what is no object under <c>_raw</c>, because earlier turns may
    /// hold calls that were cut off.
    /// </summary>
    public void WriteArguments(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        if (string.IsNullOrWhiteSpace(Arguments))
        {
            json.WriteStartObject();
            json.WriteEndObject();
            return;
        }

        try
        {
            using var document = JsonDocument.Parse(Arguments);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                document.RootElement.WriteTo(json);
                return;
            }
        }
        catch (JsonException)
        {
            // Told below.
        }

        json.WriteStartObject();
        json.WriteString("_raw"u8, Arguments);
        json.WriteEndObject();
    }
}

/// <summary>A part of a message.</summary>
public sealed record ChatPart
{
    /// <summary>What it is.</summary>
    public required ChatPartKind Kind { get; init; }

    /// <summary>Where it stands in the request, such as <c>messages[2].content[0]</c>.</summary>
    public required string Place { get; init; }

    /// <summary>The text of a text.</summary>
    public string Text { get; init; } = "";

    /// <summary>Where an image or a file is, if it is not <see cref="Data"/>.</summary>
    public string? Url { get; init; }

    /// <summary>The member that holds <see cref="Url"/>.</summary>
    public string UrlPlace { get => field ?? Place; init; }

    /// <summary>The bytes in base64, if they stand in the request.</summary>
    public string? Data { get; init; }

    /// <summary>Their type, such as <c>image/png</c>; null if it cannot be told.</summary>
    public string? MediaType { get; init; }

    /// <summary><c>auto</c>, <c>low</c> or <c>high</c> of an image.</summary>
    public string? Detail { get; init; }

    /// <summary>The id of a file that the provider holds.</summary>
    public string? FileId { get; init; }

    /// <summary>The name of a file.</summary>
    public string? FileName { get; init; }

    /// <summary>Where the prompt may be cached up to.</summary>
    public ChatCacheMark? CacheMark { get; init; }
}

/// <summary>Kinds of parts.</summary>
public enum ChatPartKind
{
    /// <summary>Text.</summary>
    Text,

    /// <summary>An image.</summary>
    Image,

    /// <summary>Speech.</summary>
    Audio,

    /// <summary>A document.</summary>
    File,
}
