using System.Text;
using System.Text.Json;
using GatewayActors.Abstractions.Logs;
using Xunit;

namespace GatewayActors.Front.Tests.Management;

[Collection(typeof(AdminTests))]
public sealed class LogApiTests(AdminHost host)
{
    private const string Logs = "ai-gateway/gateways/g/logs";

    [Fact]
    public async Task List_Entries_HaveEveryField()
    {
        var tenant = await MakeAsync();
        host.Logs.Add(Entries.Make(tenant.AccountId, "g", new byte[10], new byte[20]));

        var answer = (await tenant.GetAsync(Logs)).AssertSuccess();

        var entry = Assert.Single(answer.Result.EnumerateArray());
        Assert.Equal(
            """
            "created_at":"2026-03-01T12:00:00.000Z","provider":"openai","model":"gpt-4o-mini","path":"chat/completions","duration":12,"success":true,
            "cached":false,"tokens_in":5,"tokens_out":7,"cost":0.0000125,"custom_cost":false,"metadata":{"team":"a","n":1},"request_type":"http",
            "request_content_type":"application/json","response_content_type":"application/json","status_code":200,"step":0,"event_id":"event",
            "usage_metadata":{"input_tokens":5,"output_tokens":7,"total_tokens":12,"output_reasoning_tokens":3,"input_cached_tokens":2},
            "timings":{"total":12,"latency":11},"feedback":null,"score":null,"authentication":false,"wholesale":false,"byok":false,
            "compatibilityMode":false,"attempts":[{"status":200}],"usage":{"x":1},"request":"","response":"","request_size":10,"response_size":20
            """.ReplaceLineEndings(""),
            string.Join(',', entry.EnumerateObject().Skip(1).Select(field => $"\"{field.Name}\":{field.Value.GetRawText()}")));
        Assert.Equal("""{"count":1,"page":1,"per_page":20,"total_count":1,"total_pages":1}""", answer.Body.GetProperty("result_info").GetRawText());
    }

    [Fact]
    public async Task List_MetadataAsString_IsAText()
    {
        var tenant = await MakeAsync();
        host.Logs.Add(Entries.Make(tenant.AccountId, "g"));

        var answer = (await tenant.GetAsync($"{Logs}?metadata_format=string")).AssertSuccess();

        Assert.Equal("""{"team":"a","n":1}""", answer.Result[0].GetProperty("metadata").GetString());
    }

    [Fact]
    public async Task List_WithRanges_AddsThemAlsoWhenEmpty()
    {
        var tenant = await MakeAsync();

        var info = (await tenant.GetAsync($"{Logs}?meta_info=true")).AssertSuccess().Body.GetProperty("result_info");

        Assert.Equal(15, info.EnumerateObject().Count());
        Assert.Equal(JsonValueKind.Null, info.GetProperty("min_total_tokens").ValueKind);
    }

    [Fact]
    public async Task List_JustLogged_IsThere()
    {
        var tenant = await MakeAsync();
        host.Logs.AddUnflushed(Entries.Make(tenant.AccountId, "g"));

        Assert.Equal(1, (await tenant.GetAsync(Logs)).AssertSuccess().Result.GetArrayLength());
    }

    [Fact]
    public async Task List_UnknownGateway_IsNotFound()
    {
        var tenant = await host.CreateTenantAsync();

        (await tenant.GetAsync(Logs)).AssertFailure(404, 7002);
        (await tenant.SendAsync(HttpMethod.Delete, Logs)).AssertFailure(404, 7002);
    }

    [Fact]
    public async Task Get_JustLogged_HasHeadsAndSizes()
    {
        var tenant = await MakeAsync();
        var entry = Entries.Make(tenant.AccountId, "g", Encoding.UTF8.GetBytes(new string('a', 5000)), "{}"u8.ToArray());
        host.Logs.AddUnflushed(entry);

        var result = (await tenant.GetAsync($"{Logs}/{entry.Id:D}")).AssertSuccess().Result;

        Assert.Equal(4096, result.GetProperty("request_head").GetString()!.Length);
        Assert.False(result.GetProperty("request_head_complete").GetBoolean());
        Assert.Equal(5000, result.GetProperty("request_size").GetInt32());
        Assert.Equal("{}", result.GetProperty("response_head").GetString());
        Assert.True(result.GetProperty("response_head_complete").GetBoolean());
    }

