using System.Text.Json;
using System.Text.Json.Nodes;
using GatewayActors.Front.Tests.Management;
using Xunit;

namespace GatewayActors.Front.Tests.SingleSignOn;

/// <summary>What the admin API is to somebody who has signed on.</summary>
[Collection(typeof(AdminTests))]
public sealed class SignedOnPersonTests(AdminHost host) : IAsyncLifetime
{
    private static readonly string Account = SignOnSettings.Account;

    public async ValueTask InitializeAsync()
    {
        await host.Account(Account).CreateAsync("Corp", TestContext.Current.CancellationToken);
        await host.Account(SignOnSettings.OtherAccount).CreateAsync("Other", TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Identity_OfAPerson_IsTheirs()
    {
        var token = await SignOnBrowser.SignOnAsync(host, "editors");

        Assert.Equal(
            """{"id":"corp:user-1","email":"ada@corp.test","first_name":"Ada","last_name":"Test"}""",
            (await GetAsync("user", token)).AssertSuccess().Result.GetRawText());
        var verified = (await GetAsync("user/tokens/verify", token)).AssertSuccess().Result;
        Assert.Equal("active", verified.GetProperty("status").GetString());
        Assert.True(verified.TryGetProperty("expires_on", out _));
        (await GetAsync($"accounts/{Account}/tokens/verify", token)).AssertSuccess();
    }

    [Theory]
    [InlineData("viewers", "viewer")]
    [InlineData("editors", "editor")]
    [InlineData("admins", "admin")]
    public async Task Accounts_OfAPerson_AreThoseOfTheirRoles(string group, string role)
    {
        var token = await SignOnBrowser.SignOnAsync(host, group);

        var accounts = await GetAsync("accounts", token);
        Assert.Equal([Account], Ids(accounts));
        Assert.Equal(1, accounts.Body.GetProperty("result_info").GetProperty("total_count").GetInt32());
        var membership = Assert.Single((await GetAsync("memberships", token)).Result.EnumerateArray());
        Assert.Equal(Account, membership.GetProperty("account").GetProperty("id").GetString());
        Assert.Equal([role], membership.GetProperty("roles").EnumerateArray().Select(one => one.GetString()!));
    }

    [Fact]
    public async Task Accounts_OfTwoRoles_HaveEachItsOwn()
    {
        var token = await SignOnBrowser.SignOnAsync(host, "viewers", "other-admins");

        Assert.Equal([Account, SignOnSettings.OtherAccount], Ids(await GetAsync("accounts", token)));
        (await PutNameAsync(Account, token)).AssertFailure(403, 10000);
        (await PutNameAsync(SignOnSettings.OtherAccount, token)).AssertSuccess();
    }

    [Fact]
    public async Task Accounts_OfSomebodyWithEveryAccount_AreAllOfThem()
    {
        var tenant = await host.CreateTenantAsync();
        var token = await SignOnBrowser.SignOnAsync(host, "auditors");

        Assert.Contains(tenant.AccountId, Ids(await GetAsync("accounts?per_page=1000", token)));
        (await GetAsync($"accounts/{tenant.AccountId}/ai-gateway/gateways", token)).AssertSuccess();
        (await host.SendAsync(HttpMethod.Post, $"accounts/{tenant.AccountId}/ai-gateway/gateways", token, Bodies.Gateway("g"))).AssertFailure(403, 10000);
        (await host.SendAsync(HttpMethod.Post, "accounts", token, """{"name":"mine"}""")).AssertFailure(403, 10000);
    }

    [Fact]
    public async Task Accounts_OnlyOperatorsMakeThem()
    {
        var admin = await SignOnBrowser.SignOnAsync(host, "admins");
        var owner = await SignOnBrowser.SignOnAsync(host, "operators");

        (await host.SendAsync(HttpMethod.Post, "accounts", admin, """{"name":"mine"}""")).AssertFailure(403, 10000);
        var made = (await host.SendAsync(HttpMethod.Post, "accounts", owner, """{"name":"mine"}""")).AssertSuccess().Result.GetProperty("id").GetString();
        (await host.SendAsync(HttpMethod.Delete, $"accounts/{made}", admin)).AssertFailure(403, 10000);
        (await host.SendAsync(HttpMethod.Delete, $"accounts/{made}", owner)).AssertSuccess();
    }

    [Fact]
    public async Task AnotherAccount_IsClosed()
    {
        var tenant = await host.CreateTenantAsync();
        await tenant.CreateGatewayAsync("g");
        var token = await SignOnBrowser.SignOnAsync(host, "admins");

        (await GetAsync($"accounts/{tenant.AccountId}", token)).AssertFailure(403, 10000);
        (await GetAsync($"accounts/{tenant.AccountId}/ai-gateway/gateways/g", token)).AssertFailure(403, 10000);
        (await host.SendAsync(HttpMethod.Delete, $"accounts/{tenant.AccountId}/ai-gateway/gateways/g", token)).AssertFailure(403, 10000);
        var query = await host.SendAsync(
            HttpMethod.Post, "graphql", token, $$"""{"query":"{ viewer { accounts(filter: {accountTag: \"{{tenant.AccountId}}\"}) { aiGatewayRequestsAdaptiveGroups(limit: 1) { count } } } }"}""");
        Assert.Contains("not authorized", query.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tokens_AnAdminGivesThem_AnEditorDoesNot()
    {
        var admin = await SignOnBrowser.SignOnAsync(host, "admins");
        var editor = await SignOnBrowser.SignOnAsync(host, "editors");

        await host.CreateTokenAsync(Account, admin, "AI Gateway Run");
        (await host.SendAsync(HttpMethod.Post, $"accounts/{Account}/tokens", editor, """{"name":"a","policies":[]}""")).AssertFailure(403, 10000);
    }

    [Fact]
    public async Task AuditLog_NamesThePerson()
    {
        var token = await SignOnBrowser.SignOnAsync(host, "admins");
        var tenant = await host.CreateTenantAsync();

        (await PutNameAsync(Account, token)).AssertSuccess();
        (await PutNameAsync(tenant.AccountId, token)).AssertFailure(403, 10000);

        var entries = (await GetAsync($"accounts/{Account}/audit_logs?actor.id=corp:user-1&actor.email=ada@corp.test&action.type=update&per_page=2", token)).AssertSuccess().Result.EnumerateArray().ToArray();
        Assert.Equal([false, true], entries.Select(entry => entry.GetProperty("action").GetProperty("result").GetBoolean())); // What was refused stands at home.
        Assert.All(entries, entry =>
        {
            Assert.Equal("user", entry.GetProperty("actor").GetProperty("type").GetString());
            Assert.Equal("user", entry.GetProperty("metadata").GetProperty("token_type").GetString());
        });
        Assert.DoesNotContain("gws_", string.Concat(entries.Select(entry => entry.GetRawText())), StringComparison.Ordinal);
        Assert.DoesNotContain((await tenant.GetAsync("audit_logs")).Result.EnumerateArray(), entry => entry.GetProperty("actor").GetProperty("id").GetString() == "corp:user-1");
    }

    [Fact]
    public async Task SignOut_EndsTheSession_AndSaysWhereElse()
    {
        var token = await SignOnBrowser.SignOnAsync(host, "viewers");
        var other = await SignOnBrowser.SignOnAsync(host, "viewers");
        (await GetAsync("user", token)).AssertSuccess();

        var answer = (await SendAuthAsync("auth/sign-out", token)).AssertSuccess();

        Assert.StartsWith($"{host.Issuer.Address}/end?client_id=gateway&post_logout_redirect_uri=", answer.Result.GetProperty("sign_out_url").GetString(), StringComparison.Ordinal);
        (await GetAsync("user", token)).AssertFailure(401, 10000);
        (await GetAsync("user", other)).AssertSuccess();
    }

    [Fact]
    public async Task SignOut_Everywhere_EndsTheOtherSessionsToo()
    {
        var token = await SignOnBrowser.SignOnAsync(host, "viewers");
        var other = await SignOnBrowser.SignOnAsync(host, "viewers");

        (await SendAuthAsync("auth/sign-out?everywhere=true", token)).AssertSuccess();

        (await GetAsync("user", other)).AssertFailure(401, 10000);
    }

    [Fact]
    public async Task SignOut_OfAToken_IsRefused()
    {
        var tenant = await host.CreateTenantAsync();

        (await SendAuthAsync("auth/sign-out", tenant.Token)).AssertFailure(403, 9109);
        (await SendAuthAsync("auth/sign-out", token: null)).AssertFailure(400, 9106);
        (await tenant.GetAsync("ai-gateway/gateways")).AssertSuccess();
    }

    [Fact]
    public async Task Session_OfANestedClaim_HasItsRole()
    {
        using var browser = new SignOnBrowser(host);
        var page = await browser.SignOnAsync(claims =>
        {
            claims["employee"] = new JsonObject { ["department"] = "finance" };
            return host.Issuer.Sign(claims);
        });

        var token = (await browser.RedeemAsync(SignOnBrowser.CodeOf(page))).AssertSuccess().Result.GetProperty("token").GetString();
        (await GetAsync($"accounts/{Account}", token)).AssertSuccess();
    }

    private static IEnumerable<string> Ids(Answer answer) => answer.AssertSuccess().Result.EnumerateArray().Select(account => account.GetProperty("id").GetString()!);

    private Task<Answer> GetAsync(string path, string? token) => host.SendAsync(HttpMethod.Get, path, token);

    private Task<Answer> PutNameAsync(string account, string token) => host.SendAsync(HttpMethod.Put, $"accounts/{account}", token, """{"name":"Corp"}""");

    // The host sends below the admin API.
    private Task<Answer> SendAuthAsync(string path, string? token) => host.SendAsync(HttpMethod.Post, $"../../{path}", token);
}
