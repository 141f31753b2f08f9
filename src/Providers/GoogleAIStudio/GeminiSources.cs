using System.Text;
using System.Text.Json;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.GoogleAIStudio;

/// <summary>The sources of an answer. The last word holds, and their places are told in bytes of the whole text.</summary>
internal sealed class GeminiSources
{
    private readonly StringBuilder _text = new();
    private JsonElement _metadata;

    /// <summary>Text of the answer.</summary>
    public void Append(string text) => _text.Append(text);

    /// <summary>Keeps what a slice tells.</summary>
    public void Keep(JsonElement candidate)
    {
        if (candidate.Member("groundingMetadata") is { ValueKind: JsonValueKind.Object } metadata && metadata.Member("groundingChunks").IsDefined)
        {
            _metadata = metadata.Clone(); // the slice's document ends with the slice
        }
    }

    /// <summary>Gives out each source with the places it is for, or without any.</summary>
    public void Write(ChatAnswer answer, int choice)
    {
        List<(string Url, string? Title, bool IsUsed)> sources = [];
        foreach (var chunk in _metadata.Items("groundingChunks"))
        {
            var source = chunk.Member("web") is { ValueKind: JsonValueKind.Object } web ? web
                : chunk.Member("maps") is { ValueKind: JsonValueKind.Object } maps ? maps
                : chunk.Member("retrievedContext");
            sources.Add((source.Text("uri") ?? "", source.Text("title"), false)); // supports count those without a page too
        }

        var bytes = Encoding.UTF8.GetBytes(_text.ToString());
        foreach (var support in _metadata.Items("groundingSupports"))
        {
            var segment = support.Member("segment");
            var (start, end) = (Characters(bytes, segment.Integer("startIndex") ?? 0), Characters(bytes, segment.Integer("endIndex") ?? 0));
            foreach (var index in support.Items("groundingChunkIndices"))
            {
                if (index.ValueKind == JsonValueKind.Number && index.TryGetInt32(out var number) && number >= 0 && number < sources.Count && sources[number].Url.Length > 0)
                {
                    var source = sources[number];
                    sources[number] = source with { IsUsed = true };
                    answer.Citation(choice, new(source.Url, source.Title, start, end));
                }
            }
        }

        foreach (var (url, title, isUsed) in sources)
        {
            if (!isUsed && url.Length > 0)
            {
                answer.Citation(choice, new(url, title, null, null));
            }
        }
    }

    /// <summary>A place in bytes as one in characters: every byte but those that continue a character begins one.</summary>
    private static int Characters(byte[] bytes, long place)
    {
        var count = 0;
        foreach (var value in bytes.AsSpan(0, (int)Math.Clamp(place, 0, bytes.Length)))
        {
            count += (value & 0xC0) == 0x80 ? 0 : 1;
        }

        return count;
    }
}
