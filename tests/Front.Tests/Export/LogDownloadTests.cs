using System.Text.Json;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Tests.Management;
using Xunit;

namespace GatewayActors.Front.Tests.Export;

[Collection(typeof(AdminTests))]
public sealed class LogDownloadTests(AdminHost host)
{
    private const string Export = "ai-gateway/gateways/g/logs/export";

    [Fact]
    public async Task Export_MoreThanAPage_HoldsEveryEntryOnce()
    {
        var tenant = await MakeAsync();
        var ids = new List<string>();
        for (var number = 0; number < 450; number++)
        {
            var entry = Entries.Sum(tenant.AccountId, "g", Entries.CreatedAt.AddSeconds(number / 7));
            ids.Add(entry.Id.ToString("D"));
            host.Logs.Add(entry);
        }

        var answer = await tenant.GetAsync(Export);

        Assert.Equal((200, "application/x-ndjson"), (answer.Status, answer.ContentType));
        var lines = answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).ToArray();
        Assert.Equal(ids.Order(StringComparer.Ordinal), lines.Select(line => line.GetProperty("id").GetString()!).Order(StringComparer.Ordinal));
        Assert.Equal(lines.Select(line => line.GetProperty("created_at").GetString()).OrderDescending(StringComparer.Ordinal), lines.Select(line => line.GetProperty("created_at").GetString()));
    }

    [Fact]
    public async Task Export_AsCsv_HasExactNumbersAndNoFormulas()
    {
        var tenant = await MakeAsync();
        host.Logs.Add(Entries.Sum(tenant.AccountId, "g", Entries.CreatedAt, model: "=1+1,2", cost: 0.000000000001m, metadata: """{"team":"a"}"""));

        var answer = await tenant.GetAsync($"{Export}?format=csv");

        Assert.Equal((200, "text/csv; charset=utf-8; header=present"), (answer.Status, answer.ContentType));
        var lines = answer.Text.Split("\r\n");
        Assert.Equal(3, lines.Length);
        Assert.StartsWith("id,created_at,provider,model,model_type,", lines[0], StringComparison.Ordinal);
        Assert.Contains(",2026-03-01T12:00:00.000Z,openai,\"'=1+1,2\",,chat/completions,http,200,true,false,100,,0,0,0.000000000001,false,\"{\"\"team\"\":\"\"a\"\"}\",0,event,", lines[1], StringComparison.Ordinal);
        Assert.Equal("", lines[2]);
    }

    [Fact]
    public async Task Export_WithBodies_NeedsMoreThanMetadataRead()
    {
        var tenant = await MakeAsync();
        host.Logs.Add(Entries.Make(tenant.AccountId, "g", """{"q":1}"""u8.ToArray(), "answer"u8.ToArray()));
        var reader = (await host.CreateTokenAsync(tenant.AccountId, tenant.Token, "AI Gateway Metadata Read")).GetProperty("value").GetString();
        var path = $"accounts/{tenant.AccountId}/{Export}";

        (await host.SendAsync(HttpMethod.Get, $"{path}?bodies=true", reader)).AssertFailure(403, 10000);
        var without = JsonElement.Parse((await host.SendAsync(HttpMethod.Get, path, reader)).Text);
        Assert.Equal(("", ""), (without.GetProperty("request").GetString(), without.GetProperty("response").GetString()));
        Assert.False(without.TryGetProperty("request_head", out _));
        var with = JsonElement.Parse((await tenant.GetAsync($"{Export}?bodies=true")).Text);
        Assert.Equal(("""{"q":1}""", "answer"), (with.GetProperty("request").GetString(), with.GetProperty("response").GetString()));
        Assert.EndsWith(",\"{\"\"q\"\":1}\",answer\r\n", (await tenant.GetAsync($"{Export}?bodies=true&format=csv")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_Filters_ArePassedOn()
    {
        var tenant = await MakeAsync();

        var answer = await tenant.GetAsync($"{Export}?filters.key=model&filters.operator=eq&filters.value=a&min_cost=1&search=x&order_by_direction=asc");

        Assert.Equal((200, ""), (answer.Status, answer.Text));
        var query = host.Logs.LastQueries[tenant.AccountId];
        Assert.Equal([LogFilterKey.Model, LogFilterKey.Cost], query.Filters.Select(filter => filter.Key));
        Assert.Equal(("x", false), (query.Search, query.Descending));
    }

    [Theory]
    [InlineData("format=xml", "format")]
    [InlineData("order_by=model", "order_by")]
    [InlineData("bodies=perhaps", "bodies")]
    [InlineData("filters.key=model", "operator")]
    public async Task Export_BadParameter_IsNamed(string query, string name)
    {
        var answer = await (await MakeAsync()).GetAsync($"{Export}?{query}");

        answer.AssertFailure(400, 7001);
        Assert.Contains(answer.Errors, error => error.Contains(name, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Export_OfAGatewayThatIsNot_IsNotFound()
    {
        var tenant = await MakeAsync();

        (await tenant.GetAsync("ai-gateway/gateways/none/logs/export")).AssertFailure(404, 7002);
        (await tenant.GetAsync("ai-gateway/gateways/a%22b/logs/export")).AssertFailure(404, 7002);
    }

    [Fact]
    public async Task Export_OfOneAccount_HoldsNothingOfAnother()
    {
        var (tenant, other) = (await MakeAsync(), await MakeAsync());
        host.Logs.Add(Entries.Make(other.AccountId, "g"));

        Assert.Equal("", (await tenant.GetAsync(Export)).Text);
        (await host.SendAsync(HttpMethod.Get, $"accounts/{other.AccountId}/{Export}", tenant.Token)).AssertFailure(403, 10000);
    }

    [Fact]
    public async Task Export_FailingStore_IsToldBeforeTheFirstByte()
    {
        var tenant = await MakeAsync();
        host.Logs.Failures[tenant.AccountId] = new IOException("The disk is gone.");

        (await tenant.GetAsync(Export)).AssertFailure(503, 7000);
    }

    private async Task<Tenant> MakeAsync()
    {
        var tenant = await host.CreateTenantAsync();
        await tenant.CreateGatewayAsync("g");
        return tenant;
    }
}
