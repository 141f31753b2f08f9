using System.Collections.Frozen;
using GatewayActors.Front.Configuration;
using GatewayActors.Providers;

namespace GatewayActors.Front.Upstreams;

/// <summary>The way to one provider's upstreams: long-lived connections, shared by all exchanges.</summary>
internal sealed class UpstreamTransport(Provider provider, string? baseUrl, HttpMessageInvoker invoker) : IDisposable
{
    public Provider Provider { get; } = provider;

    /// <summary>The operator's base URL, or null for the provider's own.</summary>
    public string? BaseUrl { get; } = baseUrl;

    public HttpMessageInvoker Invoker { get; } = invoker;

    /// <summary>Whether clients may send a service account, which has to be exchanged for an access token.</summary>
    public bool TakesServiceAccounts { get; } = provider.Slug == GoogleAccessTokens.ProviderSlug;

    public void Dispose() => Invoker.Dispose();
}

/// <summary>The transports of all providers that clients may call.</summary>
internal sealed class UpstreamTransports : IDisposable
{
    private readonly FrozenDictionary<string, UpstreamTransport>.AlternateLookup<ReadOnlySpan<char>> _bySlug;
    private readonly IReadOnlyList<UpstreamTransport> _all;

    /// <param name="catalog">The providers.</param>
    /// <param name="options">The operator's options.</param>
    /// <param name="inProcess">Handlers of providers that live in this process, by slug, unless the operator gives them a base URL.</param>
    public UpstreamTransports(ProviderCatalog catalog, GatewayOptions options, IReadOnlyDictionary<string, Func<HttpMessageHandler>> inProcess)
    {
        _all =
        [
            .. from provider in catalog.All
               where options.IsProviderEnabled(provider.Slug)
               let baseUrl = options.Providers.TryGetValue(provider.Slug, out var set) ? set.BaseUrl?.TrimEnd('/') : null
               let handler = baseUrl is null && inProcess.TryGetValue(provider.Slug, out var make) ? make() : UpstreamHandlers.Create(options.Upstream)
               select new UpstreamTransport(provider, baseUrl, new HttpMessageInvoker(handler)),
        ];
        _bySlug = _all
            .SelectMany(transport => transport.Provider.Aliases.Prepend(transport.Provider.Slug), (transport, slug) => KeyValuePair.Create(slug, transport))
            .ToFrozenDictionary(StringComparer.Ordinal)
            .GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The transport of a slug or alias; null if there is no such provider, or it is switched off.</summary>
    public UpstreamTransport? Find(ReadOnlySpan<char> slug) => _bySlug.TryGetValue(slug, out var transport) ? transport : null;

    public void Dispose()
    {
        foreach (var transport in _all)
        {
            transport.Dispose();
        }
    }
}
