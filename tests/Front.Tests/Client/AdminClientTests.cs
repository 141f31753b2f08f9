using System.Net;
using System.Text.Json;
using GatewayActors.Client;
using GatewayActors.Front.Tests.DynamicRoutes;
using GatewayActors.Front.Tests.Management;
using Xunit;

namespace GatewayActors.Front.Tests.Client;

/// <summary>The client package against the admin API.</summary>
[Collection(typeof(AdminTests))]
public sealed class AdminClientTests(AdminHost host) : IDisposable
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private readonly OwnHttpClient _http = new();

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task Gateways_CreatedChangedAndDeleted_AreListedAllAndThenGone()
    {
        var client = await MakeAsync();
        for (var number = 0; number < 53; number++)
        {
            await client.Gateways.CreateAsync(new() { Id = $"g{number:00}" }, _cancelled);
        }

        var changed = await client.Gateways.UpdateAsync("g07", new() { CacheTtl = 60, Authentication = false }, _cancelled);
        await client.Gateways.DeleteAsync("g08", _cancelled);

        Assert.Equal(60, changed.Settings!["cache_ttl"].GetInt32());
        var ids = await client.Gateways.ListAsync(_cancelled).Select(gateway => gateway.Id).Order(StringComparer.Ordinal).ToListAsync(_cancelled);
        Assert.Equal(52, ids.Distinct().Count());
        Assert.False((await client.Gateways.GetAsync("g07", _cancelled)).Settings!["authentication"].GetBoolean());
        var gone = await Assert.ThrowsAsync<AiGatewayException>(() => client.Gateways.GetAsync("g08", _cancelled));
        Assert.Equal((HttpStatusCode.NotFound, 7002, true), (gone.Status, gone.Code, gone.IsNotFound));
        Assert.NotNull(gone.RequestId);
    }

    [Fact]
    public async Task Url_OfAGateway_IsThatOfTheProviderOrTheGatewayItself()
    {
        var client = await MakeAsync("g");

        Assert.EndsWith("/g/openai", await client.Gateway("g").GetUrlAsync("openai", _cancelled), StringComparison.Ordinal);
        Assert.EndsWith("/g/", await client.Gateway("g").GetUrlAsync(cancellationToken: _cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logs_Listed_ComePageByPageWithTheirFilters()
    {
        var (client, accountId) = await MakeTenantAsync("g");
        for (var number = 0; number < 51; number++)
        {
            host.Logs.Add(Entries.Make(accountId, "g"));
        }

        var logs = await client.Gateway("g").Logs.ListAsync([new("provider", "eq", ["openai"])], _cancelled).ToListAsync(_cancelled);

        Assert.Equal(51, logs.Select(entry => entry.Id).Distinct().Count());
        Assert.All(logs, entry => Assert.Equal(("openai", 200, "a"), (entry.Provider, entry.StatusCode, entry.Metadata!["team"]!.GetValue<string>())));
        Assert.Single(host.Logs.LastQueries[accountId].Filters);
    }

    [Fact]
    public async Task Log_PatchedThenRead_IsThere()
    {
        var (client, accountId) = await MakeTenantAsync("g");
        var entry = Entries.Make(accountId, "g");
        host.Logs.Add(entry);

        await client.Gateway("g").PatchLogAsync(entry.Id.ToString("D"), new() { Feedback = 1, Score = 50 }, _cancelled);

        Assert.Equal((1, 50m), (host.Logs.Patches[entry.Id].Feedback.Value, host.Logs.Patches[entry.Id].Score.Value));
        Assert.Equal(entry.Id.ToString("D"), (await client.Gateway("g").GetLogAsync(entry.Id.ToString("D"), _cancelled)).Id);
        var wrong = await Assert.ThrowsAsync<AiGatewayException>(() => client.Gateway("g").PatchLogAsync(entry.Id.ToString("D"), new() { Feedback = 7 }, _cancelled));
        Assert.Equal((HttpStatusCode.BadRequest, 7001), (wrong.Status, wrong.Code));
    }

    [Fact]
    public async Task ResourcesOfAGateway_Created_AreListed()
    {
        var client = (await MakeAsync("g")).Gateway("g");
        var dataset = await client.Datasets.CreateAsync(new() { Name = "d", Filters = [new("provider", "eq", ["openai"])] }, _cancelled);
        var route = await client.Routes.CreateAsync(new() { Name = "r", Elements = JsonElement.Parse(Route) }, _cancelled);

        Assert.Equal([dataset.Id], await client.Datasets.ListAsync(_cancelled).Select(item => item.Id).ToListAsync(_cancelled));
        Assert.Equal([route.Id], await client.Routes.ListAsync(_cancelled).Select(item => item.Id).ToListAsync(_cancelled));
        await client.Datasets.DeleteAsync(dataset.Id, _cancelled);
        Assert.Empty(await client.Datasets.ListAsync(_cancelled).ToListAsync(_cancelled));
    }

    [Fact]
    public async Task ResourcesOfAnAccount_Created_AreListed()
    {
        var client = await MakeAsync("g");
        var provider = await client.CustomProviders.CreateAsync(new() { Name = "Mine", Slug = "mine", BaseUrl = "https://models.example.com" }, _cancelled);
        var store = await client.Secrets.CreateStoreAsync("keys", _cancelled);
        var secret = await client.Secrets.CreateAsync(store.Id, new() { Name = "openai", Value = "sk-1", Scopes = ["ai_gateway"] }, _cancelled);
        var config = await client.Gateway("g").ProviderConfigs.CreateAsync(new() { ProviderSlug = "openai", Alias = "main", DefaultConfig = true, SecretId = secret.Id }, _cancelled);

        Assert.Equal([provider.Id], await client.CustomProviders.ListAsync(_cancelled).Select(item => item.Id).ToListAsync(_cancelled));
        Assert.Equal([secret.Id], await client.Secrets.ListAsync(store.Id, _cancelled).Select(item => item.Id).ToListAsync(_cancelled));
        Assert.Equal([config.Id], await client.Gateway("g").ProviderConfigs.ListAsync(_cancelled).Select(item => item.Id).ToListAsync(_cancelled));
    }

    [Fact]
    public async Task Token_Created_WorksForWhatItMay()
    {
        var (client, accountId) = await MakeTenantAsync("g");
        var read = (await client.Tokens.ListPermissionGroupsAsync(_cancelled)).Single(group => group.Name == "AI Gateway Read");

        var token = await client.Tokens.CreateAsync(new() { Name = "reader", Policies = [new() { PermissionGroups = [read], Resources = new Dictionary<string, string> { [$"com.cloudflare.api.account.{accountId}"] = "*" } }] }, _cancelled);

        var reader = Client(accountId, token.Value!);
        Assert.Equal("g", (await reader.Gateways.GetAsync("g", _cancelled)).Id);
        var refused = await Assert.ThrowsAsync<AiGatewayException>(() => reader.Gateways.DeleteAsync("g", _cancelled));
        Assert.Equal((HttpStatusCode.Forbidden, 10000), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task Analytics_OfAnEmptyAccount_HasNoGroups_AndAWrongQueryThrows()
    {
        var client = await MakeAsync();
        var now = new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

        Assert.Empty(await client.Analytics.SumByModelAsync(now.AddDays(-1), now, _cancelled));
        await Assert.ThrowsAsync<AiGatewayException>(() => client.Analytics.QueryAsync("{ nothing }", cancellationToken: _cancelled));
    }

    private static readonly string Route = RouteHost.Valid($"[{RouteHost.Start("m")},{RouteHost.Model("m", fallback: "e")},{RouteHost.End}]");

    private async Task<AiGatewayClient> MakeAsync(params string[] gateways) => (await MakeTenantAsync(gateways)).Client;

    private async Task<(AiGatewayClient Client, string AccountId)> MakeTenantAsync(params string[] gateways)
    {
        var tenant = await host.CreateTenantAsync();
        foreach (var gateway in gateways)
        {
            await tenant.CreateGatewayAsync(gateway);
        }

        return (Client(tenant.AccountId, tenant.Token), tenant.AccountId);
    }

    private AiGatewayClient Client(string accountId, string token) => new(_http.Client, new() { BaseAddress = host.Address, AccountId = accountId, Token = token });
}
