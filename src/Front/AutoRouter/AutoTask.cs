using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace GatewayActors.Front.AutoRouter;

/// <summary>What is asked, as far as a choice between models needs to know.</summary>
/// <param name="Difficulty">How hard it is.</param>
/// <param name="InputTokens">About how much goes in.</param>
/// <param name="OutputTokens">About how much comes out.</param>
/// <param name="Inputs">What is in it beside text.</param>
/// <param name="Turn">Names the turn: what stands up to the last words of the user. A model's calls of tools and their results belong to it.</param>
internal sealed record AutoTask(AutoDifficulty Difficulty, long InputTokens, long OutputTokens, InputKinds Inputs, string Turn)
{
    private const int BytesPerToken = 4;
    private const int TokensPerMedium = 1_000; // A picture, a page, half a minute of speech.
    private const int DefaultOutputTokens = 1_000;
    private const int LongText = 2_000; // Characters of the user's last words.
    private const int LongHistory = 100_000; // Bytes of the body.

    private static readonly string[] CodeMarks = ["```", "def ", "class ", "function ", "#include", "SELECT ", "public static", "stack trace", "Traceback"];
    private static readonly string[] HardWords = ["prove", "proof", "theorem", "architecture", "refactor", "step by step", "analyze", "analyse", "optimize", "debug", "derive"];

    /// <summary>Reads a request in the format of chat completions or responses; null if it is no JSON object.</summary>
    public static AutoTask? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new() { MaxDepth = 256 });
            return document.RootElement.ValueKind == JsonValueKind.Object ? Read(document.RootElement, body.Length) : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null; // The second: half a surrogate pair.
        }
    }

    private static AutoTask Read(JsonElement root, int length)
    {
        var messages = root.TryGetProperty("messages", out var chat) ? chat : root.TryGetProperty("input", out var input) ? input : default;
        var (lastUser, last) = LastUser(messages);
        var text = TextOf(last);
        var (inputs, media, mediaBytes) = AutoInputs.Of(root, messages);
        var points = (text.Length > LongText ? 1 : 0)
            + (length - mediaBytes > LongHistory ? 1 : 0)
            + (inputs.HasFlag(InputKinds.Tools) ? 1 : 0)
            + (CodeMarks.Any(mark => text.Contains(mark, StringComparison.Ordinal)) ? 1 : 0)
            + (HardWords.Any(word => text.Contains(word, StringComparison.OrdinalIgnoreCase)) ? 1 : 0)
            + ((inputs & ~InputKinds.Tools) != InputKinds.None ? 1 : 0)
            + (root.TryGetProperty("reasoning_effort", out var effort) && effort.ValueKind == JsonValueKind.String && effort.GetString() is "high" or "xhigh" ? 2 : 0);
        return new(
            points switch { 0 => AutoDifficulty.Simple, 1 => AutoDifficulty.Plain, 2 or 3 => AutoDifficulty.Hard, _ => AutoDifficulty.Hardest },
            ((length - mediaBytes) / BytesPerToken) + (media * TokensPerMedium),
            Output(root),
            inputs,
            TurnOf(messages, lastUser));
    }

    private static (int Index, JsonElement Message) LastUser(JsonElement messages)
    {
        if (messages.ValueKind != JsonValueKind.Array)
        {
            return (0, messages); // The whole input is one text.
        }

        for (var index = messages.GetArrayLength() - 1; index >= 0; index--)
        {
            if (messages[index] is { ValueKind: JsonValueKind.Object } message
                && message.TryGetProperty("role", out var role) && role.ValueKind == JsonValueKind.String && role.ValueEquals("user"))
            {
                return (index, message);
            }
        }

        return (-1, default);
    }

    private static string TextOf(JsonElement message)
    {
        var content = message.ValueKind == JsonValueKind.Object && message.TryGetProperty("content", out var inner) ? inner : message;
        return content.ValueKind switch
        {
            JsonValueKind.String => content.GetString()!,
            JsonValueKind.Array => string.Join('\n', content.EnumerateArray()
                .Where(part => part.ValueKind == JsonValueKind.Object)
                .Select(part => part.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : "")),
            JsonValueKind.Object or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null or JsonValueKind.Undefined => "",
        };
    }

    private static long Output(JsonElement root)
    {
        foreach (var name in (ReadOnlySpan<string>)["max_completion_tokens", "max_output_tokens", "max_tokens"])
        {
            if (root.TryGetProperty(name, out var most) && most.ValueKind == JsonValueKind.Number && most.TryGetInt64(out var tokens) && tokens > 0)
            {
                return Math.Min(tokens, DefaultOutputTokens);
            }
        }

        return DefaultOutputTokens;
    }

    private static string TurnOf(JsonElement messages, int lastUser)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (messages.ValueKind == JsonValueKind.Array)
        {
            for (var index = 0; index <= lastUser; index++)
            {
                hash.AppendData(System.Text.Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{index}:{messages[index].GetRawText()}\n")));
            }
        }
        else if (messages.ValueKind != JsonValueKind.Undefined)
        {
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes(messages.GetRawText()));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }
}

/// <summary>How hard a task is: the least class of a model that is good enough for it.</summary>
internal enum AutoDifficulty
{
    /// <summary>A short question.</summary>
    Simple = 1,

    /// <summary>One thing that makes it harder.</summary>
    Plain = 2,

    /// <summary>Two or three.</summary>
    Hard = 3,

    /// <summary>More.</summary>
    Hardest = 4,
}
