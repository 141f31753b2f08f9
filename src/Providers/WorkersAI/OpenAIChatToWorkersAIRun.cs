using System.Buffers;
using System.Collections.Frozen;
using System.Text.Json;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.WorkersAI;

/// <summary>Puts chat completions into the format that models of Workers AI take by themselves, for those that the OpenAI-compatible endpoint lacks.</summary>
/// <remarks>https://developers.cloudflare.com/workers-ai/models, the schemas of text generation.</remarks>
internal sealed class OpenAIChatToWorkersAIRun : ChatTranslator
{
    // The models' own default of 256 cuts most answers off; the older ones have a window of 4096 for both sides.
    private const long DefaultMaxTokens = 4096;
    private const long OlderMaxTokens = 2048;
    private const long MostSeed = 9_999_999_999;

    private static readonly string[] Extras = ["lora", "repetition_penalty", "raw"];

    private static readonly FrozenSet<string> Handled = FrozenSet.Create(
        StringComparer.Ordinal, "top_k", "frequency_penalty", "presence_penalty", "seed", "modalities", "prompt_cache_key");

    protected override ChatCall Write(ChatRequest request)
    {
        Check(request);
        List<string> dropped = [];
        RequestMembers.DropOthers(request.Root, Handled, dropped);
        var body = new ArrayBufferWriter<byte>(2048);
        using var json = new Utf8JsonWriter(body, ChunkWriter.AsWritten);
        json.WriteStartObject();
        WorkersAIMessages.Write(json, request, dropped);
        if (request.Stream)
        {
            json.WriteBoolean("stream"u8, true);
        }

        json.WriteNumber(
            "max_tokens"u8,
            request.MaxCompletionTokens ?? request.MaxTokens ?? (request.Model.StartsWith("@hf/", StringComparison.Ordinal) ? OlderMaxTokens : DefaultMaxTokens));
        WriteSampling(json, request, dropped);
        WorkersAITools.Write(json, request, dropped);
        WriteFormat(json, request.Format);
        RequestMembers.WriteExtras(json, request.Root, "workers-ai", Extras, dropped);
        json.WriteEndObject();
        json.Flush();
        return new WorkersAICall
        {
            Path = WorkersAIModel.RunPath(request.Model),
            Body = body.WrittenMemory,
            Headers = request.Root.Text("prompt_cache_key") is { Length: > 0 } key && !key.AsSpan().ContainsAnyExceptInRange(' ', '~') ? [new("x-session-affinity", key)] : [],
            Dropped = dropped,
        };
    }

    private static void Check(ChatRequest request)
    {
        if (request.Choices > 1)
        {
            throw new RefusedRequestException("Workers AI gives one answer only.", "n");
        }

        RequestMembers.RefuseModalities(request.Root, "This model answers in text only.");
    }

    private static void WriteSampling(Utf8JsonWriter json, ChatRequest request, List<string> dropped)
    {
        Write(json, "temperature"u8, request.Temperature);
        Write(json, "top_p"u8, request.TopP is { } share ? Math.Max(share, 0.001) : null);
        Write(json, "frequency_penalty"u8, request.FrequencyPenalty);
        Write(json, "presence_penalty"u8, request.PresencePenalty);
        if (request.TopK is { } topK)
        {
            json.WriteNumber("top_k"u8, Math.Clamp(topK, 1, 50));
        }

        if (request.Seed is > 0 and <= MostSeed and { } seed)
        {
            json.WriteNumber("seed"u8, seed);
        }
        else if (request.Seed is not null)
        {
            dropped.Add("seed");
        }

        if (request.Stop.Count > 0)
        {
            dropped.Add("stop");
        }

        if (request.Reasoning.IsWanted)
        {
            dropped.Add(request.Root.Member("reasoning_effort").IsDefined ? "reasoning_effort" : request.Root.Member("reasoning").IsDefined ? "reasoning" : "thinking");
        }
    }

    private static void WriteFormat(Utf8JsonWriter json, in ChatFormat format)
    {
        if (format.Kind == ChatFormatKind.Text)
        {
            return;
        }

        json.WriteStartObject("response_format"u8);
        json.WriteString("type"u8, format.Kind == ChatFormatKind.JsonSchema ? "json_schema"u8 : "json_object"u8);
        if (format.Kind == ChatFormatKind.JsonSchema)
        {
            // The bare schema, which has its name as a title.
            json.WriteStartObject("json_schema"u8);
            if (format.Name is not null && !format.Schema.Member("title").IsDefined)
            {
                json.WriteString("title"u8, format.Name);
            }

            foreach (var member in format.Schema.EnumerateObject())
            {
                json.WritePropertyName(member.Name);
                json.WriteRaw(member.Value);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, double? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }
}

/// <summary>A request to a model of Workers AI.</summary>
internal sealed class WorkersAICall : ChatCall
{
    public override ChatAnswerReader CreateReader(ChatAnswer answer, bool isStream) => isStream ? new WorkersAIStreamReader(answer) : new WorkersAIWholeReader(answer);
}
