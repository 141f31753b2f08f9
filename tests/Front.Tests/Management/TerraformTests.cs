using System.Text.Json;
using System.Text.Json.Nodes;
using GatewayActors.Front.Tests.DynamicRoutes;
using Xunit;

namespace GatewayActors.Front.Tests.Management;

/// <summary>
/// The calls of Cloudflare's Terraform provider, replayed: it creates, reads back, and plans anew, and the second plan must be empty. An
/// attribute that is configured must come back as it was sent; one that is not must be absent or null, unless the provider computes it.
/// </summary>
[Collection(typeof(AdminTests))]
public sealed class TerraformTests(AdminHost host)
{
    private const string Gateways = "ai-gateway/gateways";
    private const string Stores = "secrets_store/stores";

    private static readonly string[] Optional =
    [
        "authentication", "log_management", "log_management_strategy", "logpush", "logpush_public_key", "rate_limiting_technique", "retry_backoff", "retry_delay",
        "retry_max_attempts", "store_id", "zdr", "dlp", "guardrails", "stripe",
    ];

    private static JsonObject Minimal => Parse("""
        {"id":"tf","cache_invalidate_on_update":true,"cache_ttl":0,"collect_logs":true,"rate_limiting_interval":0,"rate_limiting_limit":0}
        """);

    private static JsonObject Everything => Parse("""
        {"id":"tf","cache_invalidate_on_update":true,"cache_ttl":300,"collect_logs":true,"rate_limiting_interval":60,"rate_limiting_limit":100,
         "rate_limiting_technique":"sliding","authentication":true,"log_management":100000,"log_management_strategy":"DELETE_OLDEST","logpush":true,
         "logpush_public_key":"0123456789abcdef0123","retry_backoff":"exponential","retry_delay":5000,"retry_max_attempts":3,"store_id":"store","zdr":true,
         "workers_ai_billing_mode":"postpaid",
         "dlp":{"enabled":true,"action":"FLAG","profiles":["0d1b0001-0000-4000-8000-000000000000"]},
         "guardrails":{"prompt":{"S1":"BLOCK"},"response":{"S10":"FLAG"}},
         "otel":[{"url":"https://otel.example.com/v1/traces","headers":{"X-Team":"a"},"authorization":"reference","content_type":"json"}],
         "spend_limits":{"enabled":true,"rules":[{"limit":10.5,"limitType":"cost","window":86400}]},
         "stripe":{"authorization":"reference","usage_events":[{"payload":"{}"}]}}
        """);

    [Fact]
    public async Task Gateway_MinimalOrWithEveryAttribute_HasAnEmptySecondPlan()
    {
        foreach (var config in (JsonObject[])[Minimal, Everything])
        {
            var tenant = await host.CreateTenantAsync();

            AssertNoDrift(config, await CreateAsync(tenant, config));
            AssertNoDrift(config, await ReadAsync(tenant)); // A refresh, and an import by account and id.
        }
    }

    [Fact]
    public async Task Gateway_AttributeTakenOut_IsClearedByNull()
    {
        foreach (var attribute in Optional)
        {
            var tenant = await host.CreateTenantAsync();
            var config = Everything;
            await CreateAsync(tenant, config);
            config[attribute] = null;

            var updated = await tenant.SendAsync(HttpMethod.Put, $"{Gateways}/tf", config.ToJsonString());

            AssertNoDrift(config, updated.AssertSuccess().Result);
            AssertNoDrift(config, await ReadAsync(tenant));
        }
    }

    [Fact]
    public async Task Gateway_DeletedByOthers_IsReadAsGoneAndCreatedAnew()
    {
        var tenant = await host.CreateTenantAsync();
        await CreateAsync(tenant, Everything);
        (await tenant.SendAsync(HttpMethod.Delete, $"{Gateways}/tf")).AssertSuccess();

        (await tenant.GetAsync($"{Gateways}/tf")).AssertFailure(404, 7002);

        AssertNoDrift(Minimal, await CreateAsync(tenant, Minimal)); // Nothing of the one before is left.
    }

