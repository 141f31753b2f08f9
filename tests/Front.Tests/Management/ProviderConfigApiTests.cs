using System.Text.Json;
using Xunit;

namespace GatewayActors.Front.Tests.Management;

/// <summary>The provider configs of the admin API.</summary>
[Collection(typeof(AdminTests))]
public sealed class ProviderConfigApiTests(AdminHost host)
{
    private const string Configs = "ai-gateway/gateways/g/provider_configs";

    [Fact]
    public async Task Config_WithASecret_IsStoredUnderItsNameAndNeverShown()
    {
        var tenant = await CreateTenantAsync();

        var made = await CreateAsync(tenant, """{"provider_slug":"openai","alias":"main","default_config":true,"secret":"sk-0123456789abcdef","rate_limit":5}""");

        var config = made.AssertSuccess().Result;
        Assert.Equal(("openai", "main", true, "g", "sk-0****cdef"), (Text(config, "provider_slug"), Text(config, "alias"), config.GetProperty("default_config").GetBoolean(), Text(config, "gateway_id"), Text(config, "secret_preview")));
        Assert.Equal((5, 60), (config.GetProperty("rate_limit").GetInt32(), config.GetProperty("rate_limit_period").GetInt32()));
        Assert.True(DateTimeOffset.TryParse(Text(config, "modified_at"), out _));
        Assert.DoesNotContain("sk-0123456789abcdef", made.Text, StringComparison.Ordinal);
        var secret = Assert.Single(await SecretsAsync(tenant));
        Assert.Equal(("g_openai_main", Text(config, "secret_id")), (Text(secret, "name"), Text(secret, "id")));
        Assert.Equal("ai_gateway", Assert.Single(secret.GetProperty("scopes").EnumerateArray()).GetString());
        var list = (await tenant.GetAsync(Configs)).AssertSuccess();
        Assert.Equal(config.GetRawText(), Assert.Single(list.Result.EnumerateArray()).GetRawText());
        Assert.Equal(1, list.Body.GetProperty("result_info").GetProperty("total_count").GetInt32());
    }

    [Fact]
    public async Task Config_WithASecretId_RefersToItAndLeavesItThereWhenDeleted()
    {
        var tenant = await CreateTenantAsync();
        var store = await SecretsStoreApiTests.CreateStoreAsync(tenant);
        var secrets = (await SecretsStoreApiTests.CreateAsync(tenant, store, SecretsStoreApiTests.Secret("OPENAI"), SecretsStoreApiTests.Secret("OTHER", scopes: """["workers"]"""))).AssertSuccess().Result;
        var id = Text(secrets[0], "id");

        var config = (await CreateAsync(tenant, $$"""{"provider_slug":"openai","alias":"main","default_config":false,"secret_id":"{{id}}"}""")).AssertSuccess().Result;

        Assert.Equal((id, "valu****ENAI"), (Text(config, "secret_id"), Text(config, "secret_preview")));
        (await CreateAsync(tenant, """{"provider_slug":"openai","alias":"b","default_config":false,"secret_id":"00000000000000000000000000000000"}""")).AssertFailure(400, 7001);
        (await CreateAsync(tenant, $$"""{"provider_slug":"openai","alias":"b","default_config":false,"secret_id":"{{Text(secrets[1], "id")}}"}""")).AssertFailure(400, 7001);
        var deleted = (await tenant.SendAsync(HttpMethod.Delete, $"{Configs}/{Text(config, "id")}")).AssertSuccess().Result;
        Assert.Equal(config.GetRawText(), deleted.GetRawText());
        Assert.Equal(2, (await SecretsAsync(tenant)).Length);
        (await tenant.SendAsync(HttpMethod.Delete, $"{Configs}/{Text(config, "id")}")).AssertFailure(404, 7002);
    }

