using System.Text.Json;

namespace GatewayActors.Providers.Requests;

/// <summary>
/// Finds the most tokens that a request lets the model generate, whatever the format calls it. For estimates: where a body says it twice
/// the larger number counts, and each of several choices has as many. Thread-safe.
/// </summary>
public static class RequestedOutput
{
    private const int MaxDepth = 256;
    private const long MostTokens = 10_000_000; // More is nonsense, and an estimate must not overflow.
    private const long MostChoices = 128;

    private static readonly string[] Limits =
    [
        "max_tokens", "max_completion_tokens", "max_output_tokens", "maxOutputTokens", "max_tokens_to_sample", "max_new_tokens", "max_gen_len", "maxTokens", "maxTokenCount", "num_predict",
    ];

    private static readonly string[] Choices = ["n", "candidateCount", "candidate_count", "num_generations"];

    // The objects in which some formats put them: Gemini, Bedrock Converse, Titan, Hugging Face, Ollama.
    private static readonly string[] Containers = ["generationConfig", "generation_config", "inferenceConfig", "textGenerationConfig", "parameters", "options"];

    /// <summary>Reads a body.</summary>
    /// <param name="body">The body in UTF-8, whole or cut anywhere: what has come complete before the cut is found.</param>
    /// <returns>Tokens; null if the body does not say, or is not JSON.</returns>
    public static long? Find(ReadOnlySpan<byte> body)
    {
        if (body.StartsWith("\uFEFF"u8))
        {
            body = body[3..];
        }

        var reader = new Utf8JsonReader(body, isFinalBlock: false, new JsonReaderState(new() { MaxDepth = MaxDepth }));
        long? limit = null;
        var choices = 1L;
        try
        {
            Read(ref reader, ref limit, ref choices);
        }
        catch (JsonException)
        {
            // Malformed from here on: the provider will say so.
        }

        return limit * choices;
    }

    private static void Read(ref Utf8JsonReader reader, ref long? limit, ref long choices)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return;
        }

        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue; // The end of an object that was entered, or of the body.
            }

            var isLimit = IsOneOf(ref reader, Limits);
            var isChoices = !isLimit && IsOneOf(ref reader, Choices);
            var isContainer = !isLimit && !isChoices && reader.CurrentDepth == 1 && IsOneOf(ref reader, Containers);
            if (!reader.Read())
            {
                return;
            }

            if (isContainer && reader.TokenType == JsonTokenType.StartObject)
            {
                continue;
            }

            if ((isLimit || isChoices) && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number) && number > 0)
            {
                (limit, choices) = isLimit
                    ? (Math.Max(limit ?? 0, Math.Min(number, MostTokens)), choices)
                    : (limit, Math.Max(choices, Math.Min(number, MostChoices)));
            }

            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && !reader.TrySkip())
            {
                return;
            }
        }
    }

    private static bool IsOneOf(ref Utf8JsonReader reader, string[] names)
    {
        foreach (var name in names)
        {
            if (reader.ValueTextEquals(name))
            {
                return true;
            }
        }

        return false;
    }
}
