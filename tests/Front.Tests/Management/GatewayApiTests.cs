using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace GatewayActors.Front.Tests.Management;

[Collection(typeof(AdminTests))]
public sealed class GatewayApiTests(AdminHost host)
{
    private const string Gateways = "ai-gateway/gateways";

    // Every field that can be written, in the order of the reference.
    private const string EveryField = """
        {"id":"every-field","cache_invalidate_on_update":true,"cache_ttl":2678400,"collect_logs":true,"rate_limiting_interval":60,
         "rate_limiting_limit":100,"rate_limiting_technique":"sliding","authentication":false,"byok_only":true,
         "dlp":{"enabled":true,"policies":[{"id":"p","action":"BLOCK","check":["REQUEST","RESPONSE"],"enabled":true,"profiles":["0d1b0001-0000-4000-8000-000000000000","0d1b0002-0000-4000-8000-000000000000"]}]},
         "guardrails":{"prompt":{"P1":"BLOCK","S13":"FLAG"},"response":{},"engine":"rules","rules":{"S13":{"words":["a b"],"patterns":["c+"]}}},"guardrails_stream_mode":"incremental","log_classification":true,"log_management":10000,
         "log_management_strategy":"DELETE_OLDEST","logpush":true,"logpush_public_key":"0123456789abcdef",
         "otel":[{"url":"https://otel.example.com/v1/traces","headers":{"X-Team":"a"},"authorization":"secret-name","content_type":"protobuf"}],
         "retry_backoff":"linear","retry_delay":0,"retry_max_attempts":5,
         "spend_limits":{"enabled":true,"rules":[{"id":"r1","limit":12.5,"limitType":"cost","window":86400,"enabled":false,"technique":"fixed",
            "metadata":{"user":{"mode":"partition"},"team":{"mode":"filter","values":["a"]}},"model":{"mode":"filter","values":["m"]},"provider":{"mode":"partition"}}]},
         "store_id":"abc","stripe":{"authorization":"key","usage_events":[{"payload":"{}"}]},"workers_ai_billing_mode":"unified","zdr":true,
         "collect_log_payload":false,"compatibility":"strict","policy_failure_mode":"closed","cache_streaming":true,"cache_shared_formats":true,"cache_single_flight":false,"cache_stale_if_error":2678400,
         "log_retention_days":30,"circuit_breaker":{"failures":7,"pause":60},"auto_router":{"models":["openai/gpt-4o-mini","custom-x/a/b"]},"hedge_delay":1500,"realtime_close_on_limit":true,
         "token_limits":{"enabled":true,"rules":[{"id":"t1","limit":100000,"limitType":"tokens","window":60,"enabled":true,"technique":"sliding","metadata":{"user":{"mode":"partition"}}}]}}
        """;

    [Fact]
    public async Task Create_EveryField_EchoesAllOfThem()
    {
        var tenant = await host.CreateTenantAsync();

        var created = (await tenant.SendAsync(HttpMethod.Post, Gateways, EveryField)).AssertSuccess();

        AssertContains(JsonElement.Parse(EveryField), created.Result);
        AssertContains(JsonElement.Parse(EveryField), (await tenant.GetAsync($"{Gateways}/every-field")).Result);
    }

