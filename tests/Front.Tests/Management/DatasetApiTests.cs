using System.Text.Json;
using Xunit;

namespace GatewayActors.Front.Tests.Management;

/// <summary>Datasets by the admin API.</summary>
[Collection(typeof(AdminTests))]
public sealed class DatasetApiTests(AdminHost host)
{
    private const string Datasets = "ai-gateway/gateways/g/datasets";

    [Fact]
    public async Task Create_Dataset_IsAnsweredAsItWasWritten()
    {
        var tenant = await TenantAsync();
        const string Filters = """[{"key":"created_at","operator":"gt","value":["2026-01-02T03:04:05Z"]},{"key":"cost","operator":"lt","value":[1.50]},{"key":"success","operator":"eq","value":[true]},{"key":"model","operator":"contains","value":["gpt","clé"]}]""";

        var dataset = (await tenant.SendAsync(HttpMethod.Post, Datasets, $$$"""{"name":"good","enable":true,"filters":{{{Filters}}},"later":1}""")).AssertSuccess().Result;

        Assert.Equal(
            ["account_id", "account_tag", "created_at", "enable", "filters", "gateway_id", "id", "modified_at", "name"],
            dataset.EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal));
        Assert.Equal(Filters, dataset.GetProperty("filters").GetRawText());
        Assert.Equal(("good", "g", true), (Text(dataset, "name"), Text(dataset, "gateway_id"), dataset.GetProperty("enable").GetBoolean()));
        Assert.Equal(dataset.GetRawText(), (await tenant.GetAsync($"{Datasets}/{Text(dataset, "id")}")).AssertSuccess().Result.GetRawText());
    }

    [Fact]
    public async Task Create_SingleValue_IsAnsweredAsAList()
    {
        var tenant = await TenantAsync();

        var dataset = await CreateAsync(tenant, "d", """[{"key":"feedback","operator":"eq","value":null}]""");

        Assert.Equal("""[{"key":"feedback","operator":"eq","value":[null]}]""", dataset.GetProperty("filters").GetRawText());
    }

    [Theory]
    [InlineData("{}", "name: Required", "enable: Required", "filters: Required")]
    [InlineData("""{"name":" ","enable":"yes","filters":{}}""", "name: The name must not be blank", "enable: Expected boolean, received string", "filters: Expected array, received object")]
    [InlineData(
        """{"name":"d","enable":true,"filters":[1,{"key":"nope","operator":"like"},{"key":"cost","operator":"contains","value":["1"]},{"key":"cost","operator":"gt","value":["x"]},{"key":"created_at","operator":"lt","value":["soon"]},{"key":"model","operator":"eq","value":[]},{"key":"model","operator":"eq","value":[{}]},{"key":"model","operator":"contains","value":[null]}]}""",
        "filters.0: Expected object, received number",
        "filters.1.key: Invalid enum value. Expected 'id' | 'event_id' | 'created_at' | 'request_content_type' | 'response_content_type' | 'request_type' | 'success' | 'cached' | 'provider' | 'model' | 'model_type' | 'cost' | 'tokens' | 'tokens_in' | 'tokens_out' | 'duration' | 'feedback' | 'metadata.key' | 'metadata.value' | 'authentication' | 'wholesale' | 'compatibilityMode' | 'dlp_action' | 'user_agent' | 'status_code' | 'prompts.prompt_id' | 'prompts.version_id', received 'nope'",
        "filters.1.operator: Invalid enum value. Expected 'eq' | 'neq' | 'contains' | 'lt' | 'gt', received 'like'",
        "filters.1.value: Required",
        "filters.2.operator: 'contains' does not suit 'cost'",
        "filters.3.value: Expected a number",
        "filters.4.value: Expected an RFC 3339 date and time",
        "filters.5.value: Array must contain at least 1 element(s)",
        "filters.6.value: Expected string, number, boolean or null",
        "filters.7.value: 'contains' needs a value")]
    public async Task Create_Mistakes_AreAllListed(string body, params string[] expected)
    {
        var tenant = await TenantAsync();

        var answer = await tenant.SendAsync(HttpMethod.Post, Datasets, body);

        answer.AssertFailure(400, 7001);
        Assert.Equal(expected.Select(mistake => $"body.{mistake}"), answer.Errors);
    }

    [Fact]
    public async Task Create_FiltersTooLong_IsRefused()
    {
        var tenant = await TenantAsync();
        var value = new string('m', 17_000);

        var answer = await tenant.SendAsync(HttpMethod.Post, Datasets, $$"""{"name":"d","enable":true,"filters":[{"key":"model","operator":"eq","value":["{{value}}"]}]}""");

        answer.AssertFailure(400, 7001);
        Assert.Equal(["body.filters: The filters are too long: at most 16384 characters"], answer.Errors);
    }

    [Fact]
    public async Task Create_NameTwice_Is7001()
    {
        var tenant = await TenantAsync();
        await CreateAsync(tenant, "d");

        var answer = await tenant.SendAsync(HttpMethod.Post, Datasets, Body("d"));

        answer.AssertFailure(400, 7001);
        Assert.Equal(["body.name: A dataset with this name already exists in the gateway"], answer.Errors);
    }

    [Fact]
    public async Task Create_TheEleventh_IsRefused()
    {
        var tenant = await TenantAsync();
        for (var number = 0; number < 10; number++)
        {
            await CreateAsync(tenant, $"d{number}");
        }

        (await tenant.SendAsync(HttpMethod.Post, Datasets, Body("one more"))).AssertFailure(400, 7001);
    }

    [Fact]
    public async Task List_Datasets_IsPagedAndSearched()
    {
        var tenant = await TenantAsync();
        await CreateAsync(tenant, "alpha", """[{"key":"model","operator":"eq","value":["gpt-4o"]}]""");
        await CreateAsync(tenant, "beta", enable: false);
        var gamma = await CreateAsync(tenant, "gamma");

        Assert.Equal(["gamma", "beta", "alpha"], await NamesAsync(tenant, ""));
        Assert.Equal(["beta"], await NamesAsync(tenant, "?page=2&per_page=1"));
        Assert.Empty(await NamesAsync(tenant, "?page=9"));
        Assert.Equal(["beta"], await NamesAsync(tenant, "?enable=false"));
        Assert.Equal(["alpha"], await NamesAsync(tenant, "?name=alpha"));
        Assert.Empty(await NamesAsync(tenant, "?name=alp"));
        Assert.Equal(["alpha"], await NamesAsync(tenant, "?search=GPT-4"));
        Assert.Equal(["gamma"], await NamesAsync(tenant, $"?search={Text(gamma, "id")}"));
        var info = (await tenant.GetAsync($"{Datasets}?per_page=2")).Body.GetProperty("result_info");
        Assert.Equal((2, 1, 2, 3, 2), (Number(info, "count"), Number(info, "page"), Number(info, "per_page"), Number(info, "total_count"), Number(info, "total_pages")));
        (await tenant.GetAsync($"{Datasets}?per_page=101&enable=maybe")).AssertFailure(400, 7001);
    }

    [Fact]
    public async Task Update_Dataset_ReplacesIt()
    {
        var tenant = await TenantAsync();
        var path = $"{Datasets}/{Text(await CreateAsync(tenant, "d"), "id")}";

        var updated = (await tenant.SendAsync(HttpMethod.Put, path, Body("renamed", enable: false))).AssertSuccess().Result;

        Assert.Equal(("renamed", false), (Text(updated, "name"), updated.GetProperty("enable").GetBoolean()));
        Assert.Equal(updated.GetRawText(), (await tenant.GetAsync(path)).Result.GetRawText());
        (await tenant.SendAsync(HttpMethod.Put, path, """{"name":"d"}""")).AssertFailure(400, 7001);
    }

    [Fact]
    public async Task Delete_Dataset_AnswersItOnce()
    {
        var tenant = await TenantAsync();
        var dataset = await CreateAsync(tenant, "d");
        var path = $"{Datasets}/{Text(dataset, "id")}";

        Assert.Equal(dataset.GetRawText(), (await tenant.SendAsync(HttpMethod.Delete, path)).AssertSuccess().Result.GetRawText());

        (await tenant.SendAsync(HttpMethod.Delete, path)).AssertFailure(404, 7002);
        (await tenant.GetAsync(path)).AssertFailure(404, 7002);
        (await tenant.SendAsync(HttpMethod.Put, path, Body("d"))).AssertFailure(404, 7002);
        (await tenant.GetAsync($"{Datasets}/nope")).AssertFailure(404, 7002);
    }

    [Fact]
    public async Task Datasets_OfOneAccount_AreNotAnothers()
    {
        var (owner, stranger) = (await TenantAsync(), await TenantAsync());
        var id = Text(await CreateAsync(owner, "d"), "id");

        (await stranger.GetAsync($"{Datasets}/{id}")).AssertFailure(404, 7002);
        (await stranger.SendAsync(HttpMethod.Put, $"{Datasets}/{id}", Body("mine"))).AssertFailure(404, 7002);
        (await stranger.SendAsync(HttpMethod.Delete, $"{Datasets}/{id}")).AssertFailure(404, 7002);
        (await host.SendAsync(HttpMethod.Get, $"accounts/{owner.AccountId}/{Datasets}", stranger.Token)).AssertFailure(403, 10000);
        Assert.Empty(await NamesAsync(stranger, ""));
        Assert.Equal(["d"], await NamesAsync(owner, ""));
    }

    [Fact]
    public async Task Datasets_GatewayDeleted_AreGoneWithIt()
    {
        var tenant = await TenantAsync();
        await CreateAsync(tenant, "d");

        (await tenant.SendAsync(HttpMethod.Delete, "ai-gateway/gateways/g")).AssertSuccess();

        (await tenant.GetAsync(Datasets)).AssertFailure(404, 7002);
        (await tenant.SendAsync(HttpMethod.Post, Datasets, Body("d"))).AssertFailure(404, 7002);
        await tenant.CreateGatewayAsync("g");
        Assert.Empty(await NamesAsync(tenant, ""));
    }

    internal static string Body(string name, string filters = "[]", bool enable = true) =>
        $$"""{"name":"{{name}}","enable":{{(enable ? "true" : "false")}},"filters":{{filters}}}""";

    internal static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();

    private static async Task<JsonElement> CreateAsync(Tenant tenant, string name, string filters = "[]", bool enable = true) =>
        (await tenant.SendAsync(HttpMethod.Post, Datasets, Body(name, filters, enable))).AssertSuccess().Result;

    private static async Task<string[]> NamesAsync(Tenant tenant, string query) =>
        [.. (await tenant.GetAsync(Datasets + query)).AssertSuccess().Result.EnumerateArray().Select(dataset => Text(dataset, "name"))];

    private async Task<Tenant> TenantAsync()
    {
        var tenant = await host.CreateTenantAsync();
        await tenant.CreateGatewayAsync("g");
        return tenant;
    }
}
