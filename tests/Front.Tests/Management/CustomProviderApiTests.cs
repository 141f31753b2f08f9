using System.Text;
using System.Text.Json;
using Xunit;

namespace GatewayActors.Front.Tests.Management;

[Collection(typeof(AdminTests))]
public sealed class CustomProviderApiTests(AdminHost host)
{
    private const string Providers = "ai-gateway/custom-providers";
    private const string Minimal = """{"name":"Mine","slug":"mine","base_url":"https://models.neon.tech"}""";

    private const string EveryField = """
        {"name":"Every field","slug":"Every-Field-1","base_url":"https://models.neon.tech:8443/openai/v1","description":"d","enable":true,"beta":true,
         "headers":"{\"X-Team\":\"a\",\"Authorization\":\"Bearer k\"}","link":"https://neon.tech","logo":"PHN2Zy8+","curl_example":"curl","js_example":"fetch()","position":3}
        """;

    [Fact]
    public async Task Create_EveryField_EchoesAllOfThem()
    {
        var tenant = await host.CreateTenantAsync();

        var created = (await tenant.SendAsync(HttpMethod.Post, Providers, EveryField)).AssertSuccess().Result;

        foreach (var field in JsonElement.Parse(EveryField).EnumerateObject())
        {
            Assert.Equal(field.Value.ToString(), created.GetProperty(field.Name).ToString());
        }

        Assert.Equal(created.ToString(), (await tenant.GetAsync($"{Providers}/{IdOf(created)}")).AssertSuccess().Result.ToString());
    }

