using System.Globalization;
using System.Text.Json;
using GatewayActors.Front.Inspection;

namespace GatewayActors.Front.Guardrails.Engines.LlamaGuard;

/// <summary>Finds the verdict in an answer, of OpenAI's format or of Workers AI's own.</summary>
internal static class LlamaGuardAnswers
{
    private const double Likely = 0.5;

    /// <summary>Reads a judgement about a text.</summary>
    /// <returns>The hazards, null for no verdict; and the tokens that were used.</returns>
    public static (Hazards? Found, long? TokensIn, long? TokensOut) ReadJudgement(byte[] body)
    {
        using var document = JsonTexts.TryParse(body);
        if (document is not { RootElement: { ValueKind: JsonValueKind.Object } root })
        {
            return default;
        }

        var holder = root.TryGetProperty("result"u8, out var result) && result.ValueKind == JsonValueKind.Object ? result : root;
        var (tokensIn, tokensOut) = Tokens(holder);
        var found = holder.TryGetProperty("response"u8, out var response) && response.ValueKind == JsonValueKind.Object ? OfObject(response)
            : TextOf(holder) is { } text ? LlamaGuardPrompts.Parse(text)
            : null;
        return (found, tokensIn, tokensOut);
    }

    /// <summary>Reads whether a text is a prompt injection; null for no verdict.</summary>
    public static (bool? IsInjection, long? TokensIn, long? TokensOut) ReadClassification(byte[] body)
    {
        using var document = JsonTexts.TryParse(body);
        if (document is not { RootElement: { ValueKind: JsonValueKind.Object } root })
        {
            return default;
        }

        var (tokensIn, tokensOut) = Tokens(root);
        if (root.TryGetProperty("result"u8, out var result))
        {
            if (result.ValueKind == JsonValueKind.Array)
            {
                return (OfLabels(result), tokensIn, tokensOut);
            }

            if (result.ValueKind == JsonValueKind.Object)
            {
                (tokensIn, tokensOut) = Tokens(result);
                return (TextOf(result) is { } answer ? OfText(answer) : null, tokensIn, tokensOut);
            }
        }

        return (TextOf(root) is { } text ? OfText(text) : null, tokensIn, tokensOut);
    }

    private static Hazards? OfObject(JsonElement verdict)
    {
        if (!verdict.TryGetProperty("safe"u8, out var safe) || safe.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            return null;
        }

        if (safe.ValueKind == JsonValueKind.True)
        {
            return Hazards.None;
        }

        if (!verdict.TryGetProperty("categories"u8, out var categories) || categories.ValueKind != JsonValueKind.Array || categories.GetArrayLength() == 0)
        {
            return null;
        }

        return categories.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String)
            .Aggregate(Hazards.None, (found, item) => found | HazardNames.Parse(JsonTexts.TextOf(item).Trim().ToUpperInvariant()));
    }

    private static bool? OfLabels(JsonElement labels)
    {
        bool? isInjection = null;
        foreach (var label in labels.EnumerateArray())
        {
            if (label.ValueKind == JsonValueKind.Object
                && label.TryGetProperty("label"u8, out var name) && name.ValueKind == JsonValueKind.String
                && label.TryGetProperty("score"u8, out var score) && score.ValueKind == JsonValueKind.Number
                && OfWord(JsonTexts.TextOf(name)) is { } isBad)
            {
                isInjection = (isInjection ?? false) || (isBad && score.GetDouble() >= Likely);
            }
        }

        return isInjection;
    }

    private static bool? OfText(string text) =>
        double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var score) ? score >= Likely : OfWord(text.Trim());

    private static bool? OfWord(string word) => word.ToUpperInvariant() switch
    {
        "MALICIOUS" or "INJECTION" or "JAILBREAK" or "LABEL_1" or "LABEL_2" or "UNSAFE" => true,
        "BENIGN" or "SAFE" or "LABEL_0" => false,
        _ => null,
    };

    /// <summary>The generated text.</summary>
    private static string? TextOf(JsonElement holder)
    {
        if (holder.TryGetProperty("response"u8, out var response) && response.ValueKind == JsonValueKind.String)
        {
            return JsonTexts.TextOf(response);
        }

        if (!holder.TryGetProperty("choices"u8, out var choices) || choices.ValueKind != JsonValueKind.Array || choices.GetArrayLength() == 0 || choices[0].ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var choice = choices[0];
        return choice.TryGetProperty("message"u8, out var message) && message.ValueKind == JsonValueKind.Object
            && message.TryGetProperty("content"u8, out var content) && content.ValueKind == JsonValueKind.String ? JsonTexts.TextOf(content)
            : choice.TryGetProperty("text"u8, out var text) && text.ValueKind == JsonValueKind.String ? JsonTexts.TextOf(text)
            : null;
    }

    private static (long? In, long? Out) Tokens(JsonElement holder) =>
        holder.TryGetProperty("usage"u8, out var usage) && usage.ValueKind == JsonValueKind.Object ? (Number(usage, "prompt_tokens"), Number(usage, "completion_tokens")) : default;

    private static long? Number(JsonElement usage, string name) =>
        usage.TryGetProperty(name, out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt64(out var value) ? value : null;
}
