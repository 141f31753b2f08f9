using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using GatewayActors.Front.Pipeline;

namespace GatewayActors.Front.Replays;

/// <summary>The text of a logged answer, in whichever of the three formats, whole or as a stream.</summary>
/// <param name="Text">The text, cut after <see cref="MaxLength"/> characters.</param>
/// <param name="IsWhole">Whether nothing was cut.</param>
internal sealed record ReplayAnswer(string Text, bool IsWhole)
{
    /// <summary>As much of an answer as is shown beside another one, in characters.</summary>
    public const int MaxLength = 4_096;

    /// <summary>The text of an answer; null if it has none that we can read.</summary>
    public static ReplayAnswer? Read(string? contentType, ReadOnlyMemory<byte> body)
    {
        var text = new StringBuilder();
        try
        {
            if (BodyCapture.IsEventStream(contentType))
            {
                using var stream = new MemoryStream(body.ToArray(), writable: false);
                foreach (var item in SseParser.Create(stream).Enumerate())
                {
                    AppendEvent(text, item.Data);
                }
            }
            else
            {
                using var document = JsonDocument.Parse(body, new() { MaxDepth = 1_000 });
                AppendAnswer(text, document.RootElement);
            }
        }
        catch (JsonException)
        {
            return null; // It broke off, or is none of these formats.
        }

        if (text.Length == 0)
        {
            return null;
        }

        // Not between the halves of a character outside the basic plane.
        var length = text.Length <= MaxLength ? text.Length : MaxLength - (char.IsHighSurrogate(text[MaxLength - 1]) ? 1 : 0);
        return new(text.ToString(0, length), length == text.Length);
    }

    private static void AppendAnswer(StringBuilder text, JsonElement answer)
    {
        if (answer.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var choice in Items(answer, "choices").Take(1))
        {
            if (Member(choice, "message") is { } message)
            {
                AppendContent(text, message);
            }
        }

        AppendContent(text, answer);
        foreach (var output in Items(answer, "output"))
        {
            AppendContent(text, output);
        }
    }

    private static void AppendEvent(StringBuilder text, string data)
    {
        if (!data.StartsWith('{'))
        {
            return; // The end of a stream of chat completions.
        }

        using var document = JsonDocument.Parse(data, new() { MaxDepth = 1_000 });
        foreach (var choice in Items(document.RootElement, "choices").Take(1))
        {
            if (Member(choice, "delta") is { } chunk)
            {
                AppendContent(text, chunk);
            }
        }

        switch (TextOf(document.RootElement, "type"))
        {
            case "content_block_delta" when Member(document.RootElement, "delta") is { } delta && TextOf(delta, "type") == "text_delta":
                text.Append(TextOf(delta, "text"));
                break;
            case "response.output_text.delta":
                text.Append(TextOf(document.RootElement, "delta"));
                break;
        }
    }

    // A text, or parts of which some are texts.
    private static void AppendContent(StringBuilder text, JsonElement owner)
    {
        text.Append(TextOf(owner, "content"));
        foreach (var part in Items(owner, "content").Where(part => TextOf(part, "type") is "text" or "output_text"))
        {
            text.Append(TextOf(part, "text"));
        }
    }

    private static JsonElement.ArrayEnumerator Items(JsonElement owner, string name) =>
        Member(owner, name) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : default;

    private static string? TextOf(JsonElement owner, string name) => Member(owner, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static JsonElement? Member(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) ? value : null;
}
