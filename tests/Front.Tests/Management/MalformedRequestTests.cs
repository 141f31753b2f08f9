using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Xunit;

namespace GatewayActors.Front.Tests.Management;

[Collection(typeof(AdminTests))]
public sealed class MalformedRequestTests(AdminHost host)
{
    private static readonly byte[][] Malformed =
    [
        [], "{"u8.ToArray(), "}"u8.ToArray(), "[]"u8.ToArray(), "null"u8.ToArray(), "3"u8.ToArray(), "\"text\""u8.ToArray(), "{\"a\":}"u8.ToArray(),
        "{\"name\":\"a\",\"name\":\"b\"}"u8.ToArray(), "{'name':1}"u8.ToArray(), "{} {}"u8.ToArray(), "name=x&y=z"u8.ToArray(), [0xFF, 0xFE, 0x7B, 0x00],
        [0x7B, 0x22, 0xC3, 0x28, 0x22, 0x3A, 0x31, 0x7D], "{\"name\":\"\\ud800\"}"u8.ToArray(), "{\"\\udc00\":1}"u8.ToArray(), "{\"name\":\"\\u0000\"}"u8.ToArray(),
        Encoding.UTF8.GetBytes(new string('[', 100_000)), Encoding.UTF8.GetBytes("{\"a\":" + new string('[', 64) + new string(']', 64) + "}"), [0x1F, 0x8B, 0x08, 0x00],
    ];

    // Parse, but no endpoint can take them.
    private static readonly string[] Wrong =
    [
        """{"name":{},"id":[],"policies":{},"feedback":"x","cache_ttl":{}}""",
        """{"name":1e999,"id":true,"policies":[[]],"score":101,"cache_ttl":1e999}""",
        """{"name":"","id":"A B","policies":[],"feedback":2,"metadata":{"a":{}},"spend_limits":{"rules":[null,1,"x"]},"name2":null}""",
        """{"name":null,"id":null,"policies":[null],"feedback":0.5,"dlp":7,"guardrails":"x","otel":[[]],"stripe":[]}""",
    ];

    private static readonly string[] Queries =
    [
        "page=0", "page=-1", "page=x", "page=99999999999999999999", "page=1000001", "per_page=0", "per_page=100000", "per_page=1.5", "direction=up",
        "order_by=nothing", "order_by_direction=sideways", "min_cost=cheap", "success=maybe", "start_date=yesterday", "end_date=99999999999999999",
        "feedback=5", "meta_info=perhaps", "metadata_format=xml", "search=%00", "search=" + "%41%42%43%44%45%46%47%48%49%50%51%52%53%54%55%56%57%58",
        "filters=%5B", "filters=%5B1%5D", "filters=7", "filters=%22x%22", "filters=%7B%22key%22:%22%5Cud800%22%7D", "filters.key=cost", "filters.operator=eq",
        "filters.value=1", "filters.key=nothing&filters.operator=eq&filters.value=1", "filters.key=cost&filters.operator=has&filters.value=1",
        "filters.key=cost&filters.operator=contains&filters.value=1", "filters.key=success&filters.operator=lt&filters.value=true",
        "filters.key=cost&filters.operator=eq&filters.value=much", "filters.key=created_at&filters.operator=lt&filters.value=soon",
        "filters.key=model&filters.operator=contains&filters.value=", "filters[0][colour]=red", "filters[-1][key]=cost", "filters[x][key]=cost",
        "filters[99999999999][key]=cost", "filters.key=id&filters.operator=eq&filters.value=%00", "filters.a.b.c=1", "limit=0&limit=x",
    ];

    [Fact]
    public async Task Body_Malformed_IsInvalidInputEverywhere()
    {
        var tenant = await host.CreateTenantAsync();
        await tenant.CreateGatewayAsync("g");
        var entry = Entries.Make(tenant.AccountId, "g");
        host.Logs.Add(entry);
        (string Method, string Path)[] routes =
        [
            ("POST", "accounts"), ("PUT", $"accounts/{tenant.AccountId}"), ("POST", $"accounts/{tenant.AccountId}/tokens"),
            ("PUT", $"accounts/{tenant.AccountId}/tokens/{tenant.TokenId}"), ("POST", $"accounts/{tenant.AccountId}/ai-gateway/gateways"),
            ("PUT", $"accounts/{tenant.AccountId}/ai-gateway/gateways/g"), ("PATCH", $"accounts/{tenant.AccountId}/ai-gateway/gateways/g/logs/{entry.Id:D}"),
        ];

        foreach (var (method, path) in routes)
        {
            foreach (var body in Malformed.Concat(Wrong.Select(Encoding.UTF8.GetBytes)))
            {
                var answer = await host.SendAsync(new(method), path, new AuthenticationHeaderValue("Bearer", AdminHost.OperatorToken), body);
                answer.AssertFailure(400, 7001);
            }
        }
    }

    [Fact]
    public async Task Query_Malformed_NeverFailsTheServer()
    {
        var tenant = await host.CreateTenantAsync();
        await tenant.CreateGatewayAsync("g");
        string[] paths = ["ai-gateway/gateways", "ai-gateway/gateways/g/logs", "tokens", "tokens/permission_groups"];

        foreach (var query in Queries)
        {
            foreach (var path in paths)
            {
                var answer = await tenant.GetAsync($"{path}?{query}");
                Assert.True(answer.Status is 200 or 400, $"{path}?{query}: {answer.Status} {answer.Text}");
                Assert.Equal(answer.Status == 200, answer.Body.GetProperty("success").GetBoolean());
            }

            var deletion = await tenant.SendAsync(HttpMethod.Delete, $"ai-gateway/gateways/g/logs?{query}");
            Assert.True(deletion.Status is 200 or 400, $"DELETE {query}: {deletion.Status} {deletion.Text}");
        }
    }

    [Theory]
    [InlineData("ai-gateway/gateways/%00")]
    [InlineData("ai-gateway/gateways/a%0Ab/logs")]
    [InlineData("ai-gateway/gateways/%2e%2e%2f")]
    [InlineData("ai-gateway/gateways/g/logs/not-a-uuid")]
    [InlineData("ai-gateway/gateways/g/logs/%F0%9F%98%80/request")]
    [InlineData("ai-gateway/gateways/g/logs/019a0000-0000-7000-8000-000000000000/other")]
    [InlineData("ai-gateway//gateways")]
    [InlineData("tokens/%E0%A4%A")]
    public async Task Path_Malformed_IsNotFound(string path)
    {
        var tenant = await host.CreateTenantAsync();

        var answer = await tenant.GetAsync(path);

        Assert.True(answer.Status is 400 or 404, $"{answer.Status} {answer.Text}");
        if (answer.Status == 404)
        {
            Assert.Equal(JsonValueKind.Null, answer.Result.ValueKind);
        }
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("nonsense")]
    public async Task Body_OtherContentType_IsReadAsJson(string contentType)
    {
        var tenant = await host.CreateTenantAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host.Address, $"client/v4/accounts/{tenant.AccountId}/ai-gateway/gateways"));
        request.Headers.Authorization = new("Bearer", tenant.Token);
        request.Content = new ByteArrayContent([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Bodies.Gateway("g"))]);
        request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        using var client = new HttpClient(new SocketsHttpHandler());

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(200, (int)response.StatusCode);
    }
}
