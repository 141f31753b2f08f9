using System.Text.Json;

namespace GatewayActors.Providers.Translation;

/// <summary>
/// Takes an answer as it is read out of a provider's format and writes it in OpenAI's. Calls come in the order of the answer; what comes
/// after a fault is passed over. One instance per answer; not thread-safe.
/// </summary>
public abstract class ChatAnswer : IDisposable
{
    /// <summary>Why the answer is none; null while all is well.</summary>
    public ChatFault? Fault { get; private set; }

    /// <summary>Whether any of the answer has been written.</summary>
    public virtual bool HasBegun => false;

    /// <summary>The answer begins.</summary>
    /// <param name="id">The provider's id; null for one of ours.</param>
    /// <param name="model">The model that answers; null for the one that was asked for.</param>
    public abstract void Start(string? id, string? model);

    /// <summary>Text of a choice.</summary>
    public abstract void Text(int choice, string text);

    /// <summary>Why the model refuses, in words.</summary>
    public abstract void Refusal(int choice, string text);

    /// <summary>Text of its reasoning.</summary>
    public abstract void Reasoning(int choice, string text);

    /// <summary>What belongs to its reasoning and must come back in a later request as it is.</summary>
    public abstract void ReasoningDetail(int choice, in ChatReasoningDetail detail);

    /// <summary>A citation of a page.</summary>
    public abstract void Citation(int choice, in ChatCitation citation);

    /// <summary>A picture, as a data URL.</summary>
    public abstract void Image(int choice, string url);

    /// <summary>A call begins.</summary>
    /// <param name="choice">The choice.</param>
    /// <param name="id">The provider's id of the call; null for one of ours.</param>
    /// <param name="name">The function, as the provider names it.</param>
    /// <param name="thoughtSignature">What Google wants back with the call; null for none.</param>
    /// <returns>The call's number in its choice, for its arguments.</returns>
    public abstract int BeginCall(int choice, string? id, string name, string? thoughtSignature = null);

    /// <summary>A piece of a call's arguments, as JSON text.</summary>
    public abstract void Arguments(int choice, int call, string json);

    /// <summary>A call is whole. One without any arguments gets an empty object.</summary>
    public abstract void EndCall(int choice, int call);

    /// <summary>Why a choice has ended.</summary>
    /// <param name="choice">The choice.</param>
    /// <param name="reason">Why.</param>
    /// <param name="stopSequence">Which of the client's texts ended it, where the provider tells; else null.</param>
    public abstract void Finish(int choice, ChatFinish reason, string? stopSequence = null);

    /// <summary>What was used; the last word holds.</summary>
    public abstract void Usage(in ChatUsage usage);

    /// <summary>The provider is still there.</summary>
    public virtual void Ping()
    {
    }

    /// <summary>The answer breaks off; the first fault holds.</summary>
    public void Fail(ChatFault fault)
    {
        if (Fault is null)
        {
            Fault = fault with { Message = UpstreamErrorBody.HideKeys(fault.Message) };
            WriteFault(Fault);
        }
    }

    /// <summary>Nothing more comes.</summary>
    public abstract void End();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets go of what it holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>Writes a fault, if the format has a place for it.</summary>
    protected virtual void WriteFault(ChatFault fault)
    {
    }
}

/// <summary>What both forms of an answer need to know about the request.</summary>
public sealed record ChatAnswerFacts
{
    /// <summary>The id where the provider gives none.</summary>
    public required string Id { get; init; }

    /// <summary>The model that was asked for.</summary>
    public required string Model { get; init; }

    /// <summary>When the answer began, in seconds since 1970.</summary>
    public required long Created { get; init; }

    /// <summary>Whether the client wants usage at the end of a stream.</summary>
    public bool IncludeUsage { get; init; }

    /// <summary>Whether calls are called <c>function_call</c>.</summary>
    public bool UsesFunctions { get; init; }

    /// <summary>What an answer in the format of Responses repeats; else null.</summary>
    public Responses.ResponseEcho? Response { get; init; }

    /// <summary>The names of functions as the client has them.</summary>
    public ToolNames Names { get; init; } = ToolNames.Unchanged;
}

/// <summary>Why a choice has ended.</summary>
public enum ChatFinish
{
    /// <summary>It has said what it had to say.</summary>
    Stop,

    /// <summary>A limit of tokens.</summary>
    Length,

    /// <summary>It waits for the results of calls.</summary>
    ToolCalls,

    /// <summary>A filter.</summary>
    ContentFilter,
}