    [Fact]
    public async Task Config_Rotated_KeepsItsSecretAndShowsTheNewPreview()
    {
        var tenant = await CreateTenantAsync();
        var config = (await CreateAsync(tenant, """{"provider_slug":"openai","alias":"main","default_config":true,"secret":"sk-0123456789abcdef"}""")).AssertSuccess().Result;
        var path = $"{Configs}/{Text(config, "id")}";

        var rotated = (await tenant.SendAsync(HttpMethod.Put, path, """{"secret":"sk-new-key-of-the-day"}""")).AssertSuccess().Result;

        Assert.Equal((Text(config, "secret_id"), "sk-n****-day"), (Text(rotated, "secret_id"), Text(rotated, "secret_preview")));
        (await tenant.SendAsync(HttpMethod.Put, path, "{}")).AssertFailure(400, 7001);
        (await tenant.SendAsync(HttpMethod.Put, $"{Configs}/{Guid.Empty:D}", """{"secret":"x"}""")).AssertFailure(404, 7002);
        (await tenant.SendAsync(HttpMethod.Put, $"{Configs}/nonsense", """{"secret":"x"}""")).AssertFailure(404, 7002);
    }

    [Fact]
    public async Task Config_RotatedAfterItsSecretWasDeleted_GetsANewOne()
    {
        var tenant = await CreateTenantAsync();
        var config = (await CreateAsync(tenant, """{"provider_slug":"openai","alias":"main","default_config":true,"secret":"sk-0123456789abcdef"}""")).AssertSuccess().Result;
        var secret = Assert.Single(await SecretsAsync(tenant));
        Assert.Equal(202, (await tenant.SendAsync(HttpMethod.Delete, $"secrets_store/stores/{Text(secret, "store_id")}/secrets/{Text(secret, "id")}")).Status);
        Assert.Equal("", Text(Assert.Single((await tenant.GetAsync(Configs)).Result.EnumerateArray()), "secret_preview"));

        var rotated = (await tenant.SendAsync(HttpMethod.Put, $"{Configs}/{Text(config, "id")}", """{"secret":"sk-new-key-of-the-day"}""")).AssertSuccess().Result;

        Assert.Equal(Text(Assert.Single(await SecretsAsync(tenant)), "id"), Text(rotated, "secret_id"));
    }

    [Fact]
    public async Task Config_SecondDefault_TakesThePlaceOfTheFirst()
    {
        var tenant = await CreateTenantAsync();
        foreach (var (slug, alias) in new[] { ("openai", "a"), ("anthropic", "a"), ("openai", "b") })
        {
            (await CreateAsync(tenant, $$"""{"provider_slug":"{{slug}}","alias":"{{alias}}","default_config":true,"secret":"sk-0123456789abcdef"}""")).AssertSuccess();
        }

        var defaults = (await tenant.GetAsync(Configs)).Result.EnumerateArray().Where(config => config.GetProperty("default_config").GetBoolean());
        Assert.Equal(["anthropic a", "openai b"], defaults.Select(config => $"{Text(config, "provider_slug")} {Text(config, "alias")}"));
    }

    [Fact]
    public async Task Config_TakenAlias_IsRefusedAndTheSecretStaysAsItWas()
    {
        var tenant = await CreateTenantAsync();
        await CreateAsync(tenant, """{"provider_slug":"azure-openai","alias":"main","default_config":true,"secret":"sk-0123456789abcdef"}""");

        var second = await CreateAsync(tenant, """{"provider_slug":"azure","alias":"main","default_config":true,"secret":"another-key-that-is-long"}""");

        second.AssertFailure(400, 7001);
        Assert.Contains("already exists", second.Text, StringComparison.Ordinal);
        Assert.Equal("sk-0****cdef", Text(Assert.Single((await tenant.GetAsync(Configs)).Result.EnumerateArray()), "secret_preview"));
    }

