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

    /// <summary>The key of a quota's grain.</summary>
    /// <param name="accountId">The account.</param>
    /// <param name="gatewayId">The gateway.</param>
    /// <param name="kind">What is counted.</param>
    /// <param name="ruleId">The id of the rule, any text.</param>
    /// <param name="partition">A hash of fixed length of the values that are counted together: no other rule id can make the same key.</param>
    public static string Quota(string accountId, string gatewayId, string kind, string ruleId, string partition) =>
        string.Concat(Gateway(accountId, gatewayId), "/", kind, "/") + string.Concat(ruleId, "/", partition);

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
