using System.Text.Json;
using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Replays;
using Xunit;

namespace GatewayActors.Front.Tests.Management;

/// <summary>Replays by the admin API; what they send is tested with whole processes.</summary>
[Collection(typeof(AdminTests))]
public sealed class ReplayApiTests(AdminHost host)
{
    private const string Gateway = "ai-gateway/gateways/g";
    private const string Replays = $"{Gateway}/replays";

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Create_Replay_IsWaitingAndBegun()
    {
        var (tenant, dataset) = await TenantAsync();

        var replay = await CreateAsync(tenant, dataset, """{"model":"openai/gpt-4o-mini","max_cost":0.25}""");

        Assert.Equal(("waiting", "openai/gpt-4o-mini", dataset, "d"), (Text(replay, "state"), Text(replay, "model"), Text(replay, "dataset_id"), Text(replay, "dataset_name")));
        Assert.Equal((100, 4, 0.25m, 0), (Number(replay, "max_entries"), Number(replay, "concurrency"), replay.GetProperty("max_cost").GetDecimal(), Number(replay, "total")));
        Assert.Contains(KeyOf(tenant, replay), host.Runner.Begun);
        Assert.Equal(replay.GetRawText(), (await tenant.GetAsync($"{Replays}/{Text(replay, "id")}")).AssertSuccess().Result.GetRawText());
        var stored = (await host.Grains.GetGrain<IReplayGrain>(KeyOf(tenant, replay)).GetAsync(_cancelled))!.Definition;
        Assert.Equal((tenant.TokenId, false), (stored.TokenId, stored.IsOperator));
    }

    [Theory]
    [InlineData("{}", "body.model: Required")]
    [InlineData(
        """{"model":"gpt","max_entries":1001,"concurrency":0,"max_cost":0}""",
        "body.model: Expected {provider}/{model} or dynamic/{route}",
        "body.max_entries: Number must be less than or equal to 1000",
        "body.concurrency: Number must be greater than or equal to 1",
        "body.max_cost: Number must be greater than or equal to 0.000000000001")]
    [InlineData("""{"model":"nope/gpt"}""", "body.model: There is no provider 'nope' that can be asked in OpenAI's format")]
    [InlineData("""{"model":"dynamic/none"}""", "body.model: The gateway has no such dynamic route")]
    public async Task Create_Mistakes_AreAllListed(string body, params string[] expected)
    {
        var (tenant, dataset) = await TenantAsync();

        var answer = await tenant.SendAsync(HttpMethod.Post, $"{Gateway}/datasets/{dataset}/replays", body);

        answer.AssertFailure(400, 7001);
        Assert.Equal(expected, answer.Errors);
    }

    [Fact]
    public async Task Create_UnknownOrDisabledDataset_IsRefused()
    {
        var (tenant, _) = await TenantAsync();
        var off = Text((await tenant.SendAsync(HttpMethod.Post, $"{Gateway}/datasets", DatasetApiTests.Body("off", enable: false))).Result, "id");

        (await tenant.SendAsync(HttpMethod.Post, $"{Gateway}/datasets/nope/replays", """{"model":"openai/m"}""")).AssertFailure(404, 7002);
        (await tenant.SendAsync(HttpMethod.Post, $"{Gateway}/datasets/{off}/replays", """{"model":"openai/m"}""")).AssertFailure(400, 7001);
    }

    [Fact]
    public async Task Results_Replay_ShowsBothAnswers()
    {
        var (tenant, dataset) = await TenantAsync();
        var replay = await CreateAsync(tenant, dataset, """{"model":"openai/m"}""");
        var source = Entries.Make(tenant.AccountId, "g", "{}"u8.ToArray(), """{"choices":[{"message":{"content":"first"}}]}"""u8.ToArray());
        var replayed = Entries.Make(tenant.AccountId, "g", "{}"u8.ToArray(), """{"choices":[{"message":{"content":"second"}}]}"""u8.ToArray());
        host.Logs.Add(source);
        host.Logs.AddUnflushed(replayed);
        var grain = host.Grains.GetGrain<IReplayGrain>(KeyOf(tenant, replay));
        var worker = Guid.CreateVersion7();
        ReplayItem[] items =
        [
            new() { SourceId = source.Id, Source = Figures(0.1m, 100, 5, 7) }, new() { SourceId = Guid.CreateVersion7(), Source = Figures(0.2m, 200, 5, 7) },
        ];
        await grain.ClaimAsync(worker, _cancelled);
        await grain.BeginAsync(worker, items, 1, _cancelled);
        await grain.ReportAsync(worker, [items[0] with { Replayed = Figures(0.000000000001m, 50, 5, 3), ReplayedId = replayed.Id }, items[1] with { Problem = "gone" }], _cancelled);

        var results = (await tenant.GetAsync($"{Replays}/{Text(replay, "id")}/results")).AssertSuccess();
        Assert.Equal(2, results.Body.GetProperty("result_info").GetProperty("total_count").GetInt32());
        var (first, second) = (results.Result[0], results.Result[1]);
        Assert.Equal(("done", "first", "second"), (Text(first, "state"), Text(first.GetProperty("original"), "answer"), Text(first.GetProperty("replay"), "answer")));
        Assert.Equal((0.000000000001m, 50, 3), (first.GetProperty("replay").GetProperty("cost").GetDecimal(), Number(first.GetProperty("replay"), "duration"), Number(first.GetProperty("replay"), "tokens_out")));
        Assert.Equal(("failed", "gone", JsonValueKind.Null), (Text(second, "state"), Text(second, "problem"), second.GetProperty("replay").ValueKind));
        Assert.Equal(0, (await tenant.GetAsync($"{Replays}/{Text(replay, "id")}/results?page=2")).AssertSuccess().Result.GetArrayLength());
        (await tenant.GetAsync($"{Replays}/{Text(replay, "id")}/results?per_page=51")).AssertFailure(400, 7001);

        var done = (await tenant.GetAsync($"{Replays}/{Text(replay, "id")}")).Result;
        Assert.Equal(("done", 2, 1, 1, 1), (Text(done, "state"), Number(done, "total"), Number(done, "done"), Number(done, "failed"), Number(done, "skipped")));
        var (original, again) = (done.GetProperty("summary").GetProperty("original"), done.GetProperty("summary").GetProperty("replay"));
        Assert.Equal((1, 0.1m, 100), (Number(original, "requests"), original.GetProperty("total_cost").GetDecimal(), Number(original, "average_duration")));
        Assert.Equal((1, 0.000000000001m, 3), (Number(again, "requests"), again.GetProperty("average_cost").GetDecimal(), Number(again, "tokens_out")));
    }

