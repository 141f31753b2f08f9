using System.Text;
using System.Text.Json;

namespace GatewayActors.Front.StoredKeys;

/// <summary>Replaces a key by stars in what passes: as it is, in base64 and percent-encoded. As many stars as it had bytes, so no length changes. Immutable.</summary>
internal sealed class SecretScrubber
{
    /// <summary>Shorter texts may stand in any answer by chance.</summary>
    public const int ShortestKey = 8;

    private const int ShortestMember = 16;
    private const byte Star = (byte)'*';

    private readonly byte[][] _patterns;
    private readonly string[] _texts;

    public SecretScrubber(string value)
        : this(MembersOf(value).Prepend(value).SelectMany(FormsOf))
    {
    }

    private SecretScrubber(IEnumerable<string> texts)
    {
        // The longest first: a form may stand in another one.
        _texts = [.. texts.Distinct(StringComparer.Ordinal).OrderByDescending(text => text.Length)];
        _patterns = [.. _texts.Select(Encoding.UTF8.GetBytes)];
    }

    /// <summary>Whether there is anything to look for.</summary>
    public bool IsEmpty => _patterns.Length == 0;

    /// <summary>This one with another text to hide.</summary>
    public SecretScrubber With(string value) => new([.. _texts, .. FormsOf(value)]);

    /// <summary>Whether bytes hold a form of the key.</summary>
    public bool IsIn(ReadOnlySpan<byte> bytes)
    {
        foreach (var pattern in _patterns)
        {
            if (bytes.IndexOf(pattern) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Puts stars in the place of the key.</summary>
    public void Hide(Span<byte> bytes)
    {
        foreach (var pattern in _patterns)
        {
            for (var rest = bytes; rest.IndexOf(pattern) is >= 0 and var at; rest = rest[(at + pattern.Length)..])
            {
                rest.Slice(at, pattern.Length).Fill(Star);
            }
        }
    }

    /// <summary>A text with stars in the place of the key.</summary>
    public string Hide(string text) => _texts.Aggregate(text, (hidden, form) => hidden.Replace(form, new('*', form.Length), StringComparison.Ordinal));

    /// <summary>How many of the last bytes may be the beginning of the key.</summary>
    public int Unfinished(ReadOnlySpan<byte> bytes)
    {
        var longest = 0;
        foreach (var pattern in _patterns)
        {
            var tail = bytes[^Math.Min(pattern.Length - 1, bytes.Length)..];
            while (tail.Length > longest && tail.IndexOf(pattern[0]) is >= 0 and var at)
            {
                tail = tail[at..];
                if (pattern.AsSpan().StartsWith(tail))
                {
                    longest = Math.Max(longest, tail.Length);
                    break;
                }

                tail = tail[1..];
            }
        }

        return longest;
    }

    public override string ToString() => nameof(SecretScrubber);

    private static IEnumerable<string> FormsOf(string value) =>
        value.Length < ShortestKey ? [] : [value, Convert.ToBase64String(Encoding.UTF8.GetBytes(value)).TrimEnd('='), Uri.EscapeDataString(value)];

    /// <summary>Of a key of several parts, those that can be secret.</summary>
    private static IEnumerable<string> MembersOf(string value)
    {
        if (!value.StartsWith('{'))
        {
            return [];
        }

        try
        {
            using var document = JsonDocument.Parse(value);
            return
            [
                .. from member in document.RootElement.EnumerateObject()
                   where member.Value.ValueKind == JsonValueKind.String
                   let text = member.Value.GetString()
                   where text.Length >= ShortestMember
                   select text,
            ];
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return []; // Not of several parts, whatever it is.
        }
    }
}
