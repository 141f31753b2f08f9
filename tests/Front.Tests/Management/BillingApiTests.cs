using System.Text.Json;
using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Billing;
using Xunit;

namespace GatewayActors.Front.Tests.Management;

[Collection(typeof(AdminTests))]
public sealed class BillingApiTests(AdminHost host)
{
    private const string Billing = "ai-gateway/billing";

    [Fact]
    public async Task Balance_OfANewAccount_IsZero()
    {
        var tenant = await host.CreateTenantAsync();

        var balance = (await tenant.GetAsync($"{Billing}/credit-balance")).AssertSuccess().Result;

        Assert.Equal(
            """{"balance":0,"has_default_payment_method":false,"payment_method":null,"topup_config":{"amount":null,"threshold":null},"first_topup_success":false}""", balance.GetRawText());
    }

    [Fact]
    public async Task TopUp_ByTheOperator_IsCompleteAtOnce()
    {
        var tenant = await host.CreateTenantAsync();

        var topUp = (await OperatorAsync(tenant, HttpMethod.Post, "topup", """{"amount":2500,"payment_method_id":"pm"}""")).AssertSuccess().Result;

        Assert.Equal(JsonValueKind.Null, topUp.GetProperty("client_secret").ValueKind);
        Assert.False(topUp.GetProperty("onboarding").GetBoolean());
        var id = topUp.GetProperty("payment_intent_id").GetString();
        var status = (await tenant.SendAsync(HttpMethod.Post, $"{Billing}/topup/status", $$"""{"payment_intent_id":"{{id}}"}""")).AssertSuccess().Result;
        Assert.Equal($$"""{"payment_intent_id":"{{id}}","status":"completed"}""", status.GetRawText());
        await Credits(tenant).ChargeAsync(Guid.CreateVersion7(), 0.125m, TestContext.Current.CancellationToken);
        Assert.Equal(2487.5m, (await tenant.GetAsync($"{Billing}/credit-balance")).AssertSuccess().Result.GetProperty("balance").GetDecimal());
    }

    [Theory]
    [InlineData("POST", "topup", """{"amount":2500}""")]
    [InlineData("POST", "topup/config", """{"amount":2500,"threshold":500}""")]
    [InlineData("DELETE", "topup/config", null)]
    public async Task Credits_ByATenantsToken_AreRefused(string method, string path, string? body)
    {
        var tenant = await host.CreateTenantAsync();

        (await tenant.SendAsync(new(method), $"{Billing}/{path}", body)).AssertFailure(403, 1000);

        Assert.Equal(0, (await tenant.GetAsync($"{Billing}/credit-balance")).AssertSuccess().Result.GetProperty("balance").GetDecimal());
    }

    [Fact]
    public async Task TopUps_OfAnotherAccount_AreNotSeen()
    {
        var (owner, stranger) = (await host.CreateTenantAsync(), await host.CreateTenantAsync());
        var id = (await OperatorAsync(owner, HttpMethod.Post, "topup", """{"amount":2500}""")).AssertSuccess().Result.GetProperty("payment_intent_id").GetString();

        (await stranger.SendAsync(HttpMethod.Post, $"{Billing}/topup/status", $$"""{"payment_intent_id":"{{id}}"}""")).AssertFailure(404, 7002);
        (await host.SendAsync(HttpMethod.Get, $"accounts/{owner.AccountId}/{Billing}/credit-balance", stranger.Token)).AssertFailure(403, 10000);
        Assert.Equal(0, (await stranger.GetAsync($"{Billing}/credit-balance")).AssertSuccess().Result.GetProperty("balance").GetDecimal());
    }

    [Fact]
    public async Task Config_AddsCreditsByItself()
    {
        var tenant = await host.CreateTenantAsync();

        var set = (await OperatorAsync(tenant, HttpMethod.Post, "topup/config", """{"amount":1000,"threshold":500}""")).AssertSuccess().Result;

        Assert.Equal("""{"amount":1000,"threshold":500}""", set.GetRawText());
        Assert.Equal(1000, (await tenant.GetAsync($"{Billing}/credit-balance")).Result.GetProperty("balance").GetDecimal());
        await Credits(tenant).ChargeAsync(Guid.CreateVersion7(), 6m, TestContext.Current.CancellationToken);
        Assert.Equal(1400, (await tenant.GetAsync($"{Billing}/credit-balance")).Result.GetProperty("balance").GetDecimal());
        Assert.Equal("{}", (await OperatorAsync(tenant, HttpMethod.Delete, "topup/config")).AssertSuccess().Result.GetRawText());
        Assert.Equal("""{"amount":null,"threshold":null}""", (await tenant.GetAsync($"{Billing}/topup/config")).AssertSuccess().Result.GetRawText());
    }

    [Fact]
    public async Task Charge_Repeated_TakesNothingMore()
    {
        var tenant = await host.CreateTenantAsync();
        var charge = Guid.CreateVersion7();

        await Credits(tenant).ChargeAsync(charge, 1m, TestContext.Current.CancellationToken);
        var balance = await Credits(tenant).ChargeAsync(charge, 1m, TestContext.Current.CancellationToken);

        Assert.Equal(-1m, balance.Usd);
    }

