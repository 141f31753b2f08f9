using GatewayActors.Abstractions.Accounts;
using Xunit;

namespace GatewayActors.Front.Tests.Management;

[Collection(typeof(AdminTests))]
public sealed class TokenApiTests(AdminHost host)
{
    private static readonly string Foreign = new('0', 32);

    [Fact]
    public async Task Create_Token_AnswersItsValueOnce()
    {
        var tenant = await host.CreateTenantAsync();

        var created = await host.CreateTokenAsync(tenant.AccountId, tenant.Token, "AI Gateway Read");

        var (id, value) = (created.GetProperty("id").GetString()!, created.GetProperty("value").GetString()!);
        Assert.True(TokenValue.TryParse(value, out var account));
        Assert.Equal(tenant.AccountId, account);
        var got = (await tenant.GetAsync($"tokens/{id}")).AssertSuccess();
        Assert.Equal("active", got.Result.GetProperty("status").GetString());
        Assert.Equal("AI Gateway Read", got.Result.GetProperty("policies")[0].GetProperty("permission_groups")[0].GetProperty("name").GetString());
        Assert.DoesNotContain(value, got.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(value, (await tenant.GetAsync("tokens")).AssertSuccess().Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_EveryField_EchoesThem()
    {
        var tenant = await host.CreateTenantAsync();

        var created = (await tenant.SendAsync(HttpMethod.Post, "tokens", Body(
            tenant.AccountId, """
            ,"not_before":"2026-01-01T00:00:00Z","expires_on":"2999-12-31T23:59:59+00:00","condition":{"request_ip":{"in":["10.0.0.0/8","127.0.0.1"],"not_in":["10.1.2.3"]}}
            """))).AssertSuccess().Result;

        Assert.Equal("2026-01-01T00:00:00.000Z", created.GetProperty("not_before").GetString());
        Assert.Equal("2999-12-31T23:59:59.000Z", created.GetProperty("expires_on").GetString());
        Assert.Equal("""{"in":["10.0.0.0/8","127.0.0.1"],"not_in":["10.1.2.3"]}""", created.GetProperty("condition").GetProperty("request_ip").GetRawText());
        var works = await host.SendAsync(HttpMethod.Get, $"accounts/{tenant.AccountId}/tokens/verify", created.GetProperty("value").GetString());
        Assert.Equal("2999-12-31T23:59:59.000Z", works.AssertSuccess().Result.GetProperty("expires_on").GetString());
    }

    [Fact]
    public async Task Create_NetworkOfOthers_IsRefusedHere()
    {
        var tenant = await host.CreateTenantAsync();
        var created = (await tenant.SendAsync(HttpMethod.Post, "tokens", Body(tenant.AccountId, ""","condition":{"request_ip":{"in":["192.0.2.0/24"]}}"""))).AssertSuccess();

        (await host.SendAsync(HttpMethod.Get, "accounts", created.Result.GetProperty("value").GetString())).AssertFailure(401, 10000);
    }

    [Fact]
    public async Task Create_MorePermissionsThanTheCreator_IsForbidden()
    {
        var tenant = await host.CreateTenantAsync("Account API Tokens Write", "AI Gateway Read");

        (await tenant.SendAsync(HttpMethod.Post, "tokens", Body(tenant.AccountId, group: "AI Gateway Write"))).AssertFailure(403, 10000);
        (await tenant.SendAsync(HttpMethod.Post, "tokens", Body(tenant.AccountId, group: "AI Gateway Read"))).AssertSuccess();
    }

    [Fact]
    public async Task Update_MorePermissionsThanTheCaller_IsForbidden()
    {
        var tenant = await host.CreateTenantAsync("Account API Tokens Write", "AI Gateway Read");

        (await tenant.SendAsync(HttpMethod.Put, $"tokens/{tenant.TokenId}", Body(tenant.AccountId, group: "Secrets Store Write"))).AssertFailure(403, 10000);
    }

    [Fact]
    public async Task Roll_StrongerTokenThanTheCallers_IsForbidden()
    {
        var owner = await host.CreateTenantAsync();
        var weak = await host.CreateTokenAsync(owner.AccountId, owner.Token, "Account API Tokens Write");

        var answer = await host.SendAsync(HttpMethod.Put, $"accounts/{owner.AccountId}/tokens/{owner.TokenId}/value", weak.GetProperty("value").GetString(), "{}");

        answer.AssertFailure(403, 10000);
        (await owner.GetAsync("tokens/verify")).AssertSuccess();
    }

    [Fact]
    public async Task Roll_Token_NewValueWorks()
    {
        var owner = await host.CreateTenantAsync();
        var token = await host.CreateTokenAsync(owner.AccountId, owner.Token, "AI Gateway Read");

        var rolled = (await owner.SendAsync(HttpMethod.Put, $"tokens/{token.GetProperty("id").GetString()}/value")).AssertSuccess().Result.GetString();

        Assert.NotEqual(token.GetProperty("value").GetString(), rolled);
        (await host.SendAsync(HttpMethod.Get, $"accounts/{owner.AccountId}/tokens/verify", rolled)).AssertSuccess();
        (await host.SendAsync(HttpMethod.Get, "accounts", token.GetProperty("value").GetString())).AssertFailure(401, 10000);
    }

    [Fact]
    public async Task Delete_Token_IsGone()
    {
        var owner = await host.CreateTenantAsync();
        var token = await host.CreateTokenAsync(owner.AccountId, owner.Token, "AI Gateway Read");
        var id = token.GetProperty("id").GetString();

        Assert.Equal(id, (await owner.SendAsync(HttpMethod.Delete, $"tokens/{id}")).AssertSuccess().Result.GetProperty("id").GetString());

        (await owner.GetAsync($"tokens/{id}")).AssertFailure(404, 7002);
        (await host.SendAsync(HttpMethod.Get, "accounts", token.GetProperty("value").GetString())).AssertFailure(401, 10000);
    }

    [Fact]
    public async Task Update_OmittedFields_KeepTheirValues()
    {
        var owner = await host.CreateTenantAsync();
        var created = (await owner.SendAsync(HttpMethod.Post, "tokens", Body(
            owner.AccountId, ""","expires_on":"2999-01-01T00:00:00Z","condition":{"request_ip":{"in":["127.0.0.1"]}}"""))).AssertSuccess().Result;
        var path = $"tokens/{created.GetProperty("id").GetString()}";

        var disabled = (await owner.SendAsync(HttpMethod.Put, path, Body(owner.AccountId, ",\"status\":\"disabled\""))).AssertSuccess().Result;
        Assert.Equal("disabled", disabled.GetProperty("status").GetString());
        Assert.True(disabled.TryGetProperty("expires_on", out _));
        Assert.True(disabled.TryGetProperty("condition", out _));

        var cleared = (await owner.SendAsync(HttpMethod.Put, path, Body(owner.AccountId, ",\"expires_on\":null,\"condition\":null"))).AssertSuccess().Result;
        Assert.Equal("disabled", cleared.GetProperty("status").GetString());
        Assert.False(cleared.TryGetProperty("expires_on", out _));
        Assert.False(cleared.TryGetProperty("condition", out _));
    }

    [Fact]
    public async Task List_ExpiredTokens_AreShownOnRequest()
    {
        var owner = await host.CreateTenantAsync();
        var created = (await owner.SendAsync(HttpMethod.Post, "tokens", Body(owner.AccountId))).AssertSuccess().Result;
        (await owner.SendAsync(
            HttpMethod.Put, $"tokens/{created.GetProperty("id").GetString()}", Body(owner.AccountId, ",\"expires_on\":\"2020-01-01T00:00:00Z\""))).AssertSuccess();

        Assert.Equal(1, (await owner.GetAsync("tokens")).AssertSuccess().Result.GetArrayLength());
        var all = (await owner.GetAsync("tokens?include_expired=true&direction=desc&per_page=5")).AssertSuccess();
        Assert.Equal(["expired", "active"], all.Result.EnumerateArray().Select(token => token.GetProperty("status").GetString()));
    }

    [Theory]
    [InlineData("{}", "name: Required", "policies: Required")]
    [InlineData("""{"name":"n","policies":[]}""", "policies: Array must contain at least 1 element(s)")]
    [InlineData("""{"name":"n","policies":[{}]}""", "policies.0.effect: Required", "policies.0.permission_groups: Required", "policies.0.resources: Required")]
    [InlineData("""{"name":"n","policies":[{"effect":"allow","permission_groups":[{"id":"no"}],"resources":{}}]}""", "policies.0.permission_groups.0.id: Unknown permission group", "policies.0.resources: At least one resource is needed")]
    [InlineData("""{"name":"","policies":"all","status":"on","not_before":"soon","expires_on":5}""", "status: Invalid enum value. Expected 'active' | 'disabled' | 'expired', received 'on'", "not_before: Invalid datetime: RFC 3339 is expected", "expires_on: Expected string, received number", "name: String must contain at least 1 character(s)", "policies: Expected array, received string")]
    public async Task Create_Mistakes_AreAllListed(string body, params string[] expected)
    {
        var tenant = await host.CreateTenantAsync();

        var answer = await tenant.SendAsync(HttpMethod.Post, "tokens", body);

        answer.AssertFailure(400, 7001);
        Assert.Equal(expected.Select(mistake => $"body.{mistake}"), answer.Errors);
    }

    [Theory]
    [InlineData(""","expires_on":"2020-01-01T00:00:00Z" """, "expires_on: expires_on must be in the future")]
    [InlineData(""","not_before":"2999-01-02T00:00:00Z","expires_on":"2999-01-01T00:00:00Z" """, "expires_on: expires_on must be later than not_before")]
    [InlineData(""","condition":{"request_ip":{"in":["10.0.0.0/33"],"not_in":["x"]}}""", "condition.request_ip.in.0: Invalid network: an IP address or CIDR range is expected", "condition.request_ip.not_in.0: Invalid network: an IP address or CIDR range is expected")]
    public async Task Create_WrongLimits_AreListed(string more, params string[] expected)
    {
        var tenant = await host.CreateTenantAsync();

        var answer = await tenant.SendAsync(HttpMethod.Post, "tokens", Body(tenant.AccountId, more));

        answer.AssertFailure(400, 7001);
        Assert.Equal(expected.Select(mistake => $"body.{mistake}"), answer.Errors);
    }

    [Fact]
    public async Task Create_ResourceOfAnotherAccount_IsInvalidInput()
    {
        var tenant = await host.CreateTenantAsync();

        (await tenant.SendAsync(HttpMethod.Post, "tokens", Body(Foreign))).AssertFailure(400, 7001);
    }

    [Fact]
    public async Task PermissionGroups_Filters_Apply()
    {
        var tenant = await host.CreateTenantAsync("Account API Tokens Write", "AI Gateway Read");

        var all = (await tenant.GetAsync("tokens/permission_groups")).AssertSuccess();
        Assert.Equal(PermissionGroups.All.Select(group => group.Id), all.Result.EnumerateArray().Select(group => group.GetProperty("id").GetString()));
        Assert.False(all.Result.EnumerateArray().Single(group => group.GetProperty("name").GetString() == "AI Gateway Write").GetProperty("is_selectable").GetBoolean());
        var read = Assert.Single((await tenant.GetAsync("tokens/permission_groups?name=AI%20Gateway%20Read&scope=com.cloudflare.api.account")).Result.EnumerateArray());
        Assert.True(read.GetProperty("is_selectable").GetBoolean());
        Assert.Empty((await tenant.GetAsync("tokens/permission_groups?scope=com.cloudflare.api.account.zone")).Result.EnumerateArray());
    }

    [Fact]
    public async Task Verify_ValidToken_AnswersTheNotice()
    {
        var tenant = await host.CreateTenantAsync("AI Gateway Run");

        foreach (var path in (string[])["user/tokens/verify", $"accounts/{tenant.AccountId}/tokens/verify"])
        {
            var answer = (await host.SendAsync(HttpMethod.Get, path, tenant.Token)).AssertSuccess();
            Assert.Equal($$"""{"id":"{{tenant.TokenId}}","status":"active"}""", answer.Result.GetRawText());
            Assert.Equal(10000, answer.Body.GetProperty("messages")[0].GetProperty("code").GetInt32());
        }
    }

    [Fact]
    public async Task Account_CreateRenameDelete_Works()
    {
        var tenant = await host.CreateTenantAsync();
        await tenant.CreateGatewayAsync("g");
        var entry = Entries.Make(tenant.AccountId, "g");
        host.Logs.Add(entry);

        var renamed = (await tenant.SendAsync(HttpMethod.Put, "", $$"""{"id":"{{tenant.AccountId}}","name":"New name","type":"standard"}""")).AssertSuccess().Result;
        Assert.Equal("New name", renamed.GetProperty("name").GetString());
        Assert.Equal("{}", renamed.GetProperty("settings").GetRawText());
        var found = await host.SendAsync(HttpMethod.Get, "accounts?name=new%20NAME&per_page=1000&direction=desc", AdminHost.OperatorToken);
        Assert.Contains(found.AssertSuccess().Result.EnumerateArray(), account => account.GetProperty("id").GetString() == tenant.AccountId);

        (await tenant.SendAsync(HttpMethod.Delete, "")).AssertFailure(403, 10000);
        (await host.SendAsync(HttpMethod.Delete, $"accounts/{tenant.AccountId}", AdminHost.OperatorToken)).AssertSuccess();

        (await host.SendAsync(HttpMethod.Get, $"accounts/{tenant.AccountId}", AdminHost.OperatorToken)).AssertFailure(404, 7003);
        Assert.Null(await host.Logs.FindAsync(tenant.AccountId, "g", entry.Id, TestContext.Current.CancellationToken));
    }

    private static string Body(string accountId, string more = "", string group = "AI Gateway Read") => $$$"""
        {"name":"n","policies":[{"effect":"allow","permission_groups":[{"id":"{{{PermissionGroups.All.Single(known => known.Name == group).Id}}}"}],
         "resources":{"{{{PermissionGroups.AccountResource(accountId)}}}":"*"}}]{{{more}}}}
        """;
}
