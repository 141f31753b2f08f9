namespace GatewayActors.Abstractions;

/// <summary>Builds the keys of all grains. Every key starts with the account, so no key can reach over a tenant's wall.</summary>
public static class GrainKeys
{
    /// <summary>The one grain that knows which accounts exist; never on the request path.</summary>
    public const string AccountDirectory = "accounts";

    /// <summary>The one grain that knows where work is to be gone on with; never on the request path.</summary>
    public const string PendingWork = "pending-work";

    /// <summary>The key of the one <see cref="Logs.ILogRetentionGrain"/>.</summary>
    public const string LogRetention = "log-retention";

    /// <summary>The one grain that owns the custom domains of all accounts; never on the request path.</summary>
    public const string CustomDomains = "custom-domains";

    /// <summary>
    /// How many shards a gateway's cache has. More would spread it further and leave less room for large answers in each. The same in
    /// all releases that run side by side, or they would look for the same answers in different places.
    /// </summary>
    public const int CacheShards = 4;

    /// <summary>
    /// The key of the grain of a person's sessions. People belong to no account: what they may do on which one is the operator's to say, and is
    /// looked up for every session.
    /// </summary>
    /// <param name="signOn">The name of the sign-on.</param>
    /// <param name="subject">Who, as its identity provider identifies people; any text.</param>
    /// <returns>32 lower-case hex digits: people's ids do not get into the names of what is stored.</returns>
    public static string Person(string signOn, string subject) => Accounts.TokenValue.Hash($"{signOn}\n{subject}")[..32];

    /// <summary>The key of an account's grain.</summary>
    public static string Account(string accountId) => accountId;

    /// <summary>The key of the grain of an account's credits.</summary>
    public static string Credits(string accountId) => accountId;

    /// <summary>The key of the grain of an account's own providers.</summary>
    public static string CustomProviders(string accountId) => accountId;

    /// <summary>The key of the grain of an account's Secrets Store.</summary>
    public static string SecretsStore(string accountId) => accountId;

    /// <summary>The key of the grain of an account's profiles of data loss prevention.</summary>
    public static string DlpProfiles(string accountId) => accountId;

    /// <summary>The key of the grain of an account's push jobs.</summary>
    public static string Logpush(string accountId) => accountId;

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

    /// <summary>The key of one shard of a gateway's cache.</summary>
    /// <param name="gatewayKey">The gateway, as <see cref="Gateway"/> has it.</param>
    /// <param name="shard">From 0 to <see cref="CacheShards"/> - 1.</param>
    public static string CacheShard(string gatewayKey, int shard) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{gatewayKey}/{shard}");

    /// <summary>The key of one replay.</summary>
    /// <param name="gatewayKey">The gateway, as <see cref="Gateway"/> has it.</param>
    /// <param name="id">The replay.</param>
    public static string Replay(string gatewayKey, Guid id) => string.Concat(gatewayKey, "/", id.ToString("D"));

    /// <summary>Takes a cache shard's key apart: the key of its gateway.</summary>
    /// <exception cref="FormatException">The key was not built by <see cref="CacheShard"/>.</exception>
    public static string GatewayOfCacheShard(string key)
    {
        var slash = key.LastIndexOf('/');
        return slash > 0 && key.IndexOf('/', StringComparison.Ordinal) < slash
            ? key[..slash]
            : throw new FormatException($"'{key}' is not the key of a cache shard.");
    }

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