    [Fact]
    public async Task Get_MetadataReadOnly_ShowsNoContent()
    {
        var tenant = await MakeAsync();
        var entry = Entries.Make(tenant.AccountId, "g", "{\"secret\":1}"u8.ToArray(), "{\"secret\":2}"u8.ToArray());
        host.Logs.Add(entry);
        var reader = tenant with { Token = (await host.CreateTokenAsync(tenant.AccountId, tenant.Token, "AI Gateway Metadata Read")).GetProperty("value").GetString()! };

        var answer = (await reader.GetAsync($"{Logs}/{entry.Id:D}")).AssertSuccess();

        Assert.DoesNotContain("secret", answer.Text, StringComparison.Ordinal);
        (await reader.GetAsync($"{Logs}/{entry.Id:D}/request")).AssertFailure(403, 10000);
        (await reader.GetAsync($"{Logs}/{entry.Id:D}/response")).AssertFailure(403, 10000);
    }

    [Theory]
    [InlineData("application/json", "application/json")]
    [InlineData("text/event-stream; charset=utf-8", "text/event-stream; charset=utf-8")]
    [InlineData(null, "application/octet-stream")]
    [InlineData("not a type\u00e9", "application/octet-stream")]
    public async Task GetResponse_StoredBody_IsRawWithItsContentType(string? recorded, string answered)
    {
        var tenant = await MakeAsync();
        var entry = Entries.Make(tenant.AccountId, "g", response: "data: {}\n\n"u8.ToArray(), responseContentType: recorded);
        host.Logs.Add(entry);

        var answer = await tenant.GetAsync($"{Logs}/{entry.Id:D}/response");

        Assert.Equal((200, answered, "data: {}\n\n"), (answer.Status, answer.ContentType, answer.Text));
        Assert.Equal("nosniff", answer.Headers["X-Content-Type-Options"]);
        (await tenant.GetAsync($"{Logs}/{entry.Id:D}/request")).AssertFailure(404, 7002);
    }

    [Fact]
    public async Task Patch_JustLogged_ChangesWhatIsGiven()
    {
        var tenant = await MakeAsync();
        var entry = Entries.Make(tenant.AccountId, "g");
        host.Logs.AddUnflushed(entry);

        var answer = (await tenant.SendAsync(HttpMethod.Patch, $"{Logs}/{entry.Id:D}", """{"feedback":-1,"metadata":{"a":"b","c":null},"unknown":1}""")).AssertSuccess();

        Assert.Equal("{}", answer.Result.GetRawText());
        var patch = host.Logs.Patches[entry.Id];
        Assert.Equal(-1, patch.Feedback.Value);
        Assert.False(patch.Score.IsSet);
        Assert.Equal("""{"a":"b","c":null}""", patch.MetadataJson.Value);
    }

    [Fact]
    public async Task Patch_Nulls_Clear()
    {
        var tenant = await MakeAsync();
        var entry = Entries.Make(tenant.AccountId, "g");
        host.Logs.Add(entry);

        (await tenant.SendAsync(HttpMethod.Patch, $"{Logs}/{entry.Id:D}", """{"feedback":null,"score":null,"metadata":null}""")).AssertSuccess();

        Assert.Equal(
            (new Optional<int?>(true, null), new Optional<decimal?>(true, null), new Optional<string?>(true, null)),
            (host.Logs.Patches[entry.Id].Feedback, host.Logs.Patches[entry.Id].Score, host.Logs.Patches[entry.Id].MetadataJson));
    }

