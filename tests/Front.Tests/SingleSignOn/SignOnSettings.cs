using GatewayActors.Front.Configuration;

namespace GatewayActors.Front.Tests.SingleSignOn;

/// <summary>The sign-ons of the tests: who may do what by which group.</summary>
internal static class SignOnSettings
{
    public const string Name = "corp";
    public const string MachineAudience = "https://gateway.test/admin";

    /// <summary>The account that most groups are about; it exists once a test has created it.</summary>
    public static readonly string Account = new('5', 32);

    public static readonly string OtherAccount = new('6', 32);

    public static void AddTo(GatewayOptions options, string issuer)
    {
        var corp = new OidcOptions
        {
            Issuer = issuer,
            ClientId = FakeIssuer.ClientId,
            ClientSecret = FakeIssuer.ClientSecret,
            DisplayName = "Company account",
            Audiences = $"{FakeIssuer.ClientId} {MachineAudience}",
        };
        Add(corp, "viewers", Account, OidcRole.Viewer);
        Add(corp, "editors", Account, OidcRole.Editor);
        Add(corp, "admins", Account, OidcRole.Admin);
        Add(corp, "other-admins", OtherAccount, OidcRole.Admin);
        Add(corp, "auditors", "*", OidcRole.Viewer);
        Add(corp, "operators", "*", OidcRole.Operator);
        corp.Roles["by-department"] = new() { Claim = "employee.department", Value = "finance", Account = Account, Role = OidcRole.Viewer };
        options.Oidc[Name] = corp;

        // Nobody listens there.
        options.Oidc["down"] = new() { Issuer = "http://127.0.0.1:9", ClientId = "gateway" };

        // Takes tokens of machines; nobody signs on.
        options.Oidc["machines"] = new() { Issuer = $"{issuer}/machines", Audiences = MachineAudience };
    }

    private static void Add(OidcOptions signOn, string group, string account, OidcRole role) =>
        signOn.Roles[group] = new() { Value = group, Account = account, Role = role };
}