    [Fact]
    public async Task Gateways_AsADataSource_AreReadPageByPageUntilOneIsEmpty()
    {
        var tenant = await host.CreateTenantAsync();
        foreach (var id in (string[])["team-a", "team-b", "other"])
        {
            await tenant.CreateGatewayAsync(id);
        }

        List<string> found = [];
        for (var page = 1; ; page++)
        {
            var answer = (await tenant.GetAsync($"{Gateways}?search=team&page={page}&per_page=1")).AssertSuccess().Result;
            if (answer.GetArrayLength() == 0)
            {
                break;
            }

            found.AddRange(answer.EnumerateArray().Select(gateway => gateway.GetProperty("id").GetString()!));
        }

        Assert.Equal(["team-a", "team-b"], found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Route_CreatedRenamedImportedAndDestroyed_LeavesNoPlan()
    {
        var tenant = await host.CreateTenantAsync();
        await tenant.CreateGatewayAsync("g");
        const string Routes = "ai-gateway/gateways/g/routes";
        var elements = RouteHost.Valid($"[{RouteHost.Start("m")},{RouteHost.Model("m", fallback: "e")},{RouteHost.End}]");

        var created = (await tenant.SendAsync(HttpMethod.Post, Routes, $$"""{"name":"tf","elements":{{elements}}}""")).AssertSuccess().Result;
        var id = created.GetProperty("id").GetString();
        AssertRoute(created, "tf");

        // The provider reads the answer to a rename without any envelope.
        var renamed = await tenant.SendAsync(HttpMethod.Patch, $"{Routes}/{id}", """{"name":"renamed"}""");
        AssertRoute(renamed.Body, "renamed");
        AssertRoute((await tenant.GetAsync($"{Routes}/{id}")).AssertSuccess().Result, "renamed");

        (await tenant.SendAsync(HttpMethod.Delete, $"{Routes}/{id}")).AssertSuccess();
        Assert.Equal(404, (await tenant.GetAsync($"{Routes}/{id}")).Status);

        void AssertRoute(JsonElement route, string name)
        {
            Assert.Equal((id ?? route.GetProperty("id").GetString(), name), (route.GetProperty("id").GetString(), route.GetProperty("name").GetString()));
            Assert.True(JsonElement.DeepEquals(JsonElement.Parse(elements), route.GetProperty("elements")));
            Assert.Equal(JsonValueKind.String, route.GetProperty("version").GetProperty("active").ValueKind);
            Assert.Equal(JsonValueKind.String, route.GetProperty("version").GetProperty("data").ValueKind);
        }
    }

    [Fact]
    public async Task StoreAndSecret_CreatedChangedAndImported_LeaveNoPlan()
    {
        var tenant = await host.CreateTenantAsync();
        var store = (await tenant.SendAsync(HttpMethod.Post, Stores, """{"name":"tf"}""")).AssertSuccess().Result.GetProperty("id").GetString();
        Assert.Equal("tf", (await tenant.GetAsync($"{Stores}/{store}")).AssertSuccess().Result.GetProperty("name").GetString());

        var secret = (await tenant.SendAsync(HttpMethod.Post, $"{Stores}/{store}/secrets", """[{"name":"key","value":"first-value","scopes":["ai_gateway","workers"]}]""")).AssertSuccess().Result[0];
        var path = $"{Stores}/{store}/secrets/{secret.GetProperty("id").GetString()}";
        AssertSecret((await tenant.GetAsync(path)).AssertSuccess(), """["ai_gateway","workers"]""", comment: null);

        (await tenant.SendAsync(HttpMethod.Patch, path, """{"comment":"why"}""")).AssertSuccess();
        AssertSecret((await tenant.GetAsync(path)).AssertSuccess(), """["ai_gateway","workers"]""", "why");
        (await tenant.SendAsync(HttpMethod.Patch, path, """{"scopes":["ai_gateway"]}""")).AssertSuccess();
        (await tenant.SendAsync(HttpMethod.Patch, path, """{"value":"second-value"}""")).AssertSuccess();
        AssertSecret((await tenant.GetAsync(path)).AssertSuccess(), """["ai_gateway"]""", "why");

        Assert.Equal(202, (await tenant.SendAsync(HttpMethod.Delete, path)).Status);
        Assert.Equal(404, (await tenant.GetAsync(path)).Status);
        (await tenant.SendAsync(HttpMethod.Delete, $"{Stores}/{store}")).AssertSuccess(); // Without force: it is empty.
    }

    private static void AssertSecret(Answer answer, string scopes, string? comment)
    {
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(scopes), answer.Result.GetProperty("scopes")));
        Assert.Equal(comment, answer.Result.TryGetProperty("comment", out var text) ? text.GetString() : null);
        Assert.DoesNotContain("-value", answer.Text, StringComparison.Ordinal);
    }

    private static async Task<JsonElement> CreateAsync(Tenant tenant, JsonObject config) =>
        (await tenant.SendAsync(HttpMethod.Post, Gateways, config.ToJsonString())).AssertSuccess().Result;

    private static async Task<JsonElement> ReadAsync(Tenant tenant) => (await tenant.GetAsync($"{Gateways}/tf")).AssertSuccess().Result;

    private static void AssertNoDrift(JsonObject config, JsonElement state)
    {
        foreach (var (name, value) in config.Where(attribute => attribute.Value is not null))
        {
            AssertSame(value!, JsonNode.Parse(state.GetProperty(name).GetRawText()), name);
        }

        Assert.All(Optional.Where(name => config[name] is null), name =>
            Assert.True(!state.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null, $"{name} was not asked for."));
    }

    // What the provider has sent; what is computed may stand beside it.
    private static void AssertSame(JsonNode sent, JsonNode? read, string path)
    {
        if (sent is JsonObject members)
        {
            foreach (var (name, value) in members)
            {
                AssertSame(value!, read?[name], $"{path}.{name}");
            }
        }
        else if (sent is JsonArray items)
        {
            Assert.Equal(items.Count, Assert.IsType<JsonArray>(read).Count);
            for (var i = 0; i < items.Count; i++)
            {
                AssertSame(items[i]!, read[i], $"{path}[{i}]");
            }
        }
        else
        {
            Assert.True(JsonNode.DeepEquals(sent, read), $"{path}: sent {sent.ToJsonString()}, read {read?.ToJsonString() ?? "nothing"}");
        }
    }

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();
}
