using System.Text.Json;
using GatewayActors.Front.Management.Audit;
using Microsoft.AspNetCore.Routing;
using Xunit;

namespace GatewayActors.Front.Tests.Management;

/// <summary>Every change is recorded, by whom and of what, without a secret; nobody sees another account's log.</summary>
[Collection(typeof(AdminTests))]
public sealed class AuditApiTests(AdminHost host)
{
    private const string Gateways = "ai-gateway/gateways";

    [Fact]
    public void Endpoints_ThatChange_HaveANameOfTheLog()
    {
        var changing = host.Endpoints.Where(AuditedEndpoints.IsAudited).ToArray();

        Assert.NotEmpty(changing);
        Assert.All(changing, endpoint => Assert.True(
            AuditedEndpoints.TryRead(AuditedEndpoints.NameOf(endpoint), out _, out _),
            $"{endpoint.RoutePattern.RawText}: '{AuditedEndpoints.NameOf(endpoint)}' does not begin with a verb of the audit log; see AuditedEndpoints."));
    }

    [Fact]
    public async Task Change_OfAGateway_IsRecordedWithBeforeAndAfter()
    {
        var tenant = await host.CreateTenantAsync();
        await tenant.CreateGatewayAsync("g");
        var updated = await tenant.SendAsync(HttpMethod.Put, $"{Gateways}/g", Bodies.Gateway("g").Replace("\"cache_ttl\":0", "\"cache_ttl\":60", StringComparison.Ordinal));
        (await tenant.SendAsync(HttpMethod.Delete, $"{Gateways}/g")).AssertSuccess();

        var entries = await ListAsync(tenant, "&actor.id=" + tenant.TokenId);

        Assert.Equal(["delete", "update", "create"], entries.Select(Action));
        var update = entries[1];
        Assert.Equal(updated.AssertSuccess().Headers["cf-ray"], update.GetProperty("metadata").GetProperty("request_id").GetString());
        Assert.True(update.GetProperty("action").GetProperty("result").GetBoolean());
        Assert.Equal(("gateway", "g"), (Resource(update, "type"), Resource(update, "id")));
        Assert.Equal(("PUT", "UpdateGateway", 200), (Metadata(update, "method").GetString(), Metadata(update, "route").GetString(), Metadata(update, "status").GetInt32()));
        var actor = update.GetProperty("actor");
        Assert.Equal((tenant.TokenId, "token", "127.0.0.1", "user"), (actor.GetProperty("id").GetString(), actor.GetProperty("email").GetString(), actor.GetProperty("ip").GetString(), actor.GetProperty("type").GetString()));
        Assert.Equal(0, update.GetProperty("oldValueJson").GetProperty("cache_ttl").GetInt32());
        Assert.Equal(60, JsonElement.Parse(update.GetProperty("newValue").GetString()!).GetProperty("cache_ttl").GetInt32());
        Assert.Equal(tenant.AccountId, update.GetProperty("owner").GetProperty("id").GetString());
        Assert.False(entries[2].TryGetProperty("oldValue", out _));
        Assert.Equal(60, entries[0].GetProperty("oldValueJson").GetProperty("cache_ttl").GetInt32());
        Assert.False(entries[0].TryGetProperty("newValue", out _));
    }

    [Fact]
    public async Task Operator_ActingOnAnAccount_StandsInItsLogAsAdmin()
    {
        var tenant = await host.CreateTenantAsync();

        var entries = await ListAsync(tenant);

        Assert.Equal(["create token", "create account"], entries.Select(entry => $"{Action(entry)} {Resource(entry, "type")}"));
        Assert.All(entries, entry => Assert.Equal("admin", entry.GetProperty("actor").GetProperty("type").GetString()));
    }

