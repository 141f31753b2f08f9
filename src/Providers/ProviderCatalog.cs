using System.Collections.Frozen;

namespace GatewayActors.Providers;

/// <summary>All providers by slug and alias. Immutable.</summary>
public sealed class ProviderCatalog
{
    private readonly FrozenDictionary<string, Provider> _bySlug;
    private readonly FrozenDictionary<string, Provider>.AlternateLookup<ReadOnlySpan<char>> _bySlugSpan;

    /// <summary>Makes a catalogue.</summary>
    /// <exception cref="ArgumentException">Two providers claim one slug.</exception>
    public ProviderCatalog(IEnumerable<Provider> providers)
    {
        All = [.. providers];

        // A plain dictionary first: freezing pairs would let the last claim of a slug win in silence.
        _bySlug = All
            .SelectMany(provider => provider.Aliases.Prepend(provider.Slug), (provider, slug) => KeyValuePair.Create(slug, provider))
            .ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal)
            .ToFrozenDictionary(StringComparer.Ordinal);
        _bySlugSpan = _bySlug.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The providers, one each.</summary>
    public IReadOnlyList<Provider> All { get; }

    /// <summary>The provider of a slug or alias, or null.</summary>
    public Provider? Find(ReadOnlySpan<char> slug) => _bySlugSpan.TryGetValue(slug, out var provider) ? provider : null;
}