    [Fact]
    public async Task Create_RequiredFieldsOnly_LeavesTheOthersOut()
    {
        var tenant = await host.CreateTenantAsync();

        var created = (await tenant.SendAsync(HttpMethod.Post, Gateways, Bodies.Gateway("minimal"))).AssertSuccess().Result;

        Assert.Equal(
            [
                "account_id", "account_tag", "cache_invalidate_on_update", "cache_ttl", "collect_logs", "created_at", "id", "internal_id", "is_default",
                "modified_at", "rate_limiting_interval", "rate_limiting_limit", "workers_ai_billing_mode",
            ],
            created.EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal));
        Assert.Equal(0, created.GetProperty("cache_ttl").GetInt64());
        Assert.Equal(JsonValueKind.Null, created.GetProperty("rate_limiting_interval").ValueKind);
        Assert.Equal(tenant.AccountId, created.GetProperty("account_tag").GetString());
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", created.GetProperty("created_at").GetString());
    }

    [Fact]
    public async Task PurgeCache_OfAGateway_AnswersWithItAndChangesNothingElse()
    {
        var tenant = await host.CreateTenantAsync();
        await tenant.CreateGatewayAsync("main");
        var before = (await tenant.GetAsync($"{Gateways}/main")).Result;

        var purged = (await tenant.SendAsync(HttpMethod.Delete, $"{Gateways}/main/cache")).AssertSuccess();

        Assert.Equal(before.GetRawText(), purged.Result.GetRawText());
        Assert.Equal(before.GetRawText(), (await tenant.GetAsync($"{Gateways}/main")).Result.GetRawText());
        (await tenant.SendAsync(HttpMethod.Delete, $"{Gateways}/missing/cache")).AssertFailure(404, 7002);
        (await tenant.SendAsync(HttpMethod.Delete, $"{Gateways}/not%20an%20id/cache")).AssertFailure(404, 7002);
    }

    [Fact]
    public async Task Create_TakenId_IsInvalidInput()
    {
        var tenant = await host.CreateTenantAsync();
        await tenant.CreateGatewayAsync("taken");

        var again = await tenant.SendAsync(HttpMethod.Post, Gateways, Bodies.Gateway("taken"));

        again.AssertFailure(400, 7001);
        Assert.Equal(["body.id: A gateway with this id already exists"], again.Errors);
    }

    [Fact]
    public async Task Update_OmittedField_KeepsItsValueAndNullClearsIt()
    {
        var tenant = await host.CreateTenantAsync();
        (await tenant.SendAsync(HttpMethod.Post, Gateways, EveryField)).AssertSuccess();

        var kept = await tenant.SendAsync(HttpMethod.Put, $"{Gateways}/every-field", Bodies.Gateway("every-field"));
        Assert.Equal("linear", kept.Result.GetProperty("retry_backoff").GetString());
        Assert.Equal("r1", kept.Result.GetProperty("spend_limits").GetProperty("rules")[0].GetProperty("id").GetString());

        var cleared = await tenant.SendAsync(
            HttpMethod.Put,
            $"{Gateways}/every-field",
            Bodies.Gateway("every-field", ""","authentication":null,"dlp":null,"retry_backoff":null,"spend_limits":null,"token_limits":null,"otel":null,"zdr":null"""));
        foreach (var field in (string[])["authentication", "dlp", "retry_backoff", "spend_limits", "token_limits", "otel", "zdr"])
        {
            Assert.False(cleared.AssertSuccess().Result.TryGetProperty(field, out _), field);
        }
    }

    [Fact]
    public async Task Update_EchoOfGet_ChangesTheTimeOnly()
    {
        var tenant = await host.CreateTenantAsync();
        (await tenant.SendAsync(HttpMethod.Post, Gateways, EveryField)).AssertSuccess();
        var before = (await tenant.GetAsync($"{Gateways}/every-field")).Result;

        var after = (await tenant.SendAsync(HttpMethod.Put, $"{Gateways}/every-field", before.GetRawText())).AssertSuccess().Result;

        var (left, right) = (JsonNode.Parse(before.GetRawText())!.AsObject(), JsonNode.Parse(after.GetRawText())!.AsObject());
        left.Remove("modified_at");
        right.Remove("modified_at");
        Assert.True(JsonNode.DeepEquals(left, right), $"{left}\n{right}");
    }

    [Fact]
    public async Task Update_LogsSwitchedOff_SwitchesClassificationOff()
    {
        var tenant = await host.CreateTenantAsync();
        (await tenant.SendAsync(HttpMethod.Post, Gateways, Bodies.Gateway("logs", ",\"log_classification\":true"))).AssertSuccess();

        var updated = await tenant.SendAsync(
            HttpMethod.Put, $"{Gateways}/logs", Bodies.Gateway("logs").Replace("\"collect_logs\":true", "\"collect_logs\":false", StringComparison.Ordinal));

        Assert.False(updated.AssertSuccess().Result.GetProperty("log_classification").GetBoolean());
    }

    [Fact]
    public async Task Update_SpendLimitRuleWithoutId_KeepsTheIdOfItsPlace()
    {
        const string Rules = ""","spend_limits":{"enabled":true,"rules":[{"limit":1,"limitType":"cost","window":60}]}""";
        var tenant = await host.CreateTenantAsync();
        var created = await tenant.SendAsync(HttpMethod.Post, Gateways, Bodies.Gateway("spend", Rules));
        var rule = created.AssertSuccess().Result.GetProperty("spend_limits").GetProperty("rules")[0];
        Assert.Matches("^[0-9a-f]{8}$", rule.GetProperty("id").GetString());
        Assert.Equal("sliding", rule.GetProperty("technique").GetString());
        Assert.True(rule.GetProperty("enabled").GetBoolean());

        var updated = await tenant.SendAsync(HttpMethod.Put, $"{Gateways}/spend", Bodies.Gateway("spend", Rules));

        Assert.Equal(rule.GetProperty("id").GetString(), updated.Result.GetProperty("spend_limits").GetProperty("rules")[0].GetProperty("id").GetString());
    }

    [Fact]
    public async Task Update_IdOfAnotherGateway_IsInvalidInput()
    {
        var tenant = await host.CreateTenantAsync();
        await tenant.CreateGatewayAsync("one");

        var renamed = await tenant.SendAsync(HttpMethod.Put, $"{Gateways}/one", Bodies.Gateway("two"));

        renamed.AssertFailure(400, 7001);
    }

    [Fact]
    public async Task Delete_Gateway_AnswersItAndIsGoneWithItsLogs()
    {
        var tenant = await host.CreateTenantAsync();
        await tenant.CreateGatewayAsync("gone");
        var entry = Entries.Make(tenant.AccountId, "gone");
        host.Logs.Add(entry);

        var deleted = (await tenant.SendAsync(HttpMethod.Delete, $"{Gateways}/gone")).AssertSuccess();

        Assert.Equal("gone", deleted.Result.GetProperty("id").GetString());
        (await tenant.GetAsync($"{Gateways}/gone")).AssertFailure(404, 7002);
        (await tenant.SendAsync(HttpMethod.Delete, $"{Gateways}/gone")).AssertFailure(404, 7002);
        Assert.Null(await host.Logs.FindAsync(tenant.AccountId, "gone", entry.Id, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task List_ManyGateways_PagesAndSearches()
    {
        var tenant = await host.CreateTenantAsync();
        foreach (var id in (string[])["chat-a", "chat-b", "other"])
        {
            await tenant.CreateGatewayAsync(id);
        }

        var first = (await tenant.GetAsync($"{Gateways}?page=1&per_page=2")).AssertSuccess();
        Assert.Equal(["other", "chat-b"], Ids(first));
        Assert.Equal("""{"count":2,"page":1,"per_page":2,"total_count":3,"total_pages":2}""", first.Body.GetProperty("result_info").GetRawText());
        Assert.Equal(["chat-a"], Ids(await tenant.GetAsync($"{Gateways}?page=2&per_page=2")));
        Assert.Empty(Ids((await tenant.GetAsync($"{Gateways}?page=3&per_page=2")).AssertSuccess()));
        Assert.Equal(["chat-b", "chat-a"], Ids(await tenant.GetAsync($"{Gateways}/?search=CHAT&limit=1")));
    }

    [Theory]
    [InlineData("openai", "/openai")]
    [InlineData("compat", "/compat")]
    [InlineData("universal", "/")]
    public async Task GetUrl_KnownProvider_IsOnTheHostOfTheRequest(string provider, string end)
    {
        var tenant = await host.CreateTenantAsync();
        await tenant.CreateGatewayAsync("g");

        var url = (await tenant.GetAsync($"{Gateways}/g/url/{provider}")).AssertSuccess();

        Assert.Equal($"{host.Address}v1/{tenant.AccountId}/g{end}", url.Result.GetString());
    }

    [Fact]
    public async Task GetUrl_UnknownProviderOrGateway_Fails()
    {
        var tenant = await host.CreateTenantAsync();
        await tenant.CreateGatewayAsync("g");

        (await tenant.GetAsync($"{Gateways}/g/url/nobody")).AssertFailure(400, 7001);
        (await tenant.GetAsync($"{Gateways}/h/url/openai")).AssertFailure(404, 7002);
    }

    private static string?[] Ids(Answer answer) => [.. answer.Result.EnumerateArray().Select(gateway => gateway.GetProperty("id").GetString())];

    private static void AssertContains(JsonElement expected, JsonElement actual)
    {
        foreach (var field in expected.EnumerateObject())
        {
            Assert.True(actual.TryGetProperty(field.Name, out var value), field.Name);
            Assert.True(JsonElement.DeepEquals(field.Value, value), $"{field.Name}: {value}");
        }
    }
}
