using System.Text.Json.Nodes;
using GatewayActors.Abstractions.Policies;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.SingleSignOn;

/// <summary>Identities in place of tokens on the data plane.</summary>
public sealed class DataPlaneIdentityTests : IAsyncLifetime
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private readonly FakeIssuer _issuer = new();
    private DataPlaneHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        await _issuer.StartAsync();
        _host = await DataPlaneHost.StartAsync(options =>
        {
            var corp = new OidcOptions { Issuer = _issuer.Address, ClientId = FakeIssuer.ClientId };
            corp.Roles["run"] = new() { Value = "engineers", Account = DataPlaneHost.Account, Role = OidcRole.Runner };
            corp.Roles["read"] = new() { Value = "auditors", Account = DataPlaneHost.Account, Role = OidcRole.Viewer };
            corp.Roles["elsewhere"] = new() { Value = "others", Account = new string('f', 32), Role = OidcRole.Admin };
            options.Oidc["corp"] = corp;
            options.Oidc["down"] = new() { Issuer = "http://127.0.0.1:9", ClientId = FakeIssuer.ClientId };
        });
        _host.Gateway.Set(DataPlaneHost.Configuration(authentication: true));
        _host.Script.Otherwise(_ => UpstreamReply.Json("{}"));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    [Theory]
    [InlineData("cf-access-jwt-assertion", "{0}")]
    [InlineData("cf-access-token", "{0}")]
    [InlineData("cookie", "a=b; CF_Authorization={0}; c=d")]
    [InlineData("cf-aig-authorization", "Bearer {0}")]
    [InlineData("x-api-key", "{0}")]
    [InlineData("x-goog-api-key", "{0}")]
    public async Task Identity_InEveryPlace_AuthenticatesNamesTheUserAndGoesNoFurther(string place, string form)
    {
        var token = Token("engineers");

        var answer = await SendAsync((place, string.Format(System.Globalization.CultureInfo.InvariantCulture, form, token)), ("authorization", "Bearer sk-provider"));

        Assert.True(answer.Status == 200, answer.Text);
        var request = await _host.Script.NextAsync(_cancelled);
        Assert.Equal("Bearer sk-provider", request.Header("authorization"));
        Assert.DoesNotContain(request.Headers, header => header.Value.Contains(token, StringComparison.Ordinal));
        var entry = (await _host.Logs.NextAsync(_cancelled)).Entry;
        Assert.True(entry.Authentication);
        Assert.Equal("""{"cf.user_id":"user-1"}""", entry.MetadataJson);
    }

    [Fact]
    public async Task Identity_AsTheKeyOfAnSdk_IsNoKeyOfTheProvider()
    {
        var answer = await SendAsync(("authorization", "Bearer " + Token("engineers")));

        answer.AssertError(400, 2040);
        Assert.Empty(_host.Script.Requests);
    }

    [Theory]
    [InlineData("auditors")]
    [InlineData("others")]
    [InlineData("guests")]
    public async Task Identity_WithoutTheRightToRunHere_IsRefused(string group) =>
        (await SendAsync(("cf-access-token", Token(group)), ("authorization", "Bearer sk-provider"))).AssertError(401, 2009);

    [Theory]
    [InlineData("expired")]
    [InlineData("none")]
    [InlineData("public key")]
    [InlineData("another key")]
    [InlineData("unknown key")]
    public async Task Identity_WithAMistake_IsRefusedAndGoesNoFurther(string mistake)
    {
        var claims = Claims("engineers");
        var token = mistake == "expired" ? _issuer.Sign(Expired(claims)) : SignOnFlowTests.WrongToken(_issuer, claims, mistake);
        (await SendAsync(("x-api-key", token), ("authorization", "Bearer sk-provider"))).AssertError(401, 2009);

        _host.Gateway.Set(DataPlaneHost.Configuration(authentication: false));
        Assert.Equal(200, (await SendAsync(("x-api-key", token), ("authorization", "Bearer sk-provider"))).Status);
        Assert.DoesNotContain((await _host.Script.NextAsync(_cancelled)).Headers, header => header.Value.Contains(token, StringComparison.Ordinal));
        Assert.Null((await _host.Logs.NextAsync(_cancelled)).Entry.MetadataJson);
    }

    [Theory]
    [InlineData("audience")]
    [InlineData("issuer")]
    public async Task Token_MeantForSomebodyElse_IsTheProvidersKey(string other)
    {
        var token = SignOnFlowTests.WrongToken(_issuer, Claims("engineers"), other);
        _host.Gateway.Set(DataPlaneHost.Configuration(authentication: false));

        Assert.Equal(200, (await SendAsync(("authorization", "Bearer " + token))).Status);

        Assert.Equal("Bearer " + token, (await _host.Script.NextAsync(_cancelled)).Header("authorization"));
    }

    [Fact]
    public async Task Identity_BesideAToken_NamesTheUser()
    {
        var answer = await _host.SendAsync(
            HttpMethod.Post,
            "openai/chat/completions",
            Bodies.Chat,
            ("cf-aig-authorization", "Bearer " + _host.Token),
            ("cf-access-jwt-assertion", Token("guests")),
            ("cf-aig-metadata", """{"team":"a","cf.user_id":"somebody else"}"""),
            ("authorization", "Bearer sk-provider"));

        Assert.Equal(200, answer.Status);
        Assert.Equal("""{"team":"a","cf.user_id":"user-1"}""", (await _host.Logs.NextAsync(_cancelled)).Entry.MetadataJson);
    }

    [Fact]
    public async Task Identity_OfAnIssuerThatIsDown_Is503_ButNotBesideAToken()
    {
        var claims = Claims("engineers");
        claims["iss"] = "http://127.0.0.1:9";
        var token = _issuer.Sign(claims);

        Assert.Equal(503, (await SendAsync(("cf-access-token", token), ("authorization", "Bearer sk-provider"))).Status);
        Assert.Equal(200, (await SendAsync(("cf-access-token", token), ("cf-aig-authorization", _host.Token), ("authorization", "Bearer sk-provider"))).Status);
    }

    [Theory]
    [InlineData("cf.user.id == \"user-1\"", 200)]
    [InlineData("cf.user.email == \"ada@corp.test\"", 200)]
    [InlineData("\"engineers\" in cf.user.groups", 200)]
    [InlineData("\"admins\" in cf.user.groups", 403)]
    [InlineData("cf.custom.name == \"Ada Test\"", 200)]
    [InlineData("cf.country == \"NO\"", 200)]
    public async Task Identity_IsWhatPoliciesLookAt(string condition, int status)
    {
        await _host.Gateway.SetPoliciesAsync(
            Guid.Empty,
            1,
            [new() { Id = Guid.CreateVersion7(), Definition = new() { Name = "p", Actor = "user:{cf.user.id}", Resource = "\"*\"", Condition = condition, Action = new() { Kind = PolicyActionKind.NoLimit } } }],
            _cancelled);
        var claims = Claims("engineers");
        claims["country"] = "NO";

        Assert.Equal(status, (await SendAsync(("cf-access-token", _issuer.Sign(claims)), ("authorization", "Bearer sk-provider"))).Status);
        Assert.Equal(403, (await SendAsync(("cf-aig-authorization", _host.Token), ("authorization", "Bearer sk-provider"))).Status); // Nobody in particular.
    }

    private string Token(string group) => _issuer.Sign(Claims(group));

    private JsonObject Expired(JsonObject claims)
    {
        claims["exp"] = _host.Clock.GetUtcNow().ToUnixTimeSeconds() - 60;
        return claims;
    }

    private JsonObject Claims(string group)
    {
        var claims = SignOnBrowser.With(_issuer.Claims(), group);
        var now = _host.Clock.GetUtcNow().ToUnixTimeSeconds();
        (claims["iat"], claims["exp"]) = (now, now + 300);
        return claims;
    }

    private Task<FrontAnswer> SendAsync(params (string Name, string Value)[] headers) =>
        _host.SendAsync(HttpMethod.Post, "openai/chat/completions", Bodies.Chat, headers);
}