    [Fact]
    public async Task Cancel_Replay_BreaksItOffAndItCanBeDeleted()
    {
        var (tenant, dataset) = await TenantAsync();
        var replay = await CreateAsync(tenant, dataset, """{"model":"openai/m"}""");
        var path = $"{Replays}/{Text(replay, "id")}";
        (await tenant.SendAsync(HttpMethod.Delete, path)).AssertFailure(400, 7001);

        var cancelled = (await tenant.SendAsync(HttpMethod.Post, $"{path}/cancel")).AssertSuccess().Result;

        Assert.Equal("cancelled", Text(cancelled, "state"));
        Assert.Contains(KeyOf(tenant, replay), host.Runner.Aborted);
        Assert.Equal(["cancelled"], await StatesAsync(tenant, "?state=cancelled"));
        Assert.Empty(await StatesAsync(tenant, "?state=running"));
        (await tenant.SendAsync(HttpMethod.Delete, path)).AssertSuccess();
        (await tenant.GetAsync(path)).AssertFailure(404, 7002);
        (await tenant.SendAsync(HttpMethod.Post, $"{path}/cancel")).AssertFailure(404, 7002);
    }

    [Fact]
    public async Task List_Replays_IsPagedAndFiltered()
    {
        var (tenant, dataset) = await TenantAsync();
        await CreateAsync(tenant, dataset, """{"model":"openai/a"}""");
        await CreateAsync(tenant, dataset, """{"model":"openai/b"}""");

        var page = (await tenant.GetAsync($"{Replays}?per_page=1&dataset_id={dataset}")).AssertSuccess();

        Assert.Equal("openai/b", Text(Assert.Single(page.Result.EnumerateArray()), "model"));
        Assert.Equal(2, page.Body.GetProperty("result_info").GetProperty("total_count").GetInt32());
        Assert.Empty(await StatesAsync(tenant, $"?dataset_id={Guid.CreateVersion7():D}"));
        (await tenant.GetAsync($"{Replays}?state=soon")).AssertFailure(400, 7001);
    }

    [Fact]
    public async Task Replays_OfOneAccount_AreNotAnothers()
    {
        var (owner, dataset) = await TenantAsync();
        var (stranger, _) = await TenantAsync();
        var id = Text(await CreateAsync(owner, dataset, """{"model":"openai/m"}"""), "id");

        foreach (var path in (string[])["", "/results"])
        {
            (await stranger.GetAsync($"{Replays}/{id}{path}")).AssertFailure(404, 7002);
        }

        (await stranger.SendAsync(HttpMethod.Post, $"{Replays}/{id}/cancel")).AssertFailure(404, 7002);
        (await stranger.SendAsync(HttpMethod.Delete, $"{Replays}/{id}")).AssertFailure(404, 7002);
        (await stranger.SendAsync(HttpMethod.Post, $"{Gateway}/datasets/{dataset}/replays", """{"model":"openai/m"}""")).AssertFailure(404, 7002);
        (await host.SendAsync(HttpMethod.Get, $"accounts/{owner.AccountId}/{Replays}/{id}/results", stranger.Token)).AssertFailure(403, 10000);
        Assert.Equal(["waiting"], await StatesAsync(owner, ""));
    }

    private static ReplayFigures Figures(decimal cost, double durationMs, long tokensIn, long tokensOut) =>
        new() { StatusCode = 200, Success = true, CostUsd = cost, DurationMs = durationMs, TokensIn = tokensIn, TokensOut = tokensOut };

    private static string Text(JsonElement element, string name) => DatasetApiTests.Text(element, name);

    private static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();

    private static string KeyOf(Tenant tenant, JsonElement replay) =>
        GrainKeys.Replay(GrainKeys.Gateway(tenant.AccountId, "g"), Guid.ParseExact(Text(replay, "id"), "D"));

    private static async Task<JsonElement> CreateAsync(Tenant tenant, string dataset, string body) =>
        (await tenant.SendAsync(HttpMethod.Post, $"{Gateway}/datasets/{dataset}/replays", body)).AssertSuccess().Result;

    private static async Task<string[]> StatesAsync(Tenant tenant, string query) =>
        [.. (await tenant.GetAsync(Replays + query)).AssertSuccess().Result.EnumerateArray().Select(replay => Text(replay, "state"))];

    private async Task<(Tenant Tenant, string DatasetId)> TenantAsync()
    {
        var tenant = await host.CreateTenantAsync();
        await tenant.CreateGatewayAsync("g");
        return (tenant, Text((await tenant.SendAsync(HttpMethod.Post, $"{Gateway}/datasets", DatasetApiTests.Body("d"))).AssertSuccess().Result, "id"));
    }
}
