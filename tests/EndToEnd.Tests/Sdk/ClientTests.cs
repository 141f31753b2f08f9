using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using GatewayActors.Client;
using GatewayActors.EndToEnd.Tests.Harness;
using GatewayActors.Testing;
using GatewayActors.Testing.Gateways;
using GatewayActors.Testing.Upstreams;
using GatewayClient = GatewayActors.Client.GatewayClient;

namespace GatewayActors.EndToEnd.Tests.Sdk;

/// <summary>Every method of the package for .NET against a running gateway.</summary>
public sealed partial class ClientTests(ClientTests.Fixture fixture) : IClassFixture<ClientTests.Fixture>
{
    private const string Completion = """{"id":"c","object":"chat.completion","model":"gpt-4o-mini","choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7}}""";
    private const string Stream = "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\ndata: [DONE]\n\n";

    private const string Elements = """
        [{"id":"s","type":"start","outputs":{"next":{"elementId":"m"}}},
         {"id":"m","type":"model","properties":{"provider":"openai","model":"MODEL","timeout":30000,"retries":0},"outputs":{"success":{"elementId":"e"}}},
         {"id":"e","type":"end","outputs":{}}]
        """;

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public void EveryMethod_OfThePackage_IsCalledHere()
    {
        var source = File.ReadAllText(RepositoryFiles.PathOf("tests", "EndToEnd.Tests", "Sdk", "ClientTests.cs"));
        var called = Calls().Matches(source).Select(match => (match.Groups[1].Value, match.Groups[2].Value)).ToHashSet();
        var clients = (((Type, string)[])[(typeof(GatewayClient), "gateway"), (typeof(GatewayRun), "run"), (typeof(LogBody), "body")])
            .Concat(ClientsOf(typeof(AiGatewayClient))).Concat(ClientsOf(typeof(GatewayClient))).Concat(ClientsOf(typeof(CustomProvidersClient)));

        var missing = clients
            .SelectMany(client => client.Item1.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly), (client, method) => (client.Item2, method.Name))
            .Where(method => method.Name.EndsWith("Async", StringComparison.Ordinal) && !called.Contains(method))
            .Distinct();

        Assert.Empty(missing);

