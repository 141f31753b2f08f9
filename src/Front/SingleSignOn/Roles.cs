using GatewayActors.Abstractions.Accounts;
using GatewayActors.Front.Configuration;

namespace GatewayActors.Front.SingleSignOn;

/// <summary>What roles may do.</summary>
internal static class Roles
{
    /// <summary>All roles, from the least to the most.</summary>
    public static IReadOnlyList<OidcRole> All { get; } = [OidcRole.Viewer, OidcRole.Editor, OidcRole.Admin, OidcRole.Operator];

    /// <summary>What a role may do on its account.</summary>
    /// <remarks>
    /// A viewer has every permission to read but Workers AI Read, which also runs models: a viewer spends nothing. Nobody reads the values of
    /// secrets and tokens, whatever their role.
    /// </remarks>
    public static Permissions PermissionsOf(OidcRole role) => role switch
    {
        OidcRole.Viewer => Permissions.GatewayMetadataRead | Permissions.GatewayRead | Permissions.SecretsRead | Permissions.AnalyticsRead
            | Permissions.AccountRead | Permissions.TokensRead,
        OidcRole.Editor => PermissionsOf(OidcRole.Viewer) | Permissions.GatewayWrite | Permissions.GatewayRun | Permissions.WorkersAiRead
            | Permissions.WorkersAiWrite | Permissions.SecretsWrite,
        OidcRole.Admin or OidcRole.Operator => Permissions.All,
    };

    /// <summary>What clients call it.</summary>
    public static string WordOf(OidcRole role) => role switch
    {
        OidcRole.Viewer => "viewer",
        OidcRole.Editor => "editor",
        OidcRole.Admin => "admin",
        OidcRole.Operator => "operator",
    };

    /// <summary>The greatest role whose permissions somebody has; null if they have not even the least one's.</summary>
    public static OidcRole? GreatestOf(Permissions permissions) =>
        All.Where(role => role != OidcRole.Operator && (permissions & PermissionsOf(role)) == PermissionsOf(role)).Select(role => (OidcRole?)role).LastOrDefault();
}