    [Theory]
    [InlineData("""{"feedback":2}""", "feedback: Number must be less than or equal to 1")]
    [InlineData("""{"feedback":0.5}""", "feedback: Expected integer, received float")]
    [InlineData("""{"score":-1,"metadata":[]}""", "score: Number must be greater than or equal to 0", "metadata: Expected object, received array")]
    [InlineData("""{"metadata":{"a":{},"b":[1]}}""", "metadata.a: Expected string, number or boolean, received object", "metadata.b: Expected string, number or boolean, received array")]
    [InlineData("""{"metadata":{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1}}""", "metadata: Object must contain at most 5 entries")]
    [InlineData("""{"metadata":{"cf.user_id":"x"}}""", "metadata.cf.user_id: Keys that begin with 'cf.' are reserved")]
    public async Task Patch_Mistakes_AreAllListed(string body, params string[] expected)
    {
        var tenant = await MakeAsync();

        var answer = await tenant.SendAsync(HttpMethod.Patch, $"{Logs}/{Guid.CreateVersion7():D}", body);

        answer.AssertFailure(400, 7001);
        Assert.Equal(expected.Select(mistake => $"body.{mistake}"), answer.Errors);
    }

    [Fact]
    public async Task Patch_MetadataThatMergesToTooMuch_IsRefused()
    {
        var tenant = await MakeAsync();
        var entry = Entries.Make(tenant.AccountId, "g"); // Has "team" and "n".
        host.Logs.Add(entry);

        var answer = await tenant.SendAsync(HttpMethod.Patch, $"{Logs}/{entry.Id:D}", """{"metadata":{"a":1,"b":1,"c":1,"d":1}}""");

        answer.AssertFailure(400, 7001);
        Assert.Equal(["body.metadata: Object must contain at most 5 entries"], answer.Errors);
        Assert.False(host.Logs.Patches.ContainsKey(entry.Id));
        (await tenant.SendAsync(HttpMethod.Patch, $"{Logs}/{entry.Id:D}", """{"metadata":{"a":1,"b":1,"c":1,"d":1,"n":null}}""")).AssertSuccess();
    }

    [Fact]
    public async Task Patch_LongMetadata_IsRefused()
    {
        var tenant = await MakeAsync();
        var (key, text) = (new string('k', 129), new string('v', 1_025));

        var answer = await tenant.SendAsync(HttpMethod.Patch, $"{Logs}/{Guid.CreateVersion7():D}", $$$"""{"metadata":{"{{{key}}}":1,"a":"{{{text}}}"}}""");

        answer.AssertFailure(400, 7001);
        Assert.Equal(
            ["body.metadata: A key must contain at most 128 character(s)", "body.metadata.a: String must contain at most 1024 character(s)"], answer.Errors);
    }

    [Fact]
    public async Task Patch_UnknownEntry_IsNotFound()
    {
        var tenant = await MakeAsync();

        (await tenant.SendAsync(HttpMethod.Patch, $"{Logs}/{Guid.CreateVersion7():D}", """{"feedback":1}""")).AssertFailure(404, 7002);
        (await tenant.SendAsync(HttpMethod.Patch, $"{Logs}/nope", """{"feedback":1}""")).AssertFailure(404, 7002);
    }

    [Fact]
    public async Task Delete_WithFilters_AnswersSuccessOnly()
    {
        var tenant = await MakeAsync();
        host.Logs.Add(Entries.Make(tenant.AccountId, "g"));

        var answer = (await tenant.SendAsync(
            HttpMethod.Delete, $"{Logs}?filters.key=cost&filters.operator=gt&filters.value=0&limit=10&order_by=cost&order_by_direction=desc")).AssertSuccess();

        Assert.Equal("""{"success":true}""", answer.Text);
        var query = host.Logs.LastQueries[tenant.AccountId];
        Assert.Equal((LogOrder.Cost, true, LogFilterKey.Cost), (query.OrderBy, query.Descending, Assert.Single(query.Filters).Key));
    }

    private async Task<Tenant> MakeAsync()
    {
        var tenant = await host.CreateTenantAsync();
        await tenant.CreateGatewayAsync("g");
        return tenant;
    }
}
