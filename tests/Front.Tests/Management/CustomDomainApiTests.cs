using GatewayActors.Front.CustomDomains;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GatewayActors.Front.Tests.Management;

[Collection(typeof(AdminTests))]
public sealed class CustomDomainApiTests(AdminHost host)
{
    private const string Domains = "ai-gateway/gateways/g/custom-domains";

    [Fact]
    public async Task Create_WithProof_IsActiveAtOnce()
    {
        var (tenant, name) = await MakeAsync();
        Prove(tenant, name);

        var created = (await CreateAsync(tenant, name.ToUpperInvariant() + ".")).AssertSuccess().Result;

        Assert.Equal((name, "g", "active", "127.0.0.1"), (Text(created, "hostname"), Text(created, "gateway_id"), Text(created, "status"), Text(created, "cname_target")));
        Assert.False(created.TryGetProperty("verification", out _));
        Assert.InRange(created.GetProperty("created_at").GetInt64(), 1_700_000_000_000, 9_999_999_999_999);
        Assert.Equal($"/v1/{tenant.AccountId}/g/openai", Route(name));
    }

    [Fact]
    public async Task Create_WithoutProof_IsPendingUntilItIsThere()
    {
        var (tenant, name) = await MakeAsync();

        var created = (await CreateAsync(tenant, name, ""","minTLS":"1.2","zone_id":"z" """)).AssertSuccess().Result;

        Assert.Equal(("pending_dcv", "1.2"), (Text(created, "status"), Text(created, "minTLS")));
        var proof = created.GetProperty("verification");
        Assert.Equal(("TXT", $"_ai-gateway.{name}", $"account={tenant.AccountId}"), (Text(proof, "type"), Text(proof, "name"), Text(proof, "value")));
        Assert.Equal("/openai", Route(name));
        host.Records.Silent[$"_ai-gateway.{name}"] = true;
        Assert.Equal("pending_dcv", Text((await tenant.GetAsync($"{Domains}/{name}")).AssertSuccess().Result, "status"));
        host.Records.Silent.Clear();
        Prove(tenant, name);
        Assert.Equal("active", Text((await tenant.GetAsync($"{Domains}/{name}")).AssertSuccess().Result, "status"));
        Assert.Equal($"/v1/{tenant.AccountId}/g/openai", Route(name));
    }

    [Fact]
    public async Task Create_ClaimedByTwo_GoesToTheProvedOne()
    {
        var ((owner, name), (thief, _)) = (await MakeAsync(), await MakeAsync());
        (await CreateAsync(thief, name)).AssertSuccess();
        Prove(owner, name);

        Assert.Equal("active", Text((await CreateAsync(owner, name)).AssertSuccess().Result, "status"));

        Assert.Equal("pending_dcv", Text((await thief.GetAsync($"{Domains}/{name}")).AssertSuccess().Result, "status"));
        Assert.Equal($"/v1/{owner.AccountId}/g/openai", Route(name));
        var refused = await CreateAsync((await MakeAsync()).Tenant, name);
        refused.AssertFailure(400, 7001);
        Assert.Equal(["body.domain: The domain is already in use"], refused.Errors);
    }

    [Fact]
    public async Task Domain_OfAnotherAccount_IsNotSeenAndNotDeleted()
    {
        var ((owner, name), (stranger, _)) = (await MakeAsync(), await MakeAsync());
        Prove(owner, name);
        (await CreateAsync(owner, name)).AssertSuccess();

        (await stranger.GetAsync($"{Domains}/{name}")).AssertFailure(404, 7002);
        (await stranger.SendAsync(HttpMethod.Delete, $"{Domains}/{name}")).AssertFailure(404, 7002);
        Assert.Empty((await stranger.GetAsync(Domains)).AssertSuccess().Result.EnumerateArray());
        (await host.SendAsync(HttpMethod.Delete, $"accounts/{owner.AccountId}/{Domains}/{name}", stranger.Token)).AssertFailure(403, 10000);
        Assert.Equal($"/v1/{owner.AccountId}/g/openai", Route(name));
    }

    [Fact]
    public async Task Delete_Domain_EndsItsRouting()
    {
        var (tenant, name) = await MakeAsync();
        Prove(tenant, name);
        (await CreateAsync(tenant, name)).AssertSuccess();

        Assert.Equal(name, Text((await tenant.SendAsync(HttpMethod.Delete, $"{Domains}/{name}")).AssertSuccess().Result, "hostname"));

        Assert.Equal("/openai", Route(name));
        (await tenant.GetAsync($"{Domains}/{name}")).AssertFailure(404, 7002);
    }

