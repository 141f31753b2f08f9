using System.Diagnostics.CodeAnalysis;

namespace GatewayActors.Front.Management.Http;

/// <summary>The words that stand for the values of an enum on the wire. Case-sensitive.</summary>
internal sealed class Words<T>(params IReadOnlyList<(T Value, string Word)> words) where T : struct, Enum
{
    /// <summary>The words, for documents and messages.</summary>
    public IEnumerable<string> All => words.Select(word => word.Word);

    /// <summary>The value of a word.</summary>
    public bool TryParse(string text, out T value)
    {
        foreach (var (candidate, word) in words)
        {
            if (word == text)
            {
                value = candidate;
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>The word of a value.</summary>
    [return: NotNullIfNotNull(nameof(value))]
    public string? Format(T? value) => value is { } known ? words.First(word => EqualityComparer<T>.Default.Equals(word.Value, known)).Word : null;

    /// <summary>What to say about a word that is none.</summary>
    public string Refusal(string text) =>
        $"Invalid enum value. Expected {string.Join(" | ", All.Select(word => $"'{word}'"))}, received '{(text.Length > 64 ? text[..64] + "…" : text)}'";
}
