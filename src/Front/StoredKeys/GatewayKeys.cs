using GatewayActors.Abstractions.Gateways;

namespace GatewayActors.Front.StoredKeys;

/// <summary>The stored keys of one version of a gateway. Immutable.</summary>
internal sealed class GatewayKeys(GatewayRecord gateway)
{
    private readonly IReadOnlyList<ProviderConfig> _configs = gateway.ProviderConfigs ?? [];

    /// <summary>The key of a provider by its alias.</summary>
    public ProviderConfig? Find(string provider, string alias) => Of(provider).FirstOrDefault(config => config.Alias == alias);

    /// <summary>The key of requests that choose none: the one that is marked so, else that of the alias <c>default</c>.</summary>
    public ProviderConfig? DefaultOf(string provider) =>
        Of(provider).FirstOrDefault(config => config.IsDefault) ?? Find(provider, StoredKeyName.DefaultAlias);

    /// <summary>The key whose secret this is.</summary>
    public ProviderConfig? OfSecret(string provider, string secretId) => Of(provider).FirstOrDefault(config => config.SecretId == secretId);

    /// <summary>All keys of a provider.</summary>
    public IEnumerable<ProviderConfig> Of(string provider) => _configs.Where(config => config.ProviderSlug == provider);
}