    [Fact]
    public async Task Delete_Gateway_TakesItsDomains()
    {
        var (tenant, name) = await MakeAsync();
        Prove(tenant, name);
        (await CreateAsync(tenant, name)).AssertSuccess();

        (await tenant.SendAsync(HttpMethod.Delete, "ai-gateway/gateways/g")).AssertSuccess();

        await host.Services.GetRequiredService<CustomDomainDirectory>().RefreshAsync(TestContext.Current.CancellationToken);
        Assert.Equal("/openai", Route(name));
        await tenant.CreateGatewayAsync("g");
        Assert.Empty((await tenant.GetAsync(Domains)).AssertSuccess().Result.EnumerateArray());
    }

    [Fact]
    public async Task List_Filters()
    {
        var (tenant, name) = await MakeAsync();
        Prove(tenant, name);
        (await CreateAsync(tenant, name)).AssertSuccess();
        (await CreateAsync(tenant, "pending-" + name)).AssertSuccess();

        Assert.Equal([name], await NamesAsync(tenant, "?status=active"));
        Assert.Equal(["pending-" + name], await NamesAsync(tenant, "?search=PENDING"));
        Assert.Equal(["pending-" + name, name], await NamesAsync(tenant, ""));
        Assert.Empty(await NamesAsync(tenant, "?page=2"));
        (await tenant.GetAsync($"{Domains}?status=open")).AssertFailure(400, 7001);
    }

    [Theory]
    [InlineData("{}", "body.domain")]
    [InlineData("""{"domain":1}""", "body.domain")]
    [InlineData("""{"domain":"https://ai.example.com"}""", "body.domain")]
    [InlineData("""{"domain":"127.0.0.1"}""", "body.domain")]
    [InlineData("""{"domain":"ai.example.com","minTLS":"2"}""", "body.minTLS")]
    public async Task Create_Invalid_NamesTheField(string body, string field)
    {
        var (tenant, _) = await MakeAsync();

        var answer = await tenant.SendAsync(HttpMethod.Post, Domains, body);

        answer.AssertFailure(400, 7001);
        Assert.StartsWith(field, answer.Errors.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_ManyOrWithoutGateway_IsRefused()
    {
        var (tenant, name) = await MakeAsync();
        for (var i = 0; i < 10; i++)
        {
            (await CreateAsync(tenant, $"d{i}.{name}")).AssertSuccess();
        }

        (await CreateAsync(tenant, name)).AssertFailure(400, 7001);
        (await CreateAsync(tenant, $"d1.{name}")).AssertFailure(400, 7001);
        (await tenant.SendAsync(HttpMethod.Post, "ai-gateway/gateways/none/custom-domains", $$"""{"domain":"{{name}}"}""")).AssertFailure(404, 7002);
    }

    private async Task<(Tenant Tenant, string Name)> MakeAsync()
    {
        var tenant = await host.CreateTenantAsync();
        await tenant.CreateGatewayAsync("g");
        return (tenant, $"ai-{tenant.AccountId}.example.com");
    }

    private void Prove(Tenant tenant, string name) => host.Records.Texts[$"_ai-gateway.{name}"] = ["v=spf1 -all", $"account={tenant.AccountId}"];

    private static Task<Answer> CreateAsync(Tenant tenant, string name, string more = "") => tenant.SendAsync(HttpMethod.Post, Domains, $$"""{"domain":"{{name}}"{{more}}}""");

    private static async Task<string?[]> NamesAsync(Tenant tenant, string query) =>
        [.. (await tenant.GetAsync(Domains + query)).AssertSuccess().Result.EnumerateArray().Select(domain => Text(domain, "hostname"))];

    private static string? Text(System.Text.Json.JsonElement element, string field) => element.GetProperty(field).GetString();

    /// <summary>Where this process would send a request for a hostname.</summary>
    private string Route(string name)
    {
        var request = new HttpRequestFeature { RawTarget = "/openai", Path = "/openai" };
        request.Headers.Host = name;
        host.Services.GetRequiredService<CustomDomainMap>().Route(request);
        return request.RawTarget;
    }
}
