namespace GatewayActors.Abstractions;

/// <summary>Builds the keys of all grains. Every key starts with the account, so no key can reach over a tenant's wall.</summary>
public static class GrainKeys
{
    /// <summary>The one grain that knows which accounts exist; never on the request path.</summary>
    public const string AccountDirectory = "accounts";

    /// <summary>The key of an account's grain.</summary>
    public static string Account(string accountId) => accountId;

    /// <summary>The key of a gateway's grain.</summary>
    public static string Gateway(string accountId, string gatewayId) => string.Concat(accountId, "/", gatewayId);

    /// <summary>Takes a gateway grain's key apart.</summary>
    /// <exception cref="FormatException">The key was not built by <see cref="Gateway"/>.</exception>
    public static (string AccountId, string GatewayId) ParseGateway(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && slash < key.Length - 1
            ? (key[..slash], key[(slash + 1)..])
            : throw new FormatException($"'{key}' is not a gateway key.");
    }
}
