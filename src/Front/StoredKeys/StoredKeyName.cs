namespace GatewayActors.Front.StoredKeys;

/// <summary>The names of stored keys.</summary>
internal static class StoredKeyName
{
    /// <summary>The alias of requests that choose none.</summary>
    public const string DefaultAlias = "default";

    /// <summary>The name of the secret that belongs to a stored key.</summary>
    public static string Of(string gatewayId, string providerSlug, string alias) => $"{gatewayId}_{providerSlug}_{alias}";
}
