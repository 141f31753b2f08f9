using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using GatewayActors.Abstractions.CustomProviders;
using GatewayActors.Front.Upstreams;
using GatewayActors.Providers.Custom;

namespace GatewayActors.Front.CustomProviders;

/// <summary>One version of an account's own providers as exchanges need them. Immutable.</summary>
internal sealed class CustomProviderSet
{
    private readonly FrozenDictionary<string, CustomProviderEntry> _bySlug;

    public CustomProviderSet(CustomProviderRoutes routes, UpstreamTransports transports)
    {
        Version = routes.Version;
        _bySlug = routes.Providers.ToFrozenDictionary(
            route => route.Slug,
            route => new CustomProviderEntry(transports.To(ProviderOf(route)), route.IsEnabled),
            StringComparer.Ordinal);
    }

    /// <summary>An account that never had any.</summary>
    private CustomProviderSet() => _bySlug = FrozenDictionary<string, CustomProviderEntry>.Empty;

    public static CustomProviderSet Empty { get; } = new();

    /// <summary>The version to ask with.</summary>
    public long Version { get; }

    /// <summary>All of them, disabled ones too.</summary>
    public IEnumerable<CustomProviderEntry> All => _bySlug.Values;

    /// <summary>The provider of a slug, without <see cref="CustomProvider.Prefix"/>; null if there is none.</summary>
    public CustomProviderEntry? Find(ReadOnlySpan<char> slug) => _bySlug.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(slug, out var entry) ? entry : null;

    private static CustomProvider ProviderOf(CustomProviderRoute route) => CustomProvider.At(route.Slug, route.BaseUrl, new()
    {
        CacheName = string.Create(CultureInfo.InvariantCulture, $"{route.Id:N} {route.Version}"),
        Headers = route.Headers is { } headers ? HeadersOf(headers) : [],
        Prices = new CustomPrices(CustomProvider.Prefix + route.Slug, route.Rules.Select(PriceOf)),
    });

    // The admin API has stored nothing but an object of texts.
    private static KeyValuePair<string, string>[] HeadersOf(string json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.EnumerateObject().Select(header => KeyValuePair.Create(header.Name, header.Value.GetString() ?? ""))];
    }

    private static CustomPrice PriceOf(PricingRuleDefinition rule) => new(
        rule.Model,
        rule.Match switch
        {
            ModelMatch.Contains => ModelComparison.Contains,
            ModelMatch.StartsWith => ModelComparison.StartsWith,
            ModelMatch.Equals => ModelComparison.Equals,
        },
        TokenRates.Price(rule.CostIn, rule.CostOut, rule.TokenPricing ?? FrozenDictionary<string, decimal>.Empty));
}

/// <summary>One provider of an account.</summary>
/// <param name="Transport">The way to it; its provider is a resolved <see cref="CustomProvider"/>.</param>
/// <param name="IsEnabled">Whether exchanges may use it.</param>
internal sealed record CustomProviderEntry(UpstreamTransport Transport, bool IsEnabled)
{
    public CustomProvider Provider => (CustomProvider)Transport.Provider;
}
