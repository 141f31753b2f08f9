using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace GatewayActors.Providers.Translation;

/// <summary>Collects an answer and writes it as one of OpenAI's chat completions.</summary>
/// <param name="facts">What it needs to know about the request.</param>
/// <param name="output">Takes the completion; nothing if there is a fault.</param>
public sealed class CompletionWriter(ChatAnswerFacts facts, IBufferWriter<byte> output) : ChatAnswer
{
    private const int IdCharacters = 24;
    private const string IdAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private readonly List<Choice> _choices = [];
    private string _id = facts.Id;
    private string _model = facts.Model;
    private ChatUsage? _usage;

    /// <inheritdoc/>
    public override void Start(string? id, string? model)
    {
        (_id, _model) = (id ?? _id, model ?? _model);
        _ = Of(0);
    }

    /// <inheritdoc/>
    public override void Text(int choice, string text) => (Of(choice).Content ??= new()).Append(text);

    /// <inheritdoc/>
    public override void Refusal(int choice, string text) => (Of(choice).Refusal ??= new()).Append(text);

    /// <inheritdoc/>
    public override void Reasoning(int choice, string text) => (Of(choice).Reasoning ??= new()).Append(text);

    /// <inheritdoc/>
    public override void ReasoningDetail(int choice, in ChatReasoningDetail detail) => Of(choice).Details.Add(detail);

    /// <inheritdoc/>
    public override void Citation(int choice, in ChatCitation citation) => Of(choice).Citations.Add(citation);

    /// <inheritdoc/>
    public override void Image(int choice, string url) => Of(choice).Images.Add(url);

    /// <inheritdoc/>
    public override int BeginCall(int choice, string? id, string name, string? thoughtSignature = null)
    {
        var calls = Of(choice).Calls;
        calls.Add(new(id ?? NewCallId(), facts.Names.ToClient(name), thoughtSignature));
        return calls.Count - 1;
    }

    /// <inheritdoc/>
    public override void Arguments(int choice, int call, string json) => Of(choice).Calls[call].Arguments.Append(json);

    /// <inheritdoc/>
    public override void EndCall(int choice, int call)
    {
        if (Of(choice).Calls[call].Arguments is { Length: 0 } none)
        {
            none.Append("{}");
        }
    }

    /// <inheritdoc/>
    public override void Finish(int choice, ChatFinish reason, string? stopSequence = null) => Of(choice).Finish ??= reason;

    /// <inheritdoc/>
    public override void Usage(in ChatUsage usage) => _usage = usage;

    /// <inheritdoc/>
    public override void End()
    {
        if (_choices.Count == 0 && Fault is null)
        {
            Fail(ChatFault.Malformed);
        }

        if (Fault is not null)
        {
            return;
        }

        using var json = new Utf8JsonWriter(output, ChunkWriter.AsWritten);
        json.WriteStartObject();
        json.WriteString("id"u8, _id);
        json.WriteString("object"u8, "chat.completion"u8);
        json.WriteNumber("created"u8, facts.Created);
        json.WriteString("model"u8, _model);
        json.WriteStartArray("choices"u8);
        for (var index = 0; index < _choices.Count; index++)
        {
            Write(json, index, _choices[index]);
        }

        json.WriteEndArray();
        _usage?.Write(json);
        json.WriteEndObject();
    }

    /// <summary>An id for a call where the provider gives none.</summary>
    internal static string NewCallId() => "call_" + RandomNumberGenerator.GetString(IdAlphabet, IdCharacters);

    internal static string Word(ChatFinish finish, bool usesFunctions) => finish switch
    {
        ChatFinish.Stop => "stop",
        ChatFinish.Length => "length",
        ChatFinish.ToolCalls => usesFunctions ? "function_call" : "tool_calls",
        ChatFinish.ContentFilter => "content_filter",
    };

    internal static void WriteThoughtSignature(Utf8JsonWriter json, string? signature)
    {
        if (signature is not null)
        {
            json.WriteStartObject("extra_content"u8);
            json.WriteStartObject("google"u8);
            json.WriteString("thought_signature"u8, signature);
            json.WriteEndObject();
            json.WriteEndObject();
        }
    }

    internal static void WriteImages(Utf8JsonWriter json, List<string> urls)
    {
        json.WriteStartArray("images"u8);
        foreach (var url in urls)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "image_url"u8);
            json.WriteStartObject("image_url"u8);
            json.WriteString("url"u8, url);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private Choice Of(int choice)
    {
        while (_choices.Count <= choice)
        {
            _choices.Add(new());
        }

        return _choices[choice];
    }

    private void Write(Utf8JsonWriter json, int index, Choice choice)
    {
        json.WriteStartObject();
        json.WriteNumber("index"u8, index);
        json.WriteStartObject("message"u8);
        json.WriteString("role"u8, "assistant"u8);
        json.WriteString("content"u8, choice.Content?.ToString() ?? (choice.Calls.Count > 0 ? null : ""));
        json.WriteString("refusal"u8, choice.Refusal?.ToString());
        WriteCalls(json, choice.Calls);
        if (choice.Reasoning is { Length: > 0 } reasoning)
        {
            json.WriteString("reasoning_content"u8, reasoning.ToString());
        }

        if (choice.Details.Count > 0)
        {
            json.WriteStartArray("reasoning_details"u8);
            foreach (var detail in choice.Details)
            {
                detail.Write(json);
            }

            json.WriteEndArray();
        }

        if (choice.Citations.Count > 0)
        {
            json.WriteStartArray("annotations"u8);
            foreach (var citation in choice.Citations)
            {
                citation.Write(json);
            }

            json.WriteEndArray();
        }

        if (choice.Images.Count > 0)
        {
            WriteImages(json, choice.Images);
        }

        json.WriteEndObject();
        json.WriteNull("logprobs"u8);
        json.WriteString("finish_reason"u8, Word(choice.Finish ?? ChatFinish.Stop, facts.UsesFunctions));
        json.WriteEndObject();
    }

    private void WriteCalls(Utf8JsonWriter json, List<Call> calls)
    {
        if (calls.Count == 0)
        {
            return;
        }

        if (facts.UsesFunctions)
        {
            json.WriteStartObject("function_call"u8);
            json.WriteString("name"u8, calls[0].Name);
            json.WriteString("arguments"u8, calls[0].Arguments.ToString());
            json.WriteEndObject();
            return;
        }

        json.WriteStartArray("tool_calls"u8);
        foreach (var call in calls)
        {
            json.WriteStartObject();
            json.WriteString("id"u8, call.Id);
            json.WriteString("type"u8, "function"u8);
            json.WriteStartObject("function"u8);
            json.WriteString("name"u8, call.Name);
            json.WriteString("arguments"u8, call.Arguments.ToString());
            json.WriteEndObject();
            WriteThoughtSignature(json, call.ThoughtSignature);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private sealed class Choice
    {
        public StringBuilder? Content { get; set; }

        public StringBuilder? Refusal { get; set; }

        public StringBuilder? Reasoning { get; set; }

        public List<ChatReasoningDetail> Details { get; } = [];

        public List<ChatCitation> Citations { get; } = [];

        public List<string> Images { get; } = [];

        public List<Call> Calls { get; } = [];

        public ChatFinish? Finish { get; set; }
    }

    private sealed record Call(string Id, string Name, string? ThoughtSignature)
    {
        public StringBuilder Arguments { get; } = new();
    }
}