/// <summary>Why there is no answer, or no more of it.</summary>
/// <param name="Status">The status, if it can still be set.</param>
/// <param name="Type">OpenAI's type.</param>
/// <param name="Code">The provider's own word.</param>
/// <param name="Message">For the client.</param>
public sealed record ChatFault(int Status, string Type, string? Code, string Message)
{
    /// <summary>The member of the request at fault; null if it is none.</summary>
    public string? Parameter { get; init; }

    /// <summary>What came is not in the provider's format.</summary>
    public static ChatFault Malformed { get; } = new(502, "server_error", "malformed_answer", "The provider's answer cannot be read.");

    /// <summary>The stream ended in the middle.</summary>
    public static ChatFault CutOff { get; } = new(502, "server_error", "upstream_cut", "The provider's answer ended before it was whole.");

    /// <summary>The provider fell silent.</summary>
    public static ChatFault TimedOut { get; } = new(504, "timeout_error", "upstream_timeout", "The provider's answer did not come in time.");

    /// <summary>A model that got its own format wrong.</summary>
    public static ChatFault Native(string code) => new(502, "server_error", code, $"The provider could not finish its answer: {code}.");

    /// <summary>Writes it as OpenAI does.</summary>
    public void Write(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartObject();
        json.WriteStartObject("error"u8);
        json.WriteString("message"u8, Message);
        json.WriteString("type"u8, Type);
        json.WriteString("param"u8, Parameter);
        json.WriteString("code"u8, Code);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}

/// <summary>What belongs to a model's reasoning and is not for people.</summary>
/// <param name="Format">Whose it is: <c>anthropic</c>, <c>bedrock</c>, <c>google</c>, <c>openai</c>.</param>
/// <param name="Index">Its number among the details of the answer.</param>
/// <param name="Text">The text that a signature covers; null in streams, where it went before.</param>
/// <param name="Signature">The signature.</param>
/// <param name="Data">Encrypted reasoning, instead of both.</param>
public readonly record struct ChatReasoningDetail(string Format, int Index, string? Text, string? Signature, string? Data)
{
    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, Data is null ? "reasoning.text"u8 : "reasoning.encrypted"u8);
        json.WriteNumber("index"u8, Index);
        if (Data is not null)
        {
            json.WriteString("data"u8, Data);
        }
        else
        {
            if (Text is not null)
            {
                json.WriteString("text"u8, Text);
            }

            json.WriteString("signature"u8, Signature);
        }

        json.WriteString("format"u8, Format);
        json.WriteEndObject();
    }
}

/// <summary>A citation of a page.</summary>
/// <param name="Url">The page.</param>
/// <param name="Title">Its title.</param>
/// <param name="Start">Where the cited text begins in the answer; null if unknown.</param>
/// <param name="End">Where it ends.</param>
public readonly record struct ChatCitation(string Url, string? Title, int? Start, int? End)
{
    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "url_citation"u8);
        json.WriteStartObject("url_citation"u8);
        json.WriteString("url"u8, Url);
        if (Title is not null)
        {
            json.WriteString("title"u8, Title);
        }

        if (Start is { } start && End is { } end)
        {
            json.WriteNumber("start_index"u8, start);
            json.WriteNumber("end_index"u8, end);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}

/// <summary>What an answer used, in OpenAI's terms: totals include their parts.</summary>
/// <param name="Prompt">Tokens of the prompt.</param>
/// <param name="Completion">Tokens of the answer.</param>
public readonly record struct ChatUsage(long Prompt, long Completion)
{
    /// <summary>Of the prompt, read from a cache; null where the provider knows no cache.</summary>
    public long? Cached { get; init; }

    /// <summary>Of the prompt, written to a cache.</summary>
    public long? CacheWrite { get; init; }

    /// <summary>Of the prompt, sound.</summary>
    public long? Audio { get; init; }

    /// <summary>Of the answer, reasoning.</summary>
    public long? Reasoning { get; init; }

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("usage"u8);
        json.WriteNumber("prompt_tokens"u8, Prompt);
        json.WriteNumber("completion_tokens"u8, Completion);
        json.WriteNumber("total_tokens"u8, Prompt + Completion);
        if ((Cached ?? CacheWrite ?? Audio) is not null)
        {
            json.WriteStartObject("prompt_tokens_details"u8);
            Write(json, "cached_tokens"u8, Cached);
            Write(json, "cache_write_tokens"u8, CacheWrite);
            Write(json, "audio_tokens"u8, Audio);
            json.WriteEndObject();
        }

        if (Reasoning is not null)
        {
            json.WriteStartObject("completion_tokens_details"u8);
            Write(json, "reasoning_tokens"u8, Reasoning);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }
}
