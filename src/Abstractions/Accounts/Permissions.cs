using System.Collections.Frozen;

namespace GatewayActors.Abstractions.Accounts;

/// <summary>What a caller may do on an account.</summary>
[Flags]
public enum Permissions
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Read gateways, and logs without their bodies.</summary>
    GatewayMetadataRead = 1 << 0,

    /// <summary>Read gateways and logs.</summary>
    GatewayRead = 1 << 1,

    /// <summary>Change gateways and logs.</summary>
    GatewayWrite = 1 << 2,

    /// <summary>Send exchanges through gateways.</summary>
    GatewayRun = 1 << 3,

    /// <summary>Read and run hosted models over the REST endpoints.</summary>
    WorkersAiRead = 1 << 4,

    /// <summary>Change hosted models.</summary>
    WorkersAiWrite = 1 << 5,

    /// <summary>Read the metadata of secrets.</summary>
    SecretsRead = 1 << 6,

    /// <summary>Create, change and delete secrets.</summary>
    SecretsWrite = 1 << 7,

    /// <summary>Query analytics.</summary>
    AnalyticsRead = 1 << 8,

    /// <summary>Read the account.</summary>
    AccountRead = 1 << 9,

    /// <summary>Change the account.</summary>
    AccountWrite = 1 << 10,

    /// <summary>Read API tokens.</summary>
    TokensRead = 1 << 11,

    /// <summary>Create, change and delete API tokens.</summary>
    TokensWrite = 1 << 12,

    /// <summary>Everything on an account.</summary>
    All = (1 << 13) - 1,
}

/// <summary>A named set of permissions that a token policy can name.</summary>
/// <param name="Id">32 hex digits; fixed.</param>
/// <param name="Name">The name shown to people.</param>
/// <param name="Grants">What it allows; a Write group includes its Read.</param>
public sealed record PermissionGroup(string Id, string Name, Permissions Grants);

/// <summary>All permission groups.</summary>
public static class PermissionGroups
{
    /// <summary>The resource that stands for all accounts of a token: always just its own.</summary>
    public const string AnyAccountResource = "com.cloudflare.api.account.*";

    /// <summary>The scope of every group.</summary>
    public const string AccountScope = "com.cloudflare.api.account";

    /// <summary>The groups, in the order of the documentation.</summary>
    public static IReadOnlyList<PermissionGroup> All { get; } =
    [
        new("a1600000000000000000000000000001", "AI Gateway Read", Permissions.GatewayRead | Permissions.GatewayMetadataRead),
        // Edit implies Run: the documented quick-start token has Read and Edit only, and must be able to call.
        new("a1600000000000000000000000000002", "AI Gateway Write", Permissions.GatewayWrite | Permissions.GatewayRead | Permissions.GatewayMetadataRead | Permissions.GatewayRun),
        new("a1600000000000000000000000000003", "AI Gateway Run", Permissions.GatewayRun),
        new("a1600000000000000000000000000004", "AI Gateway Metadata Read", Permissions.GatewayMetadataRead),
        new("a1600000000000000000000000000005", "Workers AI Read", Permissions.WorkersAiRead),
        new("a1600000000000000000000000000006", "Workers AI Write", Permissions.WorkersAiWrite | Permissions.WorkersAiRead),
        new("a1600000000000000000000000000007", "Secrets Store Read", Permissions.SecretsRead),
        new("a1600000000000000000000000000008", "Secrets Store Write", Permissions.SecretsWrite | Permissions.SecretsRead),
        new("a1600000000000000000000000000009", "Account Analytics Read", Permissions.AnalyticsRead),
        new("a160000000000000000000000000000a", "Account Settings Read", Permissions.AccountRead),
        new("a160000000000000000000000000000b", "Account Settings Write", Permissions.AccountWrite | Permissions.AccountRead),
        new("a160000000000000000000000000000c", "Account API Tokens Read", Permissions.TokensRead),
        new("a160000000000000000000000000000d", "Account API Tokens Write", Permissions.TokensWrite | Permissions.TokensRead),
    ];

    private static readonly FrozenDictionary<string, PermissionGroup> ById = All.ToFrozenDictionary(group => group.Id, StringComparer.Ordinal);

    /// <summary>The group of this id, or null.</summary>
    public static PermissionGroup? Find(string id) => ById.GetValueOrDefault(id);

    /// <summary>The resource that stands for one account in a policy.</summary>
    public static string AccountResource(string accountId) => $"{AccountScope}.{accountId}";
}