    [Fact]
    public async Task Create_RequiredFieldsOnly_IsDisabledAndLeavesTheOthersOut()
    {
        var tenant = await host.CreateTenantAsync();

        var created = (await tenant.SendAsync(HttpMethod.Post, Providers, Minimal)).AssertSuccess().Result;

        Assert.Equal(
            ["account_id", "account_tag", "base_url", "beta", "created_at", "enable", "id", "logo", "modified_at", "name", "slug"],
            created.EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal));
        Assert.False(created.GetProperty("enable").GetBoolean());
        Assert.Equal((tenant.AccountId, tenant.AccountId), (created.GetProperty("account_id").GetString(), created.GetProperty("account_tag").GetString()));
        Assert.True(Guid.TryParseExact(created.GetProperty("id").GetString(), "D", out _));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", created.GetProperty("created_at").GetString());
        Assert.Contains(">M</text>", Encoding.UTF8.GetString(created.GetProperty("logo").GetBytesFromBase64()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{}""", "body.name: Required", "body.slug: Required", "body.base_url: Required")]
    [InlineData("""{"name":"","slug":"a b","base_url":"http://models.neon.tech"}""",
        "body.name: String must contain at least 1 character(s)",
        "body.slug: Invalid slug: letters, digits and hyphens; requests put 'custom-' before it",
        "body.base_url: Invalid base_url: the URL must begin with https://")]
    [InlineData("""{"name":"a","slug":"a","base_url":"https://models.neon.tech?a=1"}""", "body.base_url: Invalid base_url: the path of a request is put after it, so it must have no query and no fragment")]
    [InlineData("""{"name":"a","slug":"a","base_url":"https://models.neon.tech/a/../b"}""", "body.base_url: Invalid base_url: the path must not contain '.' or '..' segments")]
    [InlineData("""{"name":"a","slug":"a","base_url":"https://169.254.169.254/latest"}""", "body.base_url: Invalid base_url: the host must be on the public internet")]
    [InlineData("""{"name":"a","slug":"a","base_url":"https://u:p@models.neon.tech"}""", "body.base_url: Invalid base_url: the URL must not hold credentials")]
    [InlineData("""{"name":1,"slug":"a","base_url":"https://models.neon.tech","enable":"yes","position":1.5,"link":"javascript:alert(1)"}""",
        "body.name: Expected string, received number",
        "body.enable: Expected boolean, received string",
        "body.link: Invalid link: an absolute http or https URL is expected",
        "body.position: Expected integer, received float")]
    [InlineData("""{"name":"a","slug":"a","base_url":"https://models.neon.tech","headers":"secret"}""", "body.headers: headers must be the text of a JSON object")]
    [InlineData("""{"name":"a","slug":"a","base_url":"https://models.neon.tech","headers":"{\"Host\":\"x\"}"}""", "body.headers: headers must not set Host: it belongs to the connection or to the gateway")]
    [InlineData("""{"name":"a","slug":"a","base_url":"https://models.neon.tech","headers":"{\"cf-aig-authorization\":\"x\"}"}""",
        "body.headers: headers must not set cf-aig-authorization: it belongs to the connection or to the gateway")]
    [InlineData("""{"name":"a","slug":"a","base_url":"https://models.neon.tech","headers":"{\"x\":\"secret\\r\\ny: z\"}"}""", "body.headers: headers.x must be a text of printable ASCII characters")]
    [InlineData("""{"name":"a","slug":"a","base_url":"https://models.neon.tech","headers":"{\"x\":1}"}""", "body.headers: headers.x must be a text of printable ASCII characters")]
    [InlineData("""{"name":"a","slug":"a","base_url":"https://models.neon.tech","headers":"{\"x y\":\"1\"}"}""", "body.headers: headers holds a name that cannot be a header's")]
    [InlineData("""{"name":"a","slug":"a","base_url":"https://models.neon.tech","headers":"{\"x\":\"1\",\"X\":\"2\"}"}""", "body.headers: headers holds X twice")]
    public async Task Create_Mistakes_AreAllNamed(string body, params string[] errors)
    {
        var tenant = await host.CreateTenantAsync();

        var answer = await tenant.SendAsync(HttpMethod.Post, Providers, body);

        answer.AssertFailure(400, 7001);
        Assert.Equal(errors, answer.Errors);
        Assert.DoesNotContain("secret", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_SlugIsTaken_IsRefusedInThisAccountOnly()
    {
        var (one, other) = (await host.CreateTenantAsync(), await host.CreateTenantAsync());
        (await one.SendAsync(HttpMethod.Post, Providers, Minimal)).AssertSuccess();

        var second = await one.SendAsync(HttpMethod.Post, Providers, Minimal);

        second.AssertFailure(400, 7001);
        Assert.Equal(["body.slug: A custom provider with this slug already exists"], second.Errors);
        var ofOther = (await other.SendAsync(HttpMethod.Post, Providers, Minimal)).AssertSuccess().Result;
        (await one.GetAsync($"{Providers}/{IdOf(ofOther)}")).AssertFailure(404, 7002);
        (await one.SendAsync(HttpMethod.Delete, $"{Providers}/{IdOf(ofOther)}")).AssertFailure(404, 7002);
        (await one.SendAsync(HttpMethod.Patch, $"{Providers}/{IdOf(ofOther)}", "{}")).AssertFailure(404, 7002);
        Assert.Single((await other.GetAsync(Providers)).Result.EnumerateArray());
    }

    [Fact]
    public async Task Create_AccountDoesNotExist_IsNotFound()
    {
        var path = $"accounts/{Guid.CreateVersion7():N}/{Providers}";

        (await host.SendAsync(HttpMethod.Post, path, AdminHost.OperatorToken, Minimal)).AssertFailure(404, 7003);
        (await host.SendAsync(HttpMethod.Get, path, AdminHost.OperatorToken)).AssertFailure(404, 7003);
        (await host.SendAsync(HttpMethod.Get, path + "/costs", AdminHost.OperatorToken)).AssertFailure(404, 7003);
    }

    [Fact]
    public async Task List_Filtered_IsOrderedByPositionThenName()
    {
        var tenant = await host.CreateTenantAsync();
        await CreateAsync(tenant, "b", "\"enable\":true");
        await CreateAsync(tenant, "z", "\"position\":1");
        await CreateAsync(tenant, "a", "\"beta\":true");
        await CreateAsync(tenant, "y", "\"position\":-1,\"enable\":true");

        Assert.Equal(["y", "z", "a", "b"], await SlugsAsync(tenant, ""));
        Assert.Equal(["y", "b"], await SlugsAsync(tenant, "?enable=true"));
        Assert.Equal(["a"], await SlugsAsync(tenant, "?beta=true"));
        Assert.Equal(["z"], await SlugsAsync(tenant, "?search=NAME%20OF%20Z"));
        Assert.Equal(["a", "b"], await SlugsAsync(tenant, "?page=2&per_page=2"));
        Assert.Empty(await SlugsAsync(tenant, "?page=3&per_page=2"));
        var info = (await tenant.GetAsync(Providers + "?per_page=3")).Body.GetProperty("result_info");
        Assert.Equal((3, 1, 3, 4, 2), (Int("count"), Int("page"), Int("per_page"), Int("total_count"), Int("total_pages")));
        (await tenant.GetAsync(Providers + "?per_page=101")).AssertFailure(400, 7001);
        (await tenant.GetAsync(Providers + "?enable=maybe")).AssertFailure(400, 7001);

        int Int(string name) => info.GetProperty(name).GetInt32();
    }

    [Fact]
    public async Task Patch_SomeFields_LeavesTheOthersAndNullClears()
    {
        var tenant = await host.CreateTenantAsync();
        var id = IdOf((await tenant.SendAsync(HttpMethod.Post, Providers, EveryField)).Result);

        var patched = (await tenant.SendAsync(HttpMethod.Patch, $"{Providers}/{id}", """{"enable":false,"description":null,"headers":null,"base_url":"https://other.neon.tech"}""")).AssertSuccess().Result;

        Assert.Equal(("https://other.neon.tech", "Every field", false), (Text("base_url"), Text("name"), patched.GetProperty("enable").GetBoolean()));
        Assert.False(patched.TryGetProperty("description", out _));
        Assert.False(patched.TryGetProperty("headers", out _));
        Assert.Equal(3, patched.GetProperty("position").GetInt32());
        (await tenant.SendAsync(HttpMethod.Patch, $"{Providers}/{id}", """{"slug":null}""")).AssertFailure(400, 7001);
        (await tenant.SendAsync(HttpMethod.Patch, $"{Providers}/{id}", """{"base_url":"https://10.0.0.1"}""")).AssertFailure(400, 7001);
        (await tenant.SendAsync(HttpMethod.Patch, $"{Providers}/none", "{}")).AssertFailure(404, 7002);

        string? Text(string name) => patched.GetProperty(name).GetString();
    }

    [Fact]
    public async Task Patch_AtTheSameTime_LosesNoField()
    {
        var tenant = await host.CreateTenantAsync();
        var id = IdOf((await tenant.SendAsync(HttpMethod.Post, Providers, EveryField)).Result);

        await Task.WhenAll(
            tenant.SendAsync(HttpMethod.Patch, $"{Providers}/{id}", """{"name":"n"}"""),
            tenant.SendAsync(HttpMethod.Patch, $"{Providers}/{id}", """{"description":"e"}"""),
            tenant.SendAsync(HttpMethod.Patch, $"{Providers}/{id}", """{"position":9}"""),
            tenant.SendAsync(HttpMethod.Patch, $"{Providers}/{id}", """{"enable":false}"""));

        var provider = (await tenant.GetAsync($"{Providers}/{id}")).Result;
        Assert.Equal(
            ("n", "e", 9, false),
            (provider.GetProperty("name").GetString(), provider.GetProperty("description").GetString(), provider.GetProperty("position").GetInt32(), provider.GetProperty("enable").GetBoolean()));
    }

    [Fact]
    public async Task Delete_AProvider_AnswersWithItAndTakesItsRules()
    {
        var tenant = await host.CreateTenantAsync();
        var id = await CreateAsync(tenant, "gone");
        (await tenant.SendAsync(HttpMethod.Post, $"{Providers}/costs", $$"""{"account_provider_id":"{{id}}","model":"m"}""")).AssertSuccess();

        Assert.Equal(id, IdOf((await tenant.SendAsync(HttpMethod.Delete, $"{Providers}/{id}")).AssertSuccess().Result));

        (await tenant.SendAsync(HttpMethod.Delete, $"{Providers}/{id}")).AssertFailure(404, 7002);
        Assert.Empty((await tenant.GetAsync($"{Providers}/costs")).Result.EnumerateArray());
    }

    [Fact]
    public async Task Url_OfACustomProvider_IsAnsweredWhereItExists()
    {
        var tenant = await host.CreateTenantAsync();
        await tenant.CreateGatewayAsync("g");
        await CreateAsync(tenant, "mine");

        Assert.EndsWith($"/v1/{tenant.AccountId}/g/custom-mine", (await tenant.GetAsync("ai-gateway/gateways/g/url/custom-mine")).AssertSuccess().Result.GetString(), StringComparison.Ordinal);
        (await tenant.GetAsync("ai-gateway/gateways/g/url/custom-other")).AssertFailure(400, 7001);
    }

    [Fact]
    public async Task Rules_CreateListPatchDelete_AnswerInTheShapeOfTheReference()
    {
        var tenant = await host.CreateTenantAsync();
        var (one, two) = (await CreateAsync(tenant, "one"), await CreateAsync(tenant, "two"));

        var rule = (await tenant.SendAsync(
            HttpMethod.Post,
            $"{Providers}/costs",
            $$$"""{"account_provider_id":"{{{one}}}","model":"llama","model_rule":"starts-with","cost_in":0.0000005,"token_pricing":{"input_cached_tokens":1e-7}}""")).AssertSuccess().Result;
        (await tenant.SendAsync(HttpMethod.Post, $"{Providers}/costs", $$"""{"account_provider_id":"{{two}}","model":"llama","enable":false}""")).AssertSuccess();

        Assert.Equal(
            ["account_provider_id", "changed_by", "cost_in", "cost_out", "cost_type", "created_at", "enable", "id", "model", "model_rule", "modified_at", "token_pricing", "weight"],
            rule.EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal));
        Assert.Equal((one, "llama", "starts-with", "tokens", "manual"), (Text("account_provider_id"), Text("model"), Text("model_rule"), Text("cost_type"), Text("changed_by")));
        Assert.Equal((0.0000005m, 2, true), (rule.GetProperty("cost_in").GetDecimal(), rule.GetProperty("weight").GetInt32(), rule.GetProperty("enable").GetBoolean()));
        Assert.Equal(JsonValueKind.Null, rule.GetProperty("cost_out").ValueKind);
        Assert.Equal(0.0000001m, JsonElement.Parse(Text("token_pricing")!).GetProperty("input_cached_tokens").GetDecimal());
        Assert.Equal(rule.ToString(), (await tenant.GetAsync($"{Providers}/costs/{IdOf(rule)}")).Result.ToString());

        foreach (var (query, count) in ((string, int)[])[("", 2), ($"?account_provider_id={one}", 1), ("?enable=false", 1), ("?model_rule=equals", 1), ("?search=LLA", 2), ("?search=x", 0), ("?cost_type=tokens", 2)])
        {
            Assert.Equal(count, (await tenant.GetAsync($"{Providers}/costs{query}")).AssertSuccess().Result.GetArrayLength());
        }

        var patched = (await tenant.SendAsync(HttpMethod.Patch, $"{Providers}/costs/{IdOf(rule)}", """{"cost_out":2,"model_rule":"equals","token_pricing":null}""")).AssertSuccess().Result;
        Assert.Equal(
            (0.0000005m, 2m, 3, "{}"),
            (patched.GetProperty("cost_in").GetDecimal(), patched.GetProperty("cost_out").GetDecimal(), patched.GetProperty("weight").GetInt32(), patched.GetProperty("token_pricing").GetString()));

        Assert.Equal(IdOf(rule), IdOf((await tenant.SendAsync(HttpMethod.Delete, $"{Providers}/costs/{IdOf(rule)}")).AssertSuccess().Result));
        (await tenant.GetAsync($"{Providers}/costs/{IdOf(rule)}")).AssertFailure(404, 7002);

        string? Text(string name) => rule.GetProperty(name).GetString();
    }

    [Theory]
    [InlineData("""{"model":"m"}""", "body.account_provider_id: Required")]
    [InlineData("""{"account_provider_id":"x","model":"m"}""", "body.account_provider_id: Invalid uuid")]
    [InlineData("""{"account_provider_id":"019a0000-0000-7000-8000-000000000000","model":"m"}""", "body.account_provider_id: The account has no custom provider of this id")]
    [InlineData("""{"account_provider_id":"019a0000-0000-7000-8000-000000000000","model":"m","cost_in":-1,"cost_out":"1"}""",
        "body.cost_in: Number must be greater than or equal to 0", "body.cost_out: Expected number, received string")]
    [InlineData("""{"account_provider_id":"019a0000-0000-7000-8000-000000000000","model":"","cost_type":"units"}""",
        "body.cost_type: Invalid enum value. Expected 'tokens', received 'units'", "body.model: String must contain at least 1 character(s)")]
    public async Task CreateRule_Mistakes_AreAllNamed(string body, params string[] errors)
    {
        var tenant = await host.CreateTenantAsync();

        var answer = await tenant.SendAsync(HttpMethod.Post, $"{Providers}/costs", body);

        answer.AssertFailure(400, 7001);
        Assert.Equal(errors, answer.Errors);
    }

    [Fact]
    public async Task CreateRule_PriceThatNothingCounts_IsRefused()
    {
        var tenant = await host.CreateTenantAsync();
        var id = await CreateAsync(tenant, "one");

        var answer = await tenant.SendAsync(HttpMethod.Post, $"{Providers}/costs", $$$"""{"account_provider_id":"{{{id}}}","model":"m","token_pricing":{"output":1}}""");

        answer.AssertFailure(400, 7001);
        Assert.StartsWith("body.token_pricing.output: Unknown price.", Assert.Single(answer.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CreateRule_ProviderOfAnotherAccount_IsRefused()
    {
        var (one, other) = (await host.CreateTenantAsync(), await host.CreateTenantAsync());
        var id = await CreateAsync(other, "theirs");

        (await one.SendAsync(HttpMethod.Post, $"{Providers}/costs", $$"""{"account_provider_id":"{{id}}","model":"m"}""")).AssertFailure(400, 7001);
    }

    private static async Task<string> CreateAsync(Tenant tenant, string slug, string more = "\"enable\":false") =>
        IdOf((await tenant.SendAsync(HttpMethod.Post, Providers, $$"""{"name":"Name of {{slug}}","slug":"{{slug}}","base_url":"https://models.neon.tech",{{more}}}""")).AssertSuccess().Result);

    private static string IdOf(JsonElement provider) => provider.GetProperty("id").GetString()!;

    private static async Task<string[]> SlugsAsync(Tenant tenant, string query) =>
        [.. (await tenant.GetAsync(Providers + query)).AssertSuccess().Result.EnumerateArray().Select(provider => provider.GetProperty("slug").GetString()!)];
}
