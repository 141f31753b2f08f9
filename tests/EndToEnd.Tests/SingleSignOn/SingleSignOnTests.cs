namespace GatewayActors.EndToEnd.Tests.SingleSignOn;

/// <summary>The whole way with a real identity provider: its login form, its tokens, its keys.</summary>
public sealed class SingleSignOnTests(IdentityProviderFixture fixture) : IClassFixture<IdentityProviderFixture>, IDisposable
{
    private readonly ProviderBrowser _browser = new(fixture);

    private string Account => $"client/v4/accounts/{fixture.Gateway.AccountId}";

    public void Dispose() => _browser.Dispose();

    [Fact]
    public async Task Admin_SignsOn_ChangesAGatewayAndIsNamedInTheAuditLog()
    {
        var token = await _browser.GetTokenAsync("ada");

        var user = await _browser.SendAsync(HttpMethod.Get, "client/v4/user", token);
        Assert.Equal("""{"id":"corp:ada","email":"ada@corp.test","first_name":"Ada","last_name":"Test"}""", user.Body.GetProperty("result").GetRawText());
        var membership = Assert.Single((await _browser.SendAsync(HttpMethod.Get, "client/v4/memberships", token)).Body.GetProperty("result").EnumerateArray());
        Assert.Equal("admin", membership.GetProperty("roles")[0].GetString());
        Assert.Equal(200, (await _browser.SendAsync(HttpMethod.Put, Account, token, """{"name":"Ada's"}""")).Status);

        var entries = (await _browser.SendAsync(HttpMethod.Get, $"{Account}/audit_logs?actor.email=ada@corp.test", token)).Body.GetProperty("result");
        Assert.Equal("corp:ada", entries[0].GetProperty("actor").GetProperty("id").GetString());
    }

    [Fact]
    public async Task Viewer_ReadsAndChangesNothing()
    {
        var token = await _browser.GetTokenAsync("bob");

        Assert.Equal(200, (await _browser.SendAsync(HttpMethod.Get, $"{Account}/ai-gateway/gateways", token)).Status);
        Assert.Equal(403, (await _browser.SendAsync(HttpMethod.Put, Account, token, """{"name":"Bob's"}""")).Status);
        Assert.Equal(403, (await _browser.SendAsync(HttpMethod.Post, "client/v4/accounts", token, """{"name":"Bob's"}""")).Status);
    }

    [Fact]
    public async Task Stranger_HasNoRole() => Assert.Equal("/logs?a=b#sign_on_error=no_role", await _browser.SignOnAsync("eve", "/logs?a=b"));

    [Fact]
    public async Task Machine_ShowsTheIssuersToken()
    {
        var token = await _browser.GetMachineTokenAsync();

        Assert.Equal(200, (await _browser.SendAsync(HttpMethod.Get, $"{Account}/ai-gateway/gateways", token)).Status);
        Assert.Equal(403, (await _browser.SendAsync(HttpMethod.Put, Account, token, """{"name":"Robot's"}""")).Status);
        Assert.Equal(401, (await _browser.SendAsync(HttpMethod.Get, $"{Account}/ai-gateway/gateways", token[..^4] + "AAAA")).Status);
    }

    [Fact]
    public async Task Machine_SendsAnExchangeWithTheIssuersToken()
    {
        const string Chat = """{"model":"simulator","messages":[{"role":"user","content":"Hello"}]}""";
        var path = $"v1/{fixture.Gateway.AccountId}/default/simulator/chat/completions";

        Assert.Equal(200, (await _browser.SendAsync(HttpMethod.Post, path, await _browser.GetMachineTokenAsync(), Chat)).Status);
        Assert.Equal(401, (await _browser.SendAsync(HttpMethod.Post, path, await _browser.GetTokenAsync("bob"), Chat)).Status); // A viewer spends nothing.

        var logs = (await _browser.SendAsync(HttpMethod.Get, $"{Account}/ai-gateway/gateways/default/logs", fixture.Gateway.Token)).Body.GetProperty("result");
        Assert.Contains(logs.EnumerateArray(), entry => entry.GetRawText().Contains("""{"cf.user_id":"robot"}""", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Session_OutlivesACrash_AndItsSignOutToo()
    {
        var (kept, ended) = (await _browser.GetTokenAsync("ada"), await _browser.GetTokenAsync("ada"));
        var answer = await _browser.SendAsync(HttpMethod.Post, "auth/sign-out", ended);
        Assert.StartsWith($"{fixture.Issuer}/session/end?", answer.Body.GetProperty("result").GetProperty("sign_out_url").GetString(), StringComparison.Ordinal);

        await fixture.Gateway.KillAsync();
        await fixture.Gateway.StartAsync(TestContext.Current.CancellationToken);

        Assert.Equal(200, (await _browser.SendAsync(HttpMethod.Get, "client/v4/user", kept)).Status);
        Assert.Equal(401, (await _browser.SendAsync(HttpMethod.Get, "client/v4/user", ended)).Status);
        Assert.DoesNotContain(kept, fixture.Gateway.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(fixture.ClientSecret, fixture.Gateway.Output, StringComparison.Ordinal);
    }
}
