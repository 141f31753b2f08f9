using System.Collections.Frozen;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Egress;
using GatewayActors.Providers;
using GatewayActors.Providers.Custom;

namespace GatewayActors.Front.Upstreams;

/// <summary>The way to one provider's upstreams: long-lived connections, shared by all exchanges.</summary>
internal sealed class UpstreamTransport(Provider provider, ProviderOptions? options, HttpMessageInvoker invoker) : IDisposable
{
    public Provider Provider { get; } = provider;

    /// <summary>The operator's base URL, or null for the provider's own.</summary>
    public string? BaseUrl { get; } = options?.BaseUrl?.TrimEnd('/');

    /// <summary>The operator's base URL for realtime, with the scheme of HTTP; null for what follows from <see cref="BaseUrl"/>.</summary>
    public string? RealtimeBaseUrl { get; } = (options?.WebSocketUrl is { } url && url.StartsWith("ws", StringComparison.OrdinalIgnoreCase) ? "http" + url[2..] : options?.WebSocketUrl ?? options?.BaseUrl)?.TrimEnd('/');

    /// <summary>The operator's credential, for authenticated requests that bring none; null for none.</summary>
    public string? OperatorCredential { get; } = options?.ApiKey;

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

    // One for the providers of all tenants: connections are kept by host, and nothing of a request stays with them.
    private readonly HttpMessageInvoker _guarded;

    /// <param name="catalog">The providers.</param>
    /// <param name="options">The operator's options.</param>
    /// <param name="egress">Makes the connections to URLs that tenants set.</param>
    /// <param name="inProcess">Handlers of providers that live in this process, by slug, unless the operator gives them a base URL.</param>
    public UpstreamTransports(ProviderCatalog catalog, GatewayOptions options, GuardedEgress egress, IReadOnlyDictionary<string, Func<HttpMessageHandler>> inProcess)
    {
        _guarded = new(egress.CreateHandler());
        _all =
        [
            .. from provider in catalog.All
               where options.IsProviderEnabled(provider.Slug)
               let set = options.Providers.TryGetValue(provider.Slug, out var found) ? found : null
               let handler = set?.BaseUrl is null && inProcess.TryGetValue(provider.Slug, out var make) ? make() : UpstreamHandlers.Create(options.Upstream)
               select new UpstreamTransport(provider, set, new HttpMessageInvoker(handler)),
        ];
        _bySlug = _all
            .SelectMany(transport => transport.Provider.Aliases.Prepend(transport.Provider.Slug), (transport, slug) => KeyValuePair.Create(slug, transport))
            .ToFrozenDictionary(StringComparer.Ordinal)
            .GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>
    /// The transport of a slug or alias; null if there is no such provider, or it is switched off. One that tenants may have added is there
    /// without an address: <see cref="CustomProviders.CustomProviderStage"/> finds out.
    /// </summary>
    public UpstreamTransport? Find(ReadOnlySpan<char> slug) =>
        _bySlug.TryGetValue(slug, out var transport) ? transport
        : CustomProvider.TryGetSlug(slug, out var own) ? To(CustomProvider.Named(own.ToString()))
        : null;

    /// <summary>The way to a provider that a tenant has added: guarded.</summary>
    public UpstreamTransport To(CustomProvider provider) => new(provider, options: null, _guarded);

    public void Dispose()
    {
        _guarded.Dispose();
        foreach (var transport in _all)
        {
            transport.Dispose();
        }
    }
}
