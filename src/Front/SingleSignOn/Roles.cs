using GatewayActors.Abstractions.Accounts;
using GatewayActors.Front.Configuration;

namespace GatewayActors.Front.SingleSignOn;

/// <summary>What roles may do.</summary>
internal static class Roles
{
    /// <summary>The roles of people who use the admin API, from the least to the most.</summary>
    public static IReadOnlyList<OidcRole> All { get; } = [OidcRole.Viewer, OidcRole.Editor, OidcRole.Admin, OidcRole.Operator];

    /// <summary>What a role may do on its account.</summary>
    /// <remarks>
    /// A viewer has every permission to read but Workers AI Read, which also runs models: a viewer spends nothing. Nobody reads the values of
    /// secrets and tokens, whatever their role.
    /// </remarks>
    public static Permissions PermissionsOf(OidcRole role) => role switch
    {
        OidcRole.Runner => Permissions.GatewayRun,
        OidcRole.Viewer => Permissions.GatewayMetadataRead | Permissions.GatewayRead | Permissions.SecretsRead | Permissions.AnalyticsRead
            | Permissions.AccountRead | Permissions.TokensRead,
        OidcRole.Editor => PermissionsOf(OidcRole.Viewer) | Permissions.GatewayWrite | Permissions.GatewayRun | Permissions.WorkersAiRead
            | Permissions.WorkersAiWrite | Permissions.SecretsWrite,
        OidcRole.Admin or OidcRole.Operator => Permissions.All,
    };

    /// <summary>What clients call it.</summary>
    public static string WordOf(OidcRole role) => role switch
    {
        OidcRole.Runner => "runner",
        OidcRole.Viewer => "viewer",
        OidcRole.Editor => "editor",
        OidcRole.Admin => "admin",
        OidcRole.Operator => "operator",
    };

    /// <summary>The roles that somebody's permissions come to: the greatest one, and that of sending requests where it does not.</summary>
    public static IEnumerable<OidcRole> Of(Permissions permissions)
    {
        var greatest = All.Where(role => role != OidcRole.Operator && Has(role)).Select(role => (OidcRole?)role).LastOrDefault();
        if (greatest is null or OidcRole.Viewer && Has(OidcRole.Runner))
        {
            yield return OidcRole.Runner;
        }

        if (greatest is { } role)
        {
            yield return role;
        }

        bool Has(OidcRole role) => (permissions & PermissionsOf(role)) == PermissionsOf(role);
    }
}
