using System.Text.Json;
using GatewayActors.Abstractions.Logs;
using Xunit;

namespace GatewayActors.Front.Tests.Management;

/// <summary>Evaluations by the admin API.</summary>
[Collection(typeof(AdminTests))]
public sealed class EvaluationApiTests(AdminHost host)
{
    private const string Evaluations = "ai-gateway/gateways/g/evaluations";
    private const string Types = "ai-gateway/evaluation-types";
    private const string Cost = "e7a10000-0000-4000-8000-000000000001";
    private const string Speed = "e7a10000-0000-4000-8000-000000000002";
    private const string Feedback = "e7a10000-0000-4000-8000-000000000003";

    [Fact]
    public async Task Create_Evaluation_IsComputedBehindTheCall()
    {
        var tenant = await TenantAsync();
        var entry = Entries.Make(tenant.AccountId, "g");
        entry.ReleaseBodies();
        host.Logs.AddUnflushed(entry); // Still with the writer when the evaluation is made.
        var dataset = await DatasetAsync(tenant, "d");

        var created = await CreateAsync(tenant, "e", [dataset], Cost, Speed, Feedback, Cost);

        Assert.Equal(
            ["account_id", "account_tag", "created_at", "datasets", "gateway_id", "id", "modified_at", "name", "processed", "results", "total_logs"],
            created.EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal));
        Assert.False(created.GetProperty("processed").GetBoolean());
        Assert.All(created.GetProperty("results").EnumerateArray(), result => Assert.Equal((0, ""), (result.GetProperty("status").GetInt32(), Text(result, "result"))));

