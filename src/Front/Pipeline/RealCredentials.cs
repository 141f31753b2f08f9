using System.Collections.Frozen;
using GatewayActors.Providers;

namespace GatewayActors.Front.Pipeline;

/// <summary>
/// Headers without credentials that published set-ups send only because a client insists on one. To be asked where there is another
/// credential to use: elsewhere the provider is to say what it thinks of them.
/// </summary>
internal sealed class RealCredentials(IHeaderSource headers) : IHeaderSource
{
    private const int ShortestKey = 8;

    private static readonly FrozenSet<string> Placeholders = FrozenSet.ToFrozenSet(
        ["placeholder", "not-needed", "not_needed", "no-key-needed"], StringComparer.OrdinalIgnoreCase);

    public string? this[string name] => headers[name] is { } value && !IsPlaceholder(value) ? value : null;

    /// <summary>Whether a value, with its scheme or without, can be nobody's key.</summary>
    public static bool IsPlaceholder(string value)
    {
        var key = value.AsSpan().Trim();
        key = key[(key.IndexOf(' ') + 1)..].Trim();
        return key.Length < ShortestKey || Placeholders.GetAlternateLookup<ReadOnlySpan<char>>().Contains(key);
    }
}
