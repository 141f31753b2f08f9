using GatewayActors.Front.Configuration;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace GatewayActors.Front.Tests.Configuration;

/// <summary>Sign-ons are read strictly: each mistake is one line.</summary>
public sealed class OidcOptionsTests
{
    private static readonly string Account = new('a', 32);

    private static readonly Dictionary<string, string?> Right = new()
    {
        ["Gateway:Oidc:corp:Issuer"] = "https://issuer.test",
        ["Gateway:Oidc:corp:ClientId"] = "gateway",
        ["Gateway:Oidc:corp:Roles:0:Value"] = "staff",
        ["Gateway:Oidc:corp:Roles:0:Account"] = Account,
        ["Gateway:Oidc:corp:Roles:0:Role"] = "viewer",
    };

    [Fact]
    public void Read_Right_BindsWithDefaults()
    {
        var options = new GatewayOptions();

        Assert.Empty(Read(options, Right));

        var corp = Assert.Single(options.Oidc).Value;
        Assert.Equal("openid profile email", corp.Scopes);
        Assert.Equal("groups", corp.GroupsClaim);
        Assert.Equal(TimeSpan.FromHours(1), corp.SessionLifetime);
        Assert.Equal(OidcRole.Viewer, Assert.Single(corp.Roles).Value.Role);
    }

    [Theory]
    [InlineData("Issuer", "", "Gateway:Oidc:corp:Issuer is not set; accepted: the https URL of the issuer.")]
    [InlineData("Issuer", "issuer.test", "Gateway:Oidc:corp:Issuer = 'issuer.test' is not valid; accepted: an absolute http:// or https:// URL")]
    [InlineData("Issuer", "http://issuer.test", "Gateway:Oidc:corp:Issuer = 'http://issuer.test' is not valid; accepted: an https:// URL, or http:// on this machine")]
    [InlineData("ClientId", "", "Gateway:Oidc:corp:ClientId is not set; accepted: the client id, or Gateway:Oidc:corp:Audiences")]
    [InlineData("ClientSecret", "two words", "Gateway:Oidc:corp:ClientSecret (value not shown) is not valid")]
    [InlineData("Secret", "hush", "Gateway:Oidc:corp:Secret (value not shown) is not known; accepted: Audiences, ClientId, ")]
    [InlineData("Scopes", "profile email", "Gateway:Oidc:corp:Scopes = 'profile email' is not valid; accepted: scopes separated by single blanks, with openid among them.")]
    [InlineData("SessionLifetime", "13h", "Gateway:Oidc:corp:SessionLifetime = '13h' is not valid; accepted: a time from 00:05:00 to 12:00:00")]
    [InlineData("Roles", "admin", "Gateway:Oidc:corp:Roles = 'admin' is not known; accepted: a section for each name.")]
    [InlineData("Roles:0:Value", "", "Gateway:Oidc:corp:Roles:0:Value is not set")]
    [InlineData("Roles:0:Account", "", "Gateway:Oidc:corp:Roles:0:Account is not set")]
    [InlineData("Roles:0:Account", "shop", "Gateway:Oidc:corp:Roles:0:Account = 'shop' is not valid; accepted: 32 lower-case hex digits, or * for every account.")]
    [InlineData("Roles:0:Role", "", "Gateway:Oidc:corp:Roles:0:Role is not set; accepted: Runner or Viewer or Editor or Admin or Operator.")]
    [InlineData("Roles:0:Role", "Owner", "Gateway:Oidc:corp:Roles:0:Role = 'Owner' is not valid; accepted: Runner or Viewer or Editor or Admin or Operator.")]
    [InlineData("Roles:0:Role", "Operator", "Gateway:Oidc:corp:Roles:0:Role = 'Operator' is not valid; accepted: Runner or Viewer or Editor or Admin, because Gateway:Oidc:corp:Roles:0:Account is one account.")]
    [InlineData("Roles:0:Group", "a", "Gateway:Oidc:corp:Roles:0:Group = 'a' is not known; accepted: Account, Claim, Role, Value.")]
    public void Read_Mistake_IsOneLine(string key, string value, string line) =>
        Assert.StartsWith(line, Read(new(), new(Right) { [$"Gateway:Oidc:corp:{key}"] = value })[0], StringComparison.Ordinal);

    [Fact]
    public void Read_NameThatIsNone_IsRefused() =>
        Assert.StartsWith(
            "Gateway:Oidc:a b:Issuer (value not shown) is not known; accepted: as name 1 to 32 letters",
            Assert.Single(Read(new(), new(Right) { ["Gateway:Oidc:a b:Issuer"] = "https://b.test" })),
            StringComparison.Ordinal);

    [Fact]
    public void Read_SameIssuerTwice_IsRefused() =>
        Assert.StartsWith(
            "Gateway:Oidc:other:Issuer = 'https://issuer.test' is not valid; accepted: an issuer that no other sign-on has, and Gateway:Oidc:corp has it.",
            Assert.Single(Read(new(), new(Right) { ["Gateway:Oidc:other:Issuer"] = "https://issuer.test", ["Gateway:Oidc:other:ClientId"] = "b" })),
            StringComparison.Ordinal);

    [Fact]
    public void Read_MachinesAlone_NeedNoClient() =>
        Assert.Empty(Read(new(), new() { ["Gateway:Oidc:ci:Issuer"] = "https://ci.test", ["Gateway:Oidc:ci:Audiences"] = "https://gateway.test" }));

    private static IReadOnlyList<string> Read(GatewayOptions options, Dictionary<string, string?> settings) =>
        GatewayOptionsReader.Read(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), new HashSet<string>(), options);
}
