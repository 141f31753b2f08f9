using System.Buffers;
using System.Collections.Frozen;
using System.Text.Json;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.Cohere;

/// <summary>Puts chat completions into the format of Cohere's chat, version 2.</summary>
/// <remarks>https://docs.cohere.com/reference/chat</remarks>
internal sealed class OpenAIChatToCohere : ChatTranslator
{
    private const int MaxStops = 5;
    private const int MaxTopK = 500;

    private static readonly string[] Extras = ["citation_options", "safety_mode", "priority"];

    private static readonly FrozenSet<string> Handled = FrozenSet.Create(
        StringComparer.Ordinal, "top_k", "frequency_penalty", "presence_penalty", "seed", "modalities");

    protected override ChatCall Write(ChatRequest request)
    {
        Check(request);
        List<string> dropped = [];
        RequestMembers.DropOthers(request.Root, Handled, dropped);
        var body = new ArrayBufferWriter<byte>(2048);
        using var json = new Utf8JsonWriter(body, ChunkWriter.AsWritten);
        json.WriteStartObject();
        json.WriteString("model"u8, request.Model);
        if (request.Stream)
        {
            json.WriteBoolean("stream"u8, true);
        }

        var needsInstruction = request.Format.Kind != ChatFormatKind.Text && (request.Tools.Count > 0 || CohereMessages.HasDocuments(request));
        CohereMessages.Write(json, request, needsInstruction ? JsonInstruction.For(request.Format) : null, dropped);
        CohereTools.Write(json, request, dropped);
        WriteSampling(json, request, dropped);
        CohereThinking.Write(json, request, dropped);
        if (!needsInstruction)
        {
            WriteFormat(json, request.Format);
        }

        RequestMembers.WriteExtras(json, request.Root, "cohere", Extras, dropped);
        json.WriteEndObject();
        json.Flush();
        return new CohereCall
        {
            Path = "v2/chat",
            Body = body.WrittenMemory,
            Dropped = dropped,
            HidesReasoning = request.Reasoning.Exclude,
            IsUnfenced = needsInstruction,
            Stop = request.Stop,
        };
    }

    private static void Check(ChatRequest request)
    {
        if (request.Choices > 1)
        {
            throw new RefusedRequestException("Cohere gives one answer only.", "n");
        }

        if (request.Stop.Count > MaxStops)
        {
            throw new RefusedRequestException("Cohere takes at most 5 of them.", "stop");
        }

        RequestMembers.RefuseModalities(request.Root, "Cohere answers in text only.");
    }

    private static void WriteSampling(Utf8JsonWriter json, ChatRequest request, List<string> dropped)
    {
        Write(json, "temperature"u8, request.Temperature, 0, 1);
        Write(json, "p"u8, request.TopP, 0.01, 0.99);
        WritePenalty(json, "frequency_penalty", request.FrequencyPenalty, dropped);
        WritePenalty(json, "presence_penalty", request.PresencePenalty, dropped);
        if (request.TopK is { } topK)
        {
            json.WriteNumber("k"u8, Math.Clamp(topK, 0, MaxTopK));
        }

        if (request.Seed is >= 0 and { } seed)
        {
            json.WriteNumber("seed"u8, seed);
        }
        else if (request.Seed is not null)
        {
            dropped.Add("seed");
        }

        if (request.Stop.Count > 0)
        {
            json.WriteStartArray("stop_sequences"u8);
            foreach (var stop in request.Stop)
            {
                json.WriteStringValue(stop);
            }

            json.WriteEndArray();
        }
    }

    private static void WritePenalty(Utf8JsonWriter json, string name, double? value, List<string> dropped)
    {
        if (value < 0)
        {
            dropped.Add(name); // Cohere cannot encourage repeating
        }
        else if (value is { } penalty)
        {
            json.WriteNumber(name, Math.Min(penalty, 1));
        }
    }

    private static void WriteFormat(Utf8JsonWriter json, in ChatFormat format)
    {
        if (format.Kind == ChatFormatKind.Text)
        {
            return;
        }

        json.WriteStartObject("response_format"u8);
        json.WriteString("type"u8, "json_object"u8);
        if (format.Kind == ChatFormatKind.JsonSchema)
        {
            json.WritePropertyName("json_schema"u8);
            json.WriteRaw(format.Schema);
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, double? value, double least, double most)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, Math.Clamp(number, least, most));
        }
    }
}

/// <summary>A request to Cohere.</summary>
internal sealed class CohereCall : ChatCall
{
    /// <summary>Whether the client does not want to see what the model thinks; Cohere has no switch for it.</summary>
    public bool HidesReasoning { get; init; }

    /// <summary>Whether the answer is JSON that may come in a code fence.</summary>
    public bool IsUnfenced { get; init; }

    /// <summary>Texts at which the answer ends.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    public override ChatAnswerReader CreateReader(ChatAnswer answer, bool isStream)
    {
        var target = IsUnfenced ? new UnfencedAnswer(answer) : answer;
        return isStream ? new CohereStreamReader(target, HidesReasoning, Stop) : new CohereWholeReader(target, HidesReasoning, Stop);
    }
}
