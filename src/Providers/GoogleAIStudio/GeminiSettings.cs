using System.Text.Json;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.GoogleAIStudio;

/// <summary>Writes <c>generationConfig</c>: sampling, limits, thinking and the form of the answer.</summary>
internal sealed class GeminiSettings
{
    private const int MaxStops = 5;
    private const int MaxCandidates = 8;

    private readonly GeminiDraft _draft;
    private bool _isOpen;

    private GeminiSettings(GeminiDraft draft) => _draft = draft;

    /// <summary>The object is begun by its first member.</summary>
    private Utf8JsonWriter Json
    {
        get
        {
            if (!_isOpen)
            {
                _draft.Json.WriteStartObject("generationConfig"u8);
                _isOpen = true;
            }

            return _draft.Json;
        }
    }

    public static void Write(GeminiDraft draft, GeminiExtras extras)
    {
        if (draft.Request.Stop.Count > MaxStops)
        {
            throw new RefusedRequestException("Gemini takes at most 5 of them.", "stop");
        }

        if (draft.Request.Choices > MaxCandidates)
        {
            throw new RefusedRequestException("Gemini gives at most 8 answers.", "n");
        }

        new GeminiSettings(draft).Write(extras);
    }

    private void Write(GeminiExtras extras)
    {
        var request = _draft.Request;
        var thinking = GeminiThinking.Of(_draft);
        Write("temperature"u8, request.Temperature);
        Write("topP"u8, request.TopP);
        Write("topK"u8, request.TopK);
        Write("frequencyPenalty"u8, NotZero(request.FrequencyPenalty));
        Write("presencePenalty"u8, NotZero(request.PresencePenalty));
        Write("seed"u8, request.Seed % (1L << 31)); // it has 32 bits there
        Write("maxOutputTokens"u8, thinking.MaxOutput);
        Write("candidateCount"u8, request.Choices > 1 ? request.Choices : null);
        if (request.Stop.Count > 0)
        {
            Json.WriteStartArray("stopSequences"u8);
            foreach (var stop in request.Stop)
            {
                Json.WriteStringValue(stop);
            }

            Json.WriteEndArray();
        }

        if (_draft.MediaResolution is not null)
        {
            Json.WriteString("mediaResolution"u8, _draft.MediaResolution);
        }

        WriteModalities();
        WriteThinking(thinking, extras);
        WriteFormat();
        if (_isOpen)
        {
            Json.WriteEndObject();
        }
    }

    /// <summary>Zero is what holds without it, and some models refuse the member whatever it says.</summary>
    private static double? NotZero(double? penalty) => penalty == 0 ? null : penalty;

    private void WriteModalities()
    {
        var (hasText, hasImage) = (false, false);
        foreach (var item in _draft.Request.Root.Items("modalities"))
        {
            switch (item.ValueKind == JsonValueKind.String ? item.GetString() : null)
            {
                case "text":
                    hasText = true;
                    break;
                case "image":
                    hasImage = true;
                    break;
                case "audio":
                    throw new RefusedRequestException("Speech cannot be asked for in this format; call the model by its own path.", "modalities");
                default:
                    throw new RefusedRequestException("It must be text or image.", "modalities");
            }
        }

        if (!hasImage)
        {
            return;
        }

        Json.WriteStartArray("responseModalities"u8);
        if (hasText)
        {
            Json.WriteStringValue("TEXT"u8);
        }

        Json.WriteStringValue("IMAGE"u8);
        Json.WriteEndArray();
    }

    private void WriteThinking(in GeminiThinking thinking, GeminiExtras extras)
    {
        if (extras.Thinking.IsObject)
        {
            extras.WriteThinking(Json); // in Google's own words: it wins
            return;
        }

        if (!thinking.IsStated)
        {
            return;
        }

        Json.WriteStartObject("thinkingConfig"u8);
        Write("thinkingBudget"u8, thinking.Budget);
        if (thinking.Level is not null)
        {
            Json.WriteString("thinkingLevel"u8, thinking.Level);
        }

        if (thinking.IncludesThoughts)
        {
            Json.WriteBoolean("includeThoughts"u8, true);
        }

        Json.WriteEndObject();
    }

    private void WriteFormat()
    {
        var format = _draft.Request.Format;
        if (format.Kind == ChatFormatKind.Text || _draft.NeedsJsonInstruction)
        {
            return;
        }

        Json.WriteString("responseMimeType"u8, "application/json"u8);
        if (format.Kind != ChatFormatKind.JsonSchema)
        {
            return;
        }

        if (_draft.Model.TakesJsonSchema)
        {
            Json.WritePropertyName("responseJsonSchema"u8);
            Json.WriteRaw(format.Schema);
        }
        else if (!OpenApiSchema.IsEmptyObject(format.Schema))
        {
            Json.WritePropertyName("responseSchema"u8);
            OpenApiSchema.Write(Json, format.Schema, "response_format.json_schema.schema");
        }
    }

    private void Write(ReadOnlySpan<byte> name, double? value)
    {
        if (value is { } number)
        {
            Json.WriteNumber(name, number);
        }
    }

    private void Write(ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number)
        {
            Json.WriteNumber(name, number);
        }
    }
}
