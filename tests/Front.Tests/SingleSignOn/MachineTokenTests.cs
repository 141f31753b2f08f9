using System.Text.Json.Nodes;
using GatewayActors.Front.Tests.Management;
using Xunit;

namespace GatewayActors.Front.Tests.SingleSignOn;

/// <summary>Tokens of an identity provider as bearer tokens of the admin API.</summary>
[Collection(typeof(AdminTests))]
public sealed class MachineTokenTests(AdminHost host) : IAsyncLifetime
{
    private static readonly string Gateways = $"accounts/{SignOnSettings.Account}/ai-gateway/gateways";

    public async ValueTask InitializeAsync() => await host.Account(SignOnSettings.Account).CreateAsync("Corp", TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData(FakeIssuer.ClientId)]
    [InlineData(SignOnSettings.MachineAudience)]
    public async Task Token_OfAnAudience_HasTheRoleOfItsClaims(string audience)
    {
        var token = host.Issuer.Sign(Claims(audience, "viewers"), type: "at+jwt");

        (await GetAsync(token)).AssertSuccess();
        (await host.SendAsync(HttpMethod.Post, Gateways, token, Bodies.Gateway("g"))).AssertFailure(403, 10000);
    }

    [Fact]
    public async Task Token_WithoutRole_OpensNothing()
    {
        var token = host.Issuer.Sign(Claims(FakeIssuer.ClientId, "guests"));

        (await GetAsync(token)).AssertFailure(403, 10000);
        Assert.Empty((await host.SendAsync(HttpMethod.Get, "accounts", token)).AssertSuccess().Result.EnumerateArray());
    }

    [Theory]
    [InlineData("audience")]
    [InlineData("issuer")]
    [InlineData("expired")]
    [InlineData("no expiry")]
    [InlineData("not yet")]
    [InlineData("none")]
    [InlineData("public key")]
    [InlineData("unknown key")]
    [InlineData("another key")]
    [InlineData("kind")]
    [InlineData("no subject")]
    [InlineData("no token")]
    public async Task Token_WithAMistake_IsRefused(string mistake)
    {
        var token = SignOnFlowTests.WrongToken(host.Issuer, Claims(FakeIssuer.ClientId, "admins"), mistake);

        var answer = await GetAsync(token);

        answer.AssertFailure(401, 10000);
        Assert.Equal("Bearer", answer.Headers["WWW-Authenticate"]);
    }

    [Fact]
    public async Task Token_OfAnIssuerThatIsDown_Is503()
    {
        var claims = Claims("gateway", "admins");
        claims["iss"] = "http://127.0.0.1:9";

        var answer = await GetAsync(host.Issuer.Sign(claims));

        answer.AssertFailure(503, 7000);
        Assert.Equal("10", answer.Headers["Retry-After"]);
    }

    [Fact]
    public async Task Token_OfTheSameKeysForAnotherIssuer_HasThatIssuersRoles()
    {
        var claims = Claims(SignOnSettings.MachineAudience, "admins");
        claims["iss"] = $"{host.Issuer.Address}/machines";

        (await GetAsync(host.Issuer.Sign(claims))).AssertFailure(403, 10000); // That one has no roles.
    }

    [Fact]
    public async Task SignOut_OfAMachine_IsRefused()
    {
        var token = host.Issuer.Sign(Claims(FakeIssuer.ClientId, "admins"));

        (await host.SendAsync(HttpMethod.Post, "../../auth/sign-out", token)).AssertFailure(403, 9109);
    }

    private JsonObject Claims(string audience, params string[] groups)
    {
        var claims = SignOnBrowser.With(host.Issuer.Claims(), groups);
        claims["aud"] = audience;
        return claims;
    }

    private Task<Answer> GetAsync(string token) => host.SendAsync(HttpMethod.Get, Gateways, token);
}
