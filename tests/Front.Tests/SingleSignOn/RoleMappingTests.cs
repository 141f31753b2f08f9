using System.Text.Json;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.SingleSignOn;
using Xunit;

namespace GatewayActors.Front.Tests.SingleSignOn;

public sealed class RoleMappingTests
{
    private static readonly string Account = new('a', 32);

    [Theory]
    [InlineData("""{"groups":["a","team"]}""", "groups", true)]
    [InlineData("""{"groups":"team"}""", "groups", true)]
    [InlineData("""{"groups":"a team b"}""", "groups", false)] // Only scopes are several words in one text.
    [InlineData("""{"groups":["teams"]}""", "groups", false)]
    [InlineData("""{"groups":["TEAM"]}""", "groups", false)]
    [InlineData("""{"groups":null}""", "groups", false)]
    [InlineData("""{"groups":{"team":true}}""", "groups", false)]
    [InlineData("""{}""", "groups", false)]
    [InlineData("""{"scope":"a team b"}""", "scope", true)]
    [InlineData("""{"realm_access":{"roles":["team"]}}""", "realm_access.roles", true)]
    [InlineData("""{"https://corp.test/groups":["team"]}""", "https://corp.test/groups", true)]
    [InlineData("""{"realm_access":"team"}""", "realm_access.roles", false)]
    [InlineData("""{"email":"team"}""", "email", true)]
    [InlineData("""{"email":"team","email_verified":true}""", "email", true)]
    [InlineData("""{"email":"team","email_verified":false}""", "email", false)] // Anybody can call themselves so.
    [InlineData("""{"email":"team","email_verified":"false"}""", "email", false)]
    public void Evaluate_Claim_OpensByItsExactValue(string claims, string claim, bool opens)
    {
        var mapping = Mapping((claim, "team", Account, OidcRole.Viewer));

        var rights = mapping.Evaluate(mapping.Read(JsonElement.Parse(claims)));

        Assert.Equal(opens, rights.ByAccount.ContainsKey(Account));
        Assert.Null(rights.OnEveryAccount);
    }

    [Fact]
    public void Evaluate_SeveralRules_AddUp()
    {
        var mapping = Mapping(("groups", "a", Account, OidcRole.Viewer), ("groups", "b", Account, OidcRole.Editor), ("groups", "c", "*", OidcRole.Viewer));

        var rights = mapping.Evaluate(mapping.Read(JsonElement.Parse("""{"groups":["a","b"]}""")));

        Assert.Equal(Roles.PermissionsOf(OidcRole.Editor), rights.ByAccount[Account]);
        Assert.Null(rights.OnEveryAccount);
        Assert.False(rights.IsOperator);
    }

    [Fact]
    public void Evaluate_Everybody_NeedsNoClaim()
    {
        var mapping = Mapping(("groups", "*", Account, OidcRole.Viewer));

        Assert.Equal(Roles.PermissionsOf(OidcRole.Viewer), mapping.Evaluate(mapping.Read(JsonElement.Parse("{}"))).ByAccount[Account]);
    }

    [Fact]
    public void Evaluate_Admin_IsNoOperator()
    {
        var mapping = Mapping(("groups", "a", "*", OidcRole.Admin), ("groups", "o", "*", OidcRole.Operator));

        Assert.False(mapping.Evaluate(mapping.Read(JsonElement.Parse("""{"groups":["a"]}"""))).IsOperator);
        Assert.True(mapping.Evaluate(mapping.Read(JsonElement.Parse("""{"groups":["o"]}"""))).IsOperator);
    }

    [Fact]
    public void Roles_GrowFromViewerToAdmin_AndAViewerSpendsNothing()
    {
        Assert.All(Roles.All.Zip(Roles.All.Skip(1)), pair => Assert.Equal(Roles.PermissionsOf(pair.First), Roles.PermissionsOf(pair.First) & Roles.PermissionsOf(pair.Second)));
        Assert.Equal(Permissions.None, Roles.PermissionsOf(OidcRole.Viewer) & (Permissions.GatewayRun | Permissions.WorkersAiRead));
        Assert.Equal(Permissions.All, Roles.PermissionsOf(OidcRole.Admin));
        Assert.Equal(
            Permissions.None, Roles.PermissionsOf(OidcRole.Editor) & (Permissions.AccountWrite | Permissions.TokensWrite));
    }

    private static RoleMapping Mapping(params (string Claim, string Value, string Account, OidcRole Role)[] rules)
    {
        var options = new OidcOptions();
        foreach (var (rule, index) in rules.Select((rule, index) => (rule, index)))
        {
            options.Roles[$"{index}"] = new() { Claim = rule.Claim, Value = rule.Value, Account = rule.Account, Role = rule.Role };
        }

        return new(options);
    }
}