        await host.Computed.WaitAsync(tenant.AccountId, "g");
        var found = (await tenant.GetAsync($"{Evaluations}/{Text(created, "id")}")).AssertSuccess().Result;
        Assert.True(found.GetProperty("processed").GetBoolean());
        Assert.Equal(1, found.GetProperty("total_logs").GetInt32());
        Assert.Equal(
            [(Cost, "0.0000125", 2, "Completed", 1), (Speed, "12.4", 2, "Completed", 1), (Feedback, "", 2, "No log has feedback", 0)],
            found.GetProperty("results").EnumerateArray().Select(result => (
                Text(result, "evaluation_type_id"), Text(result, "result"), result.GetProperty("status").GetInt32(), Text(result, "status_description"), result.GetProperty("total_logs").GetInt32())));
        Assert.All(found.GetProperty("results").EnumerateArray(), result => Assert.Equal(Text(created, "id"), Text(result, "evaluation_id")));
        var snapshot = Assert.Single(found.GetProperty("datasets").EnumerateArray());
        Assert.Equal((dataset, tenant.AccountId, "g"), (Text(snapshot, "id"), Text(snapshot, "account_tag"), Text(snapshot, "gateway_id")));
        Assert.Contains(
            Assert.Single(host.Logs.LastAggregates[tenant.AccountId]), filter => filter is { Key: LogFilterKey.RequestType, Operator: LogFilterOperator.NotEqual });
    }

    [Fact]
    public async Task Create_Mistakes_AreAllListed()
    {
        var tenant = await TenantAsync();
        var off = await DatasetAsync(tenant, "off", enable: false);

        Assert.Equal(
            ["body.name: Required", "body.dataset_ids: Array must contain at least 1 element(s)", "body.evaluation_type_ids: Required"],
            (await tenant.SendAsync(HttpMethod.Post, Evaluations, """{"dataset_ids":[]}""")).Errors);
        Assert.Equal(
            ["body.dataset_ids.0: The gateway has no such dataset", "body.evaluation_type_ids.1: There is no such evaluation type"],
            (await tenant.SendAsync(HttpMethod.Post, Evaluations, $$"""{"name":"e","dataset_ids":["x"],"evaluation_type_ids":["{{Cost}}","nope"]}""")).Errors);
        Assert.Equal(
            ["body.dataset_ids.1: The gateway has no such dataset"],
            (await tenant.SendAsync(HttpMethod.Post, Evaluations, Body("e", [off, Guid.CreateVersion7().ToString("D")], Cost))).Errors);
        Assert.Equal(["body.dataset_ids.0: The dataset is switched off"], (await tenant.SendAsync(HttpMethod.Post, Evaluations, Body("e", [off], Cost))).Errors);
        Assert.Equal(
            ["body.dataset_ids: Array must contain at most 5 element(s)"],
            (await tenant.SendAsync(HttpMethod.Post, Evaluations, Body("e", [off, off, off, off, off, off], Cost))).Errors);
    }

    [Fact]
    public async Task Create_NameTwice_Is7001()
    {
        var tenant = await TenantAsync();
        var dataset = await DatasetAsync(tenant, "d");
        await CreateAsync(tenant, "e", [dataset], Cost);

        var answer = await tenant.SendAsync(HttpMethod.Post, Evaluations, Body("e", [dataset], Cost));

        answer.AssertFailure(400, 7001);
        Assert.Contains("already exists", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_Evaluations_IsPagedAndSearched()
    {
        var tenant = await TenantAsync();
        var dataset = await DatasetAsync(tenant, "d");
        await CreateAsync(tenant, "one", [dataset], Cost);
        await CreateAsync(tenant, "two", [dataset], Speed);

        Assert.Equal(["two", "one"], await NamesAsync(tenant, ""));
        Assert.Equal(["one"], await NamesAsync(tenant, "?page=2&per_page=1"));
        Assert.Equal(["two"], await NamesAsync(tenant, "?name=two"));
        Assert.Equal(["one"], await NamesAsync(tenant, "?search=ON"));
        Assert.Equal(2, (await NamesAsync(tenant, "?processed=true")).Length + (await NamesAsync(tenant, "?processed=false")).Length);
        (await tenant.GetAsync($"{Evaluations}?processed=x")).AssertFailure(400, 7001);
    }

    [Fact]
    public async Task Delete_Evaluation_AnswersItOnce()
    {
        var tenant = await TenantAsync();
        var path = $"{Evaluations}/{Text(await CreateAsync(tenant, "e", [await DatasetAsync(tenant, "d")], Cost), "id")}";

        Assert.Equal("e", Text((await tenant.SendAsync(HttpMethod.Delete, path)).AssertSuccess().Result, "name"));

        (await tenant.SendAsync(HttpMethod.Delete, path)).AssertFailure(404, 7002);
        (await tenant.GetAsync(path)).AssertFailure(404, 7002);
        (await tenant.GetAsync($"{Evaluations}/nope")).AssertFailure(404, 7002);
    }

    [Fact]
    public async Task Evaluations_OfOneAccount_AreNotAnothers()
    {
        var (owner, stranger) = (await TenantAsync(), await TenantAsync());
        var dataset = await DatasetAsync(owner, "d");
        var id = Text(await CreateAsync(owner, "e", [dataset], Cost), "id");

        (await stranger.GetAsync($"{Evaluations}/{id}")).AssertFailure(404, 7002);
        (await stranger.SendAsync(HttpMethod.Delete, $"{Evaluations}/{id}")).AssertFailure(404, 7002);
        (await stranger.SendAsync(HttpMethod.Post, Evaluations, Body("e", [dataset], Cost))).AssertFailure(400, 7001);
        (await host.SendAsync(HttpMethod.Get, $"accounts/{owner.AccountId}/{Evaluations}", stranger.Token)).AssertFailure(403, 10000);
        Assert.Equal(["e"], await NamesAsync(owner, ""));
    }

    [Fact]
    public async Task Evaluations_GatewayDeleted_AreGoneWithIt()
    {
        var tenant = await TenantAsync();
        await CreateAsync(tenant, "e", [await DatasetAsync(tenant, "d")], Cost);

        (await tenant.SendAsync(HttpMethod.Delete, "ai-gateway/gateways/g")).AssertSuccess();

        (await tenant.GetAsync(Evaluations)).AssertFailure(404, 7002);
        await tenant.CreateGatewayAsync("g");
        Assert.Empty(await NamesAsync(tenant, ""));
    }

    [Fact]
    public async Task Types_All_AreListedInOrder()
    {
        var tenant = await host.CreateTenantAsync();

        var answer = (await tenant.GetAsync(Types)).AssertSuccess();

        Assert.Equal([Cost, Speed, Feedback], answer.Result.EnumerateArray().Select(type => Text(type, "id")));
        Assert.Equal(
            ["created_at", "description", "enable", "id", "mandatory", "modified_at", "name", "type"],
            answer.Result[0].EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal));
        Assert.Equal(3, answer.Body.GetProperty("result_info").GetProperty("total_count").GetInt32());
        Assert.Equal(
            [Speed, Feedback, Cost],
            (await tenant.GetAsync($"{Types}?order_by=name")).Result.EnumerateArray().Select(type => Text(type, "id")));
        Assert.Equal(Feedback, Text((await tenant.GetAsync($"{Types}?order_by_direction=asc&per_page=5")).Result[0], "id"));
        Assert.Equal(0, (await tenant.GetAsync($"{Types}?page=2")).AssertSuccess().Result.GetArrayLength());
        Assert.Equal(
            ["query.per_page: per_page: Number must be greater than or equal to 5", "query.order_by_direction: order_by_direction: Invalid enum value. Expected 'asc' | 'desc', received 'up'"],
            (await tenant.GetAsync($"{Types}?per_page=4&order_by_direction=up")).Errors);
        (await tenant.GetAsync($"{Types}?order_by=nope")).AssertFailure(400, 7001);
    }

    private static string Text(JsonElement element, string name) => DatasetApiTests.Text(element, name);

    private static string Body(string name, string[] datasets, params string[] types) =>
        $$"""{"name":"{{name}}","dataset_ids":[{{string.Join(',', datasets.Select(id => $"\"{id}\""))}}],"evaluation_type_ids":[{{string.Join(',', types.Select(id => $"\"{id}\""))}}]}""";

    private static async Task<string> DatasetAsync(Tenant tenant, string name, bool enable = true) =>
        Text((await tenant.SendAsync(HttpMethod.Post, "ai-gateway/gateways/g/datasets", DatasetApiTests.Body(name, enable: enable))).AssertSuccess().Result, "id");

    private static async Task<JsonElement> CreateAsync(Tenant tenant, string name, string[] datasets, params string[] types) =>
        (await tenant.SendAsync(HttpMethod.Post, Evaluations, Body(name, datasets, types))).AssertSuccess().Result;

    private static async Task<string[]> NamesAsync(Tenant tenant, string query) =>
        [.. (await tenant.GetAsync(Evaluations + query)).AssertSuccess().Result.EnumerateArray().Select(evaluation => Text(evaluation, "name"))];

    private async Task<Tenant> TenantAsync()
    {
        var tenant = await host.CreateTenantAsync();
        await tenant.CreateGatewayAsync("g");
        return tenant;
    }
}