    [Fact]
    public async Task Secrets_OfAnyResource_AreNotRecorded()
    {
        var tenant = await host.CreateTenantAsync();
        var token = (await host.CreateTokenAsync(tenant.AccountId, tenant.Token)).GetProperty("value").GetString()!;
        var id = (await ListAsync(tenant))[0].GetProperty("resource").GetProperty("id").GetString();
        var rolled = (await tenant.SendAsync(HttpMethod.Put, $"tokens/{id}/value", "{}")).AssertSuccess().Result.GetString()!;
        (await tenant.SendAsync(HttpMethod.Post, "ai-gateway/custom-providers",
            """{"name":"p","slug":"p","base_url":"https://example.com/v1","headers":"{\"x-key\":\"header-secret\"}","curl_example":"curl -H 'k: example-secret'"}""")).AssertSuccess();
        await tenant.CreateGatewayAsync("g");
        var otel = Bodies.Gateway("g", ""","otel":[{"authorization":"otel-secret","headers":{"x":"otel-header-secret"},"url":"https://example.com/in?k=url-secret","content_type":"json"}]""");
        (await tenant.SendAsync(HttpMethod.Put, $"{Gateways}/g", otel)).AssertSuccess();
        (await tenant.SendAsync(HttpMethod.Delete, $"{Gateways}/g")).AssertSuccess();

        var text = (await tenant.GetAsync("audit_logs")).AssertSuccess().Text;

        Assert.All([token, rolled, tenant.Token, "header-secret", "example-secret", "otel-secret", "otel-header-secret", "url-secret"], secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
        Assert.Contains("[redacted]", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refused_InvalidAndForbidden_AreRecordedAsNotDone()
    {
        var tenant = await host.CreateTenantAsync();
        (await tenant.SendAsync(HttpMethod.Post, Gateways, "{}")).AssertFailure(400, 7001);
        var reader = (await host.CreateTokenAsync(tenant.AccountId, tenant.Token, "AI Gateway Read")).GetProperty("value").GetString();
        (await host.SendAsync(HttpMethod.Delete, $"accounts/{tenant.AccountId}/{Gateways}/g", reader)).AssertFailure(403, 10000);

        var entries = await ListAsync(tenant);

        Assert.Equal(("delete", 403, "10000"), (Action(entries[0]), Metadata(entries[0], "status").GetInt32(), Metadata(entries[0], "error_codes")[0].GetString()));
        Assert.Equal(("create", 400), (Action(entries[2]), Metadata(entries[2], "status").GetInt32()));
        Assert.All([entries[0], entries[2]], entry => Assert.False(entry.GetProperty("action").GetProperty("result").GetBoolean()));
    }

    [Fact]
    public async Task Log_OfAnotherAccount_IsNeitherSeenNorWritten()
    {
        var (owner, stranger) = (await host.CreateTenantAsync(), await host.CreateTenantAsync());
        (await host.SendAsync(HttpMethod.Delete, $"accounts/{owner.AccountId}/{Gateways}/g", stranger.Token)).AssertFailure(403, 10000);

        (await host.SendAsync(HttpMethod.Get, $"accounts/{owner.AccountId}/audit_logs", stranger.Token)).AssertFailure(403, 10000);
        Assert.DoesNotContain(stranger.TokenId, (await owner.GetAsync("audit_logs")).Text, StringComparison.Ordinal);
        var attempt = (await ListAsync(stranger))[0];
        Assert.Equal(("delete", 403), (Action(attempt), Metadata(attempt, "status").GetInt32()));
        Assert.Equal(stranger.AccountId, attempt.GetProperty("owner").GetProperty("id").GetString());
        Assert.DoesNotContain((await ListAsync(stranger)).Where(entry => Metadata(entry, "status").GetInt32() < 400), entry => entry.GetRawText().Contains(owner.AccountId, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Reads_AndRepeatedRequests_AreNotRecorded()
    {
        var tenant = await host.CreateTenantAsync();
        var authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", tenant.Token);
        for (var i = 0; i < 2; i++)
        {
            await host.SendAsync(HttpMethod.Post, $"accounts/{tenant.AccountId}/{Gateways}", authorization, System.Text.Encoding.UTF8.GetBytes(Bodies.Gateway("g")), ("Idempotency-Key", "k"));
        }

        await tenant.GetAsync(Gateways);
        await host.SendAsync(HttpMethod.Post, "graphql", tenant.Token, """{"query":"{ viewer { __typename } }"}""");

        Assert.Single(await ListAsync(tenant, "&actor.id=" + tenant.TokenId));
    }

    [Fact]
    public async Task List_Filters_AndPages()
    {
        var tenant = await host.CreateTenantAsync();
        foreach (var id in (string[])["a", "b", "c"])
        {
            await tenant.CreateGatewayAsync(id);
        }

        (await tenant.SendAsync(HttpMethod.Delete, $"{Gateways}/a")).AssertSuccess();

        Assert.Equal(["a", "b", "c"], (await ListAsync(tenant, "&action.type=create&resource.type=gateway&direction=asc")).Select(entry => Resource(entry, "id")));
        Assert.Equal(["b"], (await ListAsync(tenant, "&action.type=create&resource.type=gateway&direction=asc&per_page=1&page=2")).Select(entry => Resource(entry, "id")));
        Assert.Empty(await ListAsync(tenant, "&actor.ip=192.0.2.1"));
        Assert.Empty(await ListAsync(tenant, "&before=2020-01-01T00:00:00Z"));
        Assert.Empty(await ListAsync(tenant, "&since=2999-01-01T00:00:00Z"));
        var one = (await ListAsync(tenant, "&action.type=delete"))[0];
        Assert.Equal("a", Resource((await ListAsync(tenant, $"&id={one.GetProperty("id").GetString()}")).Single(), "id"));
        var all = (await tenant.GetAsync("audit_logs?per_page=2")).Body.GetProperty("result_info");
        Assert.Equal((2, 6), (all.GetProperty("count").GetInt32(), all.GetProperty("total_count").GetInt32()));
        (await tenant.GetAsync("audit_logs?per_page=1001")).AssertFailure(400, 7001);
        (await tenant.GetAsync("audit_logs?since=yesterday")).AssertFailure(400, 7001);
        (await tenant.GetAsync("audit_logs?id=x")).AssertFailure(400, 7001);
    }

    [Fact]
    public async Task Record_CannotBeStored_Is503()
    {
        var tenant = await host.CreateTenantAsync();
        host.Audit.Broken[tenant.AccountId] = true;

        var answer = await tenant.SendAsync(HttpMethod.Post, Gateways, Bodies.Gateway("g"));

        answer.AssertFailure(503, 7000);
        Assert.DoesNotContain("secret", answer.Text, StringComparison.Ordinal);
        host.Audit.Broken.Clear();
    }

    private static async Task<JsonElement[]> ListAsync(Tenant tenant, string more = "") =>
        [.. (await tenant.GetAsync($"audit_logs?page=1{more}")).AssertSuccess().Result.EnumerateArray()];

    private static string? Action(JsonElement entry) => entry.GetProperty("action").GetProperty("type").GetString();

    private static string? Resource(JsonElement entry, string field) => entry.GetProperty("resource").GetProperty(field).GetString();

    private static JsonElement Metadata(JsonElement entry, string field) => entry.GetProperty("metadata").GetProperty(field);
}
