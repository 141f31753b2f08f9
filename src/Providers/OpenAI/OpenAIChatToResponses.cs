using System.Buffers;
using System.Collections.Frozen;
using System.Text.Json;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.OpenAI;

/// <summary>Puts chat completions into the format of OpenAI's Responses, for models that know no other.</summary>
/// <remarks>https://platform.openai.com/docs/api-reference/responses/create</remarks>
internal sealed class OpenAIChatToResponses : ChatTranslator
{
    private const long LeastOutput = 16; // less is refused

    // Passed on under the same name.
    private static readonly FrozenSet<string> Kept = FrozenSet.Create(
        StringComparer.Ordinal, "metadata", "user", "safety_identifier", "prompt_cache_key", "prompt_cache_retention", "service_tier", "store");

    private static readonly FrozenSet<string> Handled = FrozenSet.ToFrozenSet(
        [.. Kept, "verbosity", "logprobs", "top_logprobs", "modalities", "top_k"], StringComparer.Ordinal);

    protected override ChatCall Write(ChatRequest request)
    {
        Check(request);
        List<string> dropped = [];
        RequestMembers.DropOthers(request.Root, Handled, dropped);
        if (request.Stop.Count > 0)
        {
            dropped.Add("stop");
        }

        if (request.TopK is not null)
        {
            dropped.Add("top_k");
        }

        if (request.Root.Member("extra_body").IsDefined)
        {
            dropped.Add("extra_body");
        }

        var reasons = OpenAIModel.Reasons(request.Model);
        var body = new ArrayBufferWriter<byte>(2048);
        using var json = new Utf8JsonWriter(body, ChunkWriter.AsWritten);
        json.WriteStartObject();
        json.WriteString("model"u8, request.Model);
        if (request.Stream)
        {
            json.WriteBoolean("stream"u8, true);
        }

        ResponsesInput.Write(json, request, dropped);
        ResponsesTools.Write(json, request, dropped);
        WriteSettings(json, request, reasons, dropped);
        foreach (var member in request.Root.EnumerateObject())
        {
            if (Kept.Contains(member.Name) && member.Name != "store" && member.Value.ValueKind != JsonValueKind.Null)
            {
                json.WritePropertyName(member.Name);
                json.WriteRaw(member.Value);
            }
        }

        json.WriteBoolean("store"u8, request.Root.Member("store").IsTrue); // OpenAI would keep it where nothing is said.
        WriteInclude(json, request, reasons);
        json.WriteEndObject();
        json.Flush();
        return new ResponsesCall { Path = "responses", Body = body.WrittenMemory, Dropped = dropped, HidesReasoning = request.Reasoning.Exclude };
    }

    private static void Check(ChatRequest request)
    {
        if (request.Choices > 1)
        {
            throw new RefusedRequestException("This model gives one answer only.", "n");
        }

        RequestMembers.RefuseModalities(request.Root, "This model answers in text only.");
    }

    private static void WriteSettings(Utf8JsonWriter json, ChatRequest request, bool reasons, List<string> dropped)
    {
        if ((request.MaxCompletionTokens ?? request.MaxTokens) is { } most)
        {
            json.WriteNumber("max_output_tokens"u8, Math.Max(most, LeastOutput));
        }

        // Models that reason refuse sampling.
        WriteSampling(json, "temperature", request.Temperature, reasons, dropped);
        WriteSampling(json, "top_p", request.TopP, reasons, dropped);
        if (request.Reasoning.BudgetTokens is not null && request.Reasoning.Effort is null)
        {
            dropped.Add(request.Root.Member("reasoning").IsDefined ? "reasoning.max_tokens" : "thinking.budget_tokens");
        }

        if (request.Reasoning.Effort is { } effort)
        {
            json.WriteStartObject("reasoning"u8);
            json.WriteString("effort"u8, WordOf(effort));
            if (effort != ChatEffort.None && !request.Reasoning.Exclude)
            {
                json.WriteString("summary"u8, "auto"u8);
            }

            json.WriteEndObject();
        }

        WriteText(json, request);
    }

    private static void WriteSampling(Utf8JsonWriter json, string name, double? value, bool reasons, List<string> dropped)
    {
        if (value is { } number && !reasons)
        {
            json.WriteNumber(name, number);
        }
        else if (value is not null and not 1)
        {
            dropped.Add(name);
        }
    }

    private static void WriteText(Utf8JsonWriter json, ChatRequest request)
    {
        var verbosity = request.Root.Text("verbosity");
        if (verbosity is null && request.Format.Kind == ChatFormatKind.Text)
        {
            return;
        }

        json.WriteStartObject("text"u8);
        if (verbosity is not null)
        {
            json.WriteString("verbosity"u8, verbosity);
        }

        if (request.Format.Kind != ChatFormatKind.Text)
        {
            json.WriteStartObject("format"u8);
            json.WriteString("type"u8, request.Format.Kind == ChatFormatKind.JsonSchema ? "json_schema"u8 : "json_object"u8);
            if (request.Format.Kind == ChatFormatKind.JsonSchema)
            {
                WriteSchema(json, request);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteSchema(Utf8JsonWriter json, ChatRequest request)
    {
        if (request.Root.Member("response_format").Member("json_schema") is { ValueKind: JsonValueKind.Object } schema)
        {
            // The same members as in a chat, one level up.
            foreach (var member in schema.EnumerateObject())
            {
                json.WritePropertyName(member.Name);
                json.WriteRaw(member.Value);
            }

            return;
        }

        // The request came in another format.
        json.WriteString("name"u8, request.Format.Name ?? "answer"); // required
        if (request.Format.Description is { } description)
        {
            json.WriteString("description"u8, description);
        }

        json.WritePropertyName("schema"u8);
        json.WriteRaw(request.Format.Schema);
    }

    private static void WriteInclude(Utf8JsonWriter json, ChatRequest request, bool reasons)
    {
        var asksForLogprobs = request.Root.Member("logprobs").IsTrue && !reasons;
        if (!reasons && !asksForLogprobs)
        {
            return;
        }

        json.WriteStartArray("include"u8);
        json.WriteStringValue(reasons ? "reasoning.encrypted_content"u8 : "message.output_text.logprobs"u8);
        json.WriteEndArray();
        if (asksForLogprobs && request.Root.Integer("top_logprobs") is { } top)
        {
            json.WriteNumber("top_logprobs"u8, top);
        }
    }

    private static string WordOf(ChatEffort effort) => effort switch
    {
        ChatEffort.None => "none",
        ChatEffort.Minimal => "minimal",
        ChatEffort.Low => "low",
        ChatEffort.Medium => "medium",
        ChatEffort.High => "high",
        ChatEffort.XHigh => "xhigh",
        ChatEffort.Max => "max",
    };
}

/// <summary>A request to Responses.</summary>
internal sealed class ResponsesCall : ChatCall
{
    /// <summary>Whether the client does not want to see what the model thinks.</summary>
    public bool HidesReasoning { get; init; }

    public override ChatAnswerReader CreateReader(ChatAnswer answer, bool isStream) =>
        isStream ? new ResponsesStreamReader(answer, HidesReasoning) : new ResponsesWholeReader(answer, HidesReasoning);
}