        // Each property that is a client of its own, by its name: so calls read "Tokens.RollAsync".
        static IEnumerable<(Type, string)> ClientsOf(Type type) => type.GetProperties()
            .Where(property => property.PropertyType.Name.EndsWith("Client", StringComparison.Ordinal)).Select(property => (property.PropertyType, property.Name));
    }

    [Fact]
    public async Task Gateways_FromTheFirstToTheLast()
    {
        var client = fixture.Client;
        var made = await client.Gateways.CreateAsync(new() { Id = "life", Authentication = false }, _cancelled);
        Assert.Contains("life", await client.Gateways.ListAsync(_cancelled).Select(item => item.Id).ToListAsync(_cancelled));
        var changed = await client.Gateways.UpdateAsync(made.Id, new() { CacheTtl = 60 }, _cancelled);
        Assert.Equal(60, changed.Settings!["cache_ttl"].GetInt32());
        Assert.Equal(60, (await client.Gateways.GetAsync(made.Id, _cancelled)).Settings!["cache_ttl"].GetInt32());
        await client.Gateways.PurgeCacheAsync(made.Id, _cancelled);
        var gateway = client.Gateway(made.Id);
        Assert.EndsWith("/life/openai", await gateway.GetUrlAsync("openai", _cancelled), StringComparison.Ordinal);
        await client.Gateways.DeleteAsync(made.Id, _cancelled);
        Assert.True((await Assert.ThrowsAsync<AiGatewayException>(() => client.Gateways.GetAsync(made.Id, _cancelled))).IsNotFound);
    }

    [Fact]
    public async Task RunAndItsLog_AreReadRatedDownloadedAndDeleted()
    {
        var gateway = await GatewayAsync("logs");
        fixture.Upstream.Default.Then(UpstreamReply.Json(Completion));
        string logId;
        using (var run = await gateway.RunAsync(Step("hello"), new() { Metadata = new() { ["team"] = "red" }, EventId = "order-17" }, _cancelled))
        {
            Assert.Equal("gpt-4o-mini", (await run.ReadJsonAsync(_cancelled)).GetProperty("model").GetString());
            logId = run.LogId!;
        }

        await gateway.PatchLogAsync(logId, new() { Feedback = 1 }, _cancelled);
        await gateway.Logs.PatchAsync(logId, new() { Score = 90, Metadata = new() { ["reviewed"] = "yes" } }, _cancelled);
        var entry = await gateway.GetLogAsync(logId, _cancelled);
        Assert.Equal((1, 90d, "red", "yes", "order-17"), (entry.Feedback, entry.Score, entry.Metadata!["team"]!.GetValue<string>(), entry.Metadata["reviewed"]!.GetValue<string>(), entry.EventId));
        Assert.Equal(logId, (await gateway.Logs.GetAsync(logId, _cancelled)).Id);
        Assert.Equal([logId], await gateway.Logs.ListAsync([new("provider", "eq", ["openai"])], _cancelled).Select(item => item.Id).ToListAsync(_cancelled));

        using (var body = await gateway.Logs.DownloadRequestAsync(logId, _cancelled))
        {
            Assert.StartsWith("application/json", body.ContentType, StringComparison.Ordinal);
            Assert.Equal("hello", JsonElement.Parse(await body.ReadBytesAsync(_cancelled)).GetProperty("messages")[0].GetProperty("content").GetString());
        }

        using (var body = await gateway.Logs.DownloadResponseAsync(logId, _cancelled))
        {
            using var reader = new StreamReader(await body.OpenStreamAsync(_cancelled));
            Assert.Equal(Completion, await reader.ReadToEndAsync(_cancelled));
        }

        await gateway.Logs.DeleteAsync([new("id", "eq", [logId])], _cancelled);
        Assert.True((await Assert.ThrowsAsync<AiGatewayException>(() => gateway.Logs.DownloadRequestAsync(logId, _cancelled))).IsNotFound);
    }

    [Fact]
    public async Task Run_SeveralStepsStreamed_HandsOutTheEventsOfTheOneThatAnswers()
    {
        var gateway = await GatewayAsync("streams");
        fixture.Upstream.Default.Then(UpstreamReply.Json("""{"error":{"message":"broken"}}""", 500));
        fixture.Upstream.Default.Then(UpstreamReply.EventStream().Send(Stream));

        using var run = await gateway.RunAsync([Step("a"), Step("b")], cancellationToken: _cancelled);

        Assert.Equal(1, run.Step);
        Assert.Equal(["""{"choices":[{"delta":{"content":"Hi"}}]}""", "[DONE]"], await run.ReadEventsAsync(_cancelled).Select(item => item.Data).ToListAsync(_cancelled));
    }

    [Fact]
    public async Task DatasetsAndEvaluations_FromTheFirstToTheLast()
    {
        var gateway = await GatewayAsync("sets");
        var dataset = await gateway.Datasets.CreateAsync(new() { Name = "d", Filters = [new("provider", "eq", ["openai"])] }, _cancelled);
        await gateway.Datasets.UpdateAsync(dataset.Id, new() { Name = "d2", Filters = [] }, _cancelled);
        Assert.Equal("d2", (await gateway.Datasets.GetAsync(dataset.Id, _cancelled)).Name);
        Assert.Single(await gateway.Datasets.ListAsync(_cancelled).ToListAsync(_cancelled));
        var types = await fixture.SendAsync("ai-gateway/evaluation-types");
        var evaluation = await gateway.Evaluations.CreateAsync(
            new() { Name = "e", DatasetIds = [dataset.Id], EvaluationTypeIds = [types.GetProperty("result")[0].GetProperty("id").GetString()!] }, _cancelled);
        Assert.Equal("e", (await gateway.Evaluations.GetAsync(evaluation.Id, _cancelled)).Name);
        Assert.Single(await gateway.Evaluations.ListAsync(_cancelled).ToListAsync(_cancelled));
        await gateway.Evaluations.DeleteAsync(evaluation.Id, _cancelled);
        await gateway.Datasets.DeleteAsync(dataset.Id, _cancelled);
        Assert.Empty(await gateway.Evaluations.ListAsync(_cancelled).ToListAsync(_cancelled));
    }

    [Fact]
    public async Task Route_VersionsAndDeployments_GoForthAndBack()
    {
        var gateway = await GatewayAsync("routes");
        var route = await gateway.Routes.CreateAsync(new() { Name = "r", Elements = Graph("gpt-4o-mini") }, _cancelled);
        var first = route.Version!.VersionId;
        var second = (await gateway.Routes.CreateVersionAsync(route.Id, new() { Elements = Graph("gpt-4o"), Comment = "larger" }, _cancelled)).Version!.VersionId;
        Assert.Equal([(second, "false"), (first, "true")], await gateway.Routes.ListVersionsAsync(route.Id, _cancelled).Select(version => (version.VersionId, version.Active)).ToListAsync(_cancelled));
        await gateway.Routes.DeployAsync(route.Id, second, "try it", _cancelled);
        Assert.Equal(("true", "larger"), (await gateway.Routes.GetVersionAsync(route.Id, second, _cancelled)) is var version ? (version.Active, version.Comment) : default);
        await gateway.Routes.DeployAsync(route.Id, first, cancellationToken: _cancelled);
        Assert.Equal([first, second, first], await gateway.Routes.ListDeploymentsAsync(route.Id, _cancelled).Select(deployment => deployment.VersionId).ToListAsync(_cancelled));
        Assert.Equal("r2", (await gateway.Routes.RenameAsync(route.Id, "r2", _cancelled)).Name);
        Assert.Equal((first, "r2"), (await gateway.Routes.GetAsync(route.Id, _cancelled)) is var found ? (found.Version!.VersionId, found.Name) : default);
        await gateway.Routes.DeleteAsync(route.Id, _cancelled);
        Assert.Empty(await gateway.Routes.ListAsync(_cancelled).ToListAsync(_cancelled));
    }

    [Fact]
    public async Task Policies_DraftedCommittedAndSimulated()
    {
        var gateway = await GatewayAsync("policies");
        var definition = new PolicyDefinition { Name = "p", Actor = "all", Resource = JsonElement.Parse("\"*\""), Condition = "true", Action = new() { Type = "limit", Amount = 1, Period = "daily" } };
        var draft = await gateway.Policies.CreateAsync(definition, cancellationToken: _cancelled);
        Assert.Empty(await gateway.Policies.ListAsync(cancellationToken: _cancelled));
        Assert.True(Assert.Single(await gateway.Policies.ListAsync(PolicyDrafts.Included, _cancelled)).Staging);
        Assert.Equal([draft.Id], (await gateway.Policies.CommitAsync(_cancelled)).Select(policy => policy.Id));
        await gateway.Policies.UpdateAsync(draft.Id, new() { Name = "p2" }, PolicyCommit.Now, _cancelled);
        Assert.Equal(("p2", 1m), (await gateway.Policies.GetAsync(draft.Id, cancellationToken: _cancelled)) is var found ? (found.Name, found.Action.Amount) : default);
        var simulated = await gateway.Policies.SimulateAsync(JsonElement.Parse("""{"provider":"openai","bucketUsage":{"all":{"spent":1}}}"""), cancellationToken: _cancelled);
        Assert.Equal((false, "limit_exceeded", "all", "p2"), (simulated.Enforcement.Allowed, simulated.Enforcement.Reason, simulated.Enforcement.Bucket, simulated.Enforcement.PolicyName));
        await gateway.Policies.DeleteAsync(draft.Id, _cancelled);
        Assert.Empty(await gateway.Policies.ListAsync(PolicyDrafts.Included, _cancelled));
    }

    [Fact]
    public async Task SecretsAndStoredKeys_FromTheFirstToTheLast()
    {
        var (client, gateway) = (fixture.Client, await GatewayAsync("keys"));
        var store = await client.Secrets.CreateStoreAsync("keys", _cancelled);
        Assert.Equal([store.Id], await client.Secrets.ListStoresAsync(_cancelled).Select(item => item.Id).ToListAsync(_cancelled));
        var secret = await client.Secrets.CreateAsync(store.Id, new() { Name = "openai", Value = "sk-1", Scopes = ["ai_gateway"] }, _cancelled);
        Assert.Equal([secret.Id], await client.Secrets.ListAsync(store.Id, _cancelled).Select(item => item.Id).ToListAsync(_cancelled));
        var config = await gateway.ProviderConfigs.CreateAsync(new() { ProviderSlug = "openai", Alias = "main", DefaultConfig = true, SecretId = secret.Id }, _cancelled);
        Assert.Equal(config.Id, (await gateway.ProviderConfigs.RotateAsync(config.Id, "sk-2", _cancelled)).Id);
        Assert.Single(await gateway.ProviderConfigs.ListAsync(_cancelled).ToListAsync(_cancelled));
        await gateway.ProviderConfigs.DeleteAsync(config.Id, _cancelled);
        await client.Secrets.DeleteAsync(store.Id, secret.Id, _cancelled);
        Assert.Empty(await client.Secrets.ListAsync(store.Id, _cancelled).ToListAsync(_cancelled));
    }

    [Fact]
    public async Task CustomProviderAndItsPrices_FromTheFirstToTheLast()
    {
        var client = fixture.Client;
        var provider = await client.CustomProviders.CreateAsync(new() { Name = "Mine", Slug = "mine", BaseUrl = "https://models.example.com" }, _cancelled);
        var rule = await client.CustomProviders.Prices.CreateAsync(new() { AccountProviderId = provider.Id, Model = "m", ModelRule = "starts-with", CostIn = 0.001m }, _cancelled);
        await client.CustomProviders.Prices.UpdateAsync(rule.Id, new() { CostOut = 0.002m }, _cancelled);
        Assert.Equal((0.001m, 0.002m, "starts-with"), (await client.CustomProviders.Prices.GetAsync(rule.Id, _cancelled)) is var found ? (found.CostIn, found.CostOut, found.ModelRule) : default);
        Assert.Equal([rule.Id], await client.CustomProviders.Prices.ListAsync(provider.Id, _cancelled).Select(item => item.Id).ToListAsync(_cancelled));
        await client.CustomProviders.Prices.DeleteAsync(rule.Id, _cancelled);
        await client.CustomProviders.UpdateAsync(provider.Id, new() { Name = "Ours" }, _cancelled);
        Assert.Equal("Ours", (await client.CustomProviders.GetAsync(provider.Id, _cancelled)).Name);
        Assert.Single(await client.CustomProviders.ListAsync(_cancelled).ToListAsync(_cancelled));
        await client.CustomProviders.DeleteAsync(provider.Id, _cancelled);
        Assert.Empty(await client.CustomProviders.ListAsync(_cancelled).ToListAsync(_cancelled));
    }

    [Fact]
    public async Task Token_Rolled_WorksWithItsNewValueOnly()
    {
        var client = fixture.Client;
        var group = (await client.Tokens.ListPermissionGroupsAsync(_cancelled)).Single(item => item.Name == "Account API Tokens Read");
        var definition = new ApiTokenDefinition
        {
            Name = "reader",
            Policies = [new() { PermissionGroups = [group], Resources = new Dictionary<string, string> { [$"com.cloudflare.api.account.{fixture.Gateway.AccountId}"] = "*" } }],
        };
        var token = await client.Tokens.CreateAsync(definition, _cancelled);
        var value = await client.Tokens.RollAsync(token.Id, _cancelled);

        Assert.Equal(new TokenStatus(token.Id, "active"), await fixture.ClientOf(value).Tokens.VerifyAsync(_cancelled));
        // Not used until now: a front goes on for a moment with what it has just seen.
        Assert.Equal(10000, (await Assert.ThrowsAsync<AiGatewayException>(() => fixture.ClientOf(token.Value!).Tokens.VerifyAsync(_cancelled))).Code);
        Assert.Equal("renamed", (await client.Tokens.UpdateAsync(token.Id, definition with { Name = "renamed" }, _cancelled)).Name);
        Assert.Equal("renamed", (await client.Tokens.GetAsync(token.Id, _cancelled)).Name);
        Assert.Contains(token.Id, await client.Tokens.ListAsync(_cancelled).Select(item => item.Id).ToListAsync(_cancelled));
        await client.Tokens.DeleteAsync(token.Id, _cancelled);
        Assert.DoesNotContain(token.Id, await client.Tokens.ListAsync(_cancelled).Select(item => item.Id).ToListAsync(_cancelled));
    }

    [Fact]
    public async Task Analytics_OfAQuery_HasItsData()
    {
        var client = fixture.Client;
        var now = TimeProvider.System.GetUtcNow();
        Assert.NotNull(await client.Analytics.SumByModelAsync(now.AddHours(-1), now, _cancelled));
        Assert.Equal(JsonValueKind.Object, (await client.Analytics.QueryAsync("{ viewer { __typename } }", cancellationToken: _cancelled)).ValueKind);
    }

    private static JsonElement Graph(string model) => JsonElement.Parse(Elements.Replace("MODEL", model, StringComparison.Ordinal));

    private static GatewayStep Step(string content) => new()
    {
        Provider = "openai",
        Endpoint = "chat/completions",
        Headers = new Dictionary<string, string> { ["authorization"] = "Bearer sk", ["content-type"] = "application/json" },
        Query = JsonElement.Parse($$"""{"model":"gpt-4o-mini","messages":[{"role":"user","content":"{{content}}"}]}"""),
    };

    private async Task<GatewayClient> GatewayAsync(string id)
    {
        await fixture.Client.Gateways.CreateAsync(new() { Id = id }, _cancelled);
        return fixture.Client.Gateway(id);
    }

    [GeneratedRegex(@"\b(\w+)\.(\w+Async)\(", RegexOptions.CultureInvariant)]
    private static partial Regex Calls();

    /// <summary>A gateway whose <c>openai</c> is scripted.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private readonly HttpClient _http = new(new SocketsHttpHandler());

        public GatewayProcess Gateway { get; private set; } = null!;

        public FakeUpstream Upstream { get; private set; } = null!;

        public AiGatewayClient Client => ClientOf(Gateway.Token);

        public AiGatewayClient ClientOf(string token) => new(_http, new() { BaseAddress = new(Gateway.BaseUrl), AccountId = Gateway.AccountId, Token = token });

        public async Task<JsonElement> SendAsync(string path)
        {
            using var client = new Testing.Gateways.GatewayClient(Gateway);
            return (await client.AdminAsync(HttpMethod.Get, path, null, TestContext.Current.CancellationToken)).Json;
        }

        public async ValueTask InitializeAsync()
        {
            Upstream = await FakeUpstream.StartAsync();
            Gateway = await GatewayProcess.StartAsync(GatewayFixture.ProvidersAt(Upstream.BaseUrl));
        }

        public async ValueTask DisposeAsync()
        {
            await Gateway.DisposeAsync();
            await Upstream.DisposeAsync();
            _http.Dispose();
        }
    }
}