    [Theory]
    [InlineData("topup", "{}", "body.amount: Expected number, received nan")]
    [InlineData("topup", """{"amount":999}""", "body.amount: Number must be greater than or equal to 1000")]
    [InlineData("topup", """{"amount":1000.5}""", "body.amount: Expected integer, received float")]
    [InlineData("topup/config", """{"amount":1000,"threshold":499}""", "body.threshold: Number must be greater than or equal to 500")]
    [InlineData("topup/config", """{"amount":1000,"threshold":500,"more":1}""", "body.more: Unrecognized key")]
    [InlineData("topup/status", "{}", "body.payment_intent_id: Required")]
    public async Task Body_Invalid_NamesTheField(string path, string body, string error)
    {
        var answer = await OperatorAsync(await host.CreateTenantAsync(), HttpMethod.Post, path, body);

        answer.AssertFailure(400, 7001);
        Assert.Equal([error], answer.Errors);
    }

    [Fact]
    public async Task SpendingLimit_IsNeverSet()
    {
        var tenant = await host.CreateTenantAsync();

        (await tenant.SendAsync(HttpMethod.Post, $"{Billing}/spending-limit", """{"amount":100,"duration":"daily","strategy":"fixed"}""")).AssertFailure(403, 1000);
        Assert.Equal("""{"enabled":false,"config":{"amount":null,"duration":null,"strategy":null}}""", (await tenant.GetAsync($"{Billing}/spending-limit")).AssertSuccess().Result.GetRawText());
        Assert.Equal("{}", (await tenant.SendAsync(HttpMethod.Delete, $"{Billing}/spending-limit")).AssertSuccess().Result.GetRawText());
    }

    [Fact]
    public async Task Invoices_AreEmpty()
    {
        var tenant = await host.CreateTenantAsync();

        Assert.Equal("""{"invoices":[],"pagination":{"has_more":false,"page":1,"per_page":20,"total_count":0}}""", (await tenant.GetAsync($"{Billing}/invoice-history?type=auto")).AssertSuccess().Result.GetRawText());
        var preview = (await tenant.GetAsync($"{Billing}/invoice-preview")).AssertSuccess().Result;
        Assert.Equal(("draft", "usd", 0), (preview.GetProperty("status").GetString(), preview.GetProperty("currency").GetString(), preview.GetProperty("amount_due").GetInt32()));
        Assert.Empty(preview.GetProperty("invoice_lines").EnumerateArray());
        (await tenant.GetAsync($"{Billing}/invoice-history?type=x")).AssertFailure(400, 7001);
        Assert.Equal("""{"min":1000,"max":100000000,"min_threshold":500}""", (await tenant.GetAsync($"{Billing}/topup/limits")).AssertSuccess().Result.GetRawText());
    }

    [Fact]
    public async Task UsageHistory_SumsWhatTheOperatorsCredentialsHaveCost()
    {
        var tenant = await host.CreateTenantAsync();
        var at = new DateTimeOffset(2026, 3, 4, 10, 20, 0, TimeSpan.Zero);
        await host.Sums.WriteAsync(
            [
                Entry(tenant, at, 0.25m, wholesale: true), Entry(tenant, at.AddMinutes(5), 0.5m, wholesale: true), Entry(tenant, at.AddDays(1), 1m, wholesale: true), Entry(tenant, at, 9m, wholesale: false),
            ],
            TestContext.Current.CancellationToken);
        var range = $"start_time={at.AddDays(-1).ToUnixTimeMilliseconds()}&end_time={at.AddDays(2).ToUnixTimeMilliseconds()}";

        var days = (await tenant.GetAsync($"{Billing}/usage-history?value_grouping_window=day&{range}")).AssertSuccess().Result.GetProperty("history");
        var hours = (await tenant.GetAsync($"{Billing}/usage-history?value_grouping_window=hour&{range}")).AssertSuccess().Result.GetProperty("history");

        Assert.Equal([75m, 100m], days.EnumerateArray().Select(item => item.GetProperty("aggregated_value").GetDecimal()));
        var first = days[0];
        var day = new DateTimeOffset(2026, 3, 4, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal((day.ToUnixTimeMilliseconds(), day.AddDays(1).ToUnixTimeMilliseconds()), (first.GetProperty("start_time").GetInt64(), first.GetProperty("end_time").GetInt64()));
        Assert.Equal(day.AddHours(10).ToUnixTimeMilliseconds(), hours[0].GetProperty("start_time").GetInt64());
        (await tenant.GetAsync($"{Billing}/usage-history?{range}")).AssertFailure(400, 7001);
        (await tenant.GetAsync($"{Billing}/usage-history?value_grouping_window=hour&start_time=0")).AssertFailure(400, 7001);
        (await tenant.GetAsync($"{Billing}/usage-history?value_grouping_window=day&start_time=2&end_time=1")).AssertFailure(400, 7001);
    }

    private static GatewayActors.Abstractions.Logs.LogEntry Entry(Tenant tenant, DateTimeOffset at, decimal cost, bool wholesale) => new()
    {
        Id = Guid.CreateVersion7(at),
        AccountId = tenant.AccountId,
        GatewayId = "g",
        CreatedAt = at,
        Provider = "openai",
        Model = "gpt-4o-mini",
        Path = "chat/completions",
        RequestType = "http",
        StatusCode = 200,
        Success = true,
        DurationMs = 1,
        CostUsd = cost,
        Wholesale = wholesale,
        EventId = "event",
    };

    private Task<Answer> OperatorAsync(Tenant tenant, HttpMethod method, string path, string? body = null) =>
        host.SendAsync(method, $"accounts/{tenant.AccountId}/{Billing}/{path}", AdminHost.OperatorToken, body);

    private ICreditsGrain Credits(Tenant tenant) => host.Grains.GetGrain<ICreditsGrain>(GrainKeys.Credits(tenant.AccountId));
}