    [Theory]
    [InlineData("{}", "body.provider_slug: Required")]
    [InlineData("""{"provider_slug":"nope","alias":"a","default_config":true,"secret":"x"}""", "body.provider_slug: Invalid provider_slug: there is no such provider")]
    [InlineData("""{"provider_slug":"openai","alias":"a b","default_config":true,"secret":"x"}""", "body.alias: Invalid alias: letters, digits, underscores and hyphens")]
    [InlineData("""{"provider_slug":"openai","alias":"a","default_config":"yes","secret":"x"}""", "body.default_config: Expected boolean, received string")]
    [InlineData("""{"provider_slug":"openai","alias":"a","default_config":true}""", "body.secret: secret or secret_id is required")]
    [InlineData("""{"provider_slug":"openai","alias":"a","default_config":true,"secret":"x","rate_limit":-1}""", "body.rate_limit: Number must be greater than or equal to 0")]
    [InlineData("""{"provider_slug":"openai","alias":"a","default_config":true,"secret":""}""", "body.secret: String must contain at least 1 character(s)")]
    public async Task Config_MalformedBody_IsRefusedWithItsField(string body, string error)
    {
        var tenant = await CreateTenantAsync();

        var answer = await CreateAsync(tenant, body);

        answer.AssertFailure(400, 7001);
        Assert.Contains(error, answer.Errors);
        Assert.Empty((await tenant.GetAsync(Configs)).Result.EnumerateArray());
    }

    [Fact]
    public async Task Config_GatewayDeleted_TakesItsOwnSecretsAlong()
    {
        var tenant = await CreateTenantAsync();
        await CreateAsync(tenant, """{"provider_slug":"openai","alias":"a","default_config":true,"secret":"sk-0123456789abcdef"}""");

        (await tenant.SendAsync(HttpMethod.Delete, "ai-gateway/gateways/g")).AssertSuccess();

        Assert.Empty(await SecretsAsync(tenant));
        (await tenant.GetAsync(Configs)).AssertFailure(404, 7002);
        (await CreateAsync(tenant, """{"provider_slug":"openai","alias":"a","default_config":true,"secret":"x"}""")).AssertFailure(404, 7002);
    }

    [Fact]
    public async Task Config_OfAnotherAccount_IsNowhere()
    {
        var (owner, stranger) = (await CreateTenantAsync(), await CreateTenantAsync());
        var id = Text((await CreateAsync(owner, """{"provider_slug":"openai","alias":"a","default_config":true,"secret":"sk-0123456789abcdef"}""")).Result, "id");
        var secret = Text(Assert.Single(await SecretsAsync(owner)), "id");

        Assert.Empty((await stranger.GetAsync(Configs)).AssertSuccess().Result.EnumerateArray());
        (await stranger.SendAsync(HttpMethod.Put, $"{Configs}/{id}", """{"secret":"stolen-stolen"}""")).AssertFailure(404, 7002);
        (await stranger.SendAsync(HttpMethod.Delete, $"{Configs}/{id}")).AssertFailure(404, 7002);
        (await CreateAsync(stranger, $$"""{"provider_slug":"openai","alias":"a","default_config":true,"secret_id":"{{secret}}"}""")).AssertFailure(400, 7001);
        Assert.Equal("sk-0****cdef", Text(Assert.Single((await owner.GetAsync(Configs)).Result.EnumerateArray()), "secret_preview"));
    }

    private async Task<Tenant> CreateTenantAsync()
    {
        var tenant = await host.CreateTenantAsync();
        await tenant.CreateGatewayAsync("g");
        return tenant;
    }

    private static Task<Answer> CreateAsync(Tenant tenant, string body) => tenant.SendAsync(HttpMethod.Post, Configs, body);

    private static async Task<JsonElement[]> SecretsAsync(Tenant tenant)
    {
        var store = Text(Assert.Single((await tenant.GetAsync("secrets_store/stores")).AssertSuccess().Result.EnumerateArray()), "id");
        return [.. (await tenant.GetAsync($"secrets_store/stores/{store}/secrets")).AssertSuccess().Result.EnumerateArray()];
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
