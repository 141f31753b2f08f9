using System.Text;
using GatewayActors.Abstractions.CustomProviders;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Abstractions.Secrets;
using GatewayActors.Front.CustomProviders;
using GatewayActors.Front.Secrets;
using GatewayActors.Front.Tests.Caching;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing.Upstreams;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Xunit;

namespace GatewayActors.Front.Tests.CustomProviders;

/// <summary>Exchanges with the account's own providers, on every way to call one.</summary>
public sealed class CustomProviderExchangeTests : IAsyncLifetime
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;

    private FakeCustomProviders Providers => _host.Gateways.CustomProviders(DataPlaneHost.Account);

    private string Upstream => _host.Upstream.BaseUrl;

    public async ValueTask InitializeAsync()
    {
        _host = await DataPlaneHost.StartAsync(options => options.Upstream.AllowPrivateNetworks = true);
        _host.Script.Otherwise(_ => UpstreamReply.Json(Bodies.Completion));
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Native_AnyMethodAndPath_ReachesTheBaseUrlAsItCame()
    {
        Providers.Set(FakeCustomProviders.Provider("mine", Upstream + "/base/"));

        var answer = await _host.SendAsync(
            HttpMethod.Put, "custom-mine/models/a%3Ab/@x?q=1&p=%2F", Bodies.Chat, ("authorization", "Bearer sk-client"), ("x-anything", "kept"), ("content-type", "application/json"));

        Assert.Equal(200, answer.Status);
        var request = Assert.Single(_host.Script.Requests);
        Assert.Equal(("PUT", "/base/models/a%3Ab/@x?q=1&p=%2F"), (request.Method, request.Target));
        Assert.Equal(Bodies.Chat, request.Body);
        Assert.Equal(("Bearer sk-client", "kept"), (request.Header("authorization"), request.Header("x-anything")));
        Assert.Equal("custom-mine", answer.Header("cf-aig-provider") ?? (await _host.Logs.NextAsync(_cancelled)).Entry.Provider);
    }

    [Theory]
    [InlineData("custom-mine/v1/chat/completions", "m")]
    [InlineData("compat/chat/completions", "custom-mine/m")]
    public async Task StoredKey_OfTheProvider_IsUsed(string path, string model)
    {
        Providers.Set(FakeCustomProviders.Provider("mine", Upstream));
        var sealedKey = _host.Services.GetRequiredService<SecretSealer>().Seal(DataPlaneHost.Account, "sk-stored-for-mine");
        _host.Gateways.Secrets(DataPlaneHost.Account).Set(new UsableSecret { Id = "s", Name = "MINE", Sealed = sealedKey });
        _host.Gateway.SetConfigs(new ProviderConfig
        {
            Id = Guid.CreateVersion7(),
            ProviderSlug = "custom-mine",
            Alias = "team",
            IsDefault = false,
            SecretId = "s",
            OwnsSecret = false,
            ModifiedAt = DateTimeOffset.UnixEpoch,
        });

        var answer = await _host.SendAsync(
            HttpMethod.Post, path, Encoding.UTF8.GetBytes($$"""{"model":"{{model}}","messages":[]}"""), ("content-type", "application/json"), ("cf-aig-byok-alias", "team"));

        Assert.True(answer.Status == 200, answer.Text);
        Assert.Equal("Bearer sk-stored-for-mine", Assert.Single(_host.Script.Requests).Header("authorization"));
        Assert.True((await _host.Logs.NextAsync(_cancelled)).Entry.Byok);
    }

    [Fact]
    public async Task Native_Streamed_PassesEveryEventAndBooksItsUsage()
    {
        Providers.Set(FakeCustomProviders.Provider("mine", Upstream, rules: Rule("gpt", ModelMatch.StartsWith, 0.001m, 0.002m)));
        _host.Script.Then(UpstreamReply.EventStream()
            .Send("data: {\"model\":\"gpt-x\",\"choices\":[{\"delta\":{\"content\":\"H\"}}]}\n\nda")
            .Send("ta: {\"model\":\"gpt-x\",\"choices\":[],\"usage\":{\"prompt_tokens\":1000,\"comple")
            .Send("tion_tokens\":100}}\n\ndata: [DONE]\n\n"));

        var answer = await ChatAsync("custom-mine/v1/chat/completions");

        Assert.EndsWith("data: [DONE]\n\n", answer.Text, StringComparison.Ordinal);
        var entry = (await _host.Logs.NextAsync(_cancelled)).Entry;
        Assert.Equal((1000L, 100L, 1.2m), (entry.TokensIn!.Value, entry.TokensOut!.Value, entry.CostUsd!.Value));
    }

    [Theory]
    [InlineData("", "/v1/chat/completions")]
    [InlineData("/", "/v1/chat/completions")]
    [InlineData("/v1", "/v1/chat/completions")]
    [InlineData("/openai", "/openai/chat/completions")]
    public async Task Compat_ModelOfTheProvider_IsCalledInOpenAIsFormat(string path, string target)
    {
        Providers.Set(FakeCustomProviders.Provider("mine", Upstream + path));

        var answer = await _host.SendAsync(
            HttpMethod.Post, "compat/chat/completions", """{"messages":[],"model":"custom-mine/meta/llama-3"}"""u8.ToArray(), ("content-type", "application/json"));

        Assert.Equal(200, answer.Status);
        var request = Assert.Single(_host.Script.Requests);
        Assert.Equal(target, request.Target);
        Assert.Equal("""{"messages":[],"model":"meta/llama-3"}""", request.BodyText);
    }

    [Theory]
    [InlineData("responses", """{"model":"custom-mine/m","input":"x"}""", "response")]
    [InlineData("messages", """{"model":"custom-mine/m","max_tokens":10,"messages":[{"role":"user","content":"x"}]}""", "message")]
    public async Task Compat_OtherFormatsOfClients_AreTranslatedToItsChat(string endpoint, string body, string type)
    {
        Providers.Set(FakeCustomProviders.Provider("mine", Upstream, headers: """{"Authorization":"Bearer of-the-tenant"}"""));

        var answer = await _host.SendAsync(HttpMethod.Post, "compat/" + endpoint, Encoding.UTF8.GetBytes(body), ("content-type", "application/json"));

        Assert.True(answer.Status == 200, answer.Text);
        Assert.Equal(type, answer.Json.GetProperty(type == "message" ? "type" : "object").GetString());
        var request = Assert.Single(_host.Script.Requests);
        Assert.Equal(("/v1/chat/completions", "Bearer of-the-tenant"), (request.Target, request.Header("authorization")));
    }

    [Fact]
    public async Task Compat_EndpointThatIsNotServed_IsRefused() =>
        (await _host.SendAsync(HttpMethod.Post, "compat/audio/speech", """{"model":"custom-mine/x"}"""u8.ToArray())).AssertError(400, 2008);

    [Fact]
    public async Task Universal_StepsOfTwoOwnProviders_FallBackWithOneLookUp()
    {
        Providers.Set(FakeCustomProviders.Provider("one", Upstream + "/one"), FakeCustomProviders.Provider("two", Upstream + "/two"));
        _host.Script.Then(UpstreamReply.Json("{}", 500));

        var answer = await _host.SendAsync(
            HttpMethod.Post,
            "",
            """
            [{"provider":"custom-one","endpoint":"chat?x=1","query":{"a":1}},
             {"provider":"compat","endpoint":"chat/completions","query":{"model":"custom-two/m","messages":[]}}]
            """u8.ToArray(),
            ("content-type", "application/json"));

        Assert.Equal((200, "1"), (answer.Status, answer.Header("cf-aig-step")));
        Assert.Equal(["/one/chat?x=1", "/two/chat/completions"], _host.Script.Requests.Select(request => request.Target));
        Assert.Single(Providers.SeenVersions);
    }

    [Theory]
    [InlineData("custom-nobody/x")]
    [InlineData("custom-/x")]
    [InlineData("custom-MINE/x")] // look-up is case-sensitive
    public async Task Provider_DoesNotExist_IsRefusedAndNotLogged(string path)
    {
        Providers.Set(FakeCustomProviders.Provider("mine", Upstream));

        (await ChatAsync(path)).AssertError(400, 2008);

        Assert.Empty(_host.Script.Requests);
        await ChatAsync("openai/chat/completions");
        Assert.Equal("openai", (await _host.Logs.NextAsync(_cancelled)).Entry.Provider);
    }

    [Fact]
    public async Task Provider_Disabled_IsRefused()
    {
        Providers.Set(FakeCustomProviders.Provider("mine", Upstream, isEnabled: false));

        var answer = await ChatAsync("custom-mine/x");

        answer.AssertError(400, 2008);
        Assert.Contains("disabled", answer.Description, StringComparison.Ordinal);
        Assert.Empty(_host.Script.Requests);
    }

    [Fact]
    public async Task Provider_Changed_HoldsForTheNextRequestOnEveryFront()
    {
        await using var other = await DataPlaneHost.StartAsync(options => options.Upstream.AllowPrivateNetworks = true, beside: _host);
        foreach (var trial in Enumerable.Range(0, 50))
        {
            Providers.Set(FakeCustomProviders.Provider("mine", $"{Upstream}/{trial}", isEnabled: trial % 7 != 3));

            foreach (var front in new[] { _host, other })
            {
                var answer = await front.SendAsync(HttpMethod.Post, "custom-mine/x", Bodies.Chat, ("authorization", "Bearer sk-client"));
                Assert.Equal(trial % 7 == 3 ? 400 : 200, answer.Status);
                if (answer.Status == 200)
                {
                    Assert.Equal($"/{trial}/x", _host.Script.Requests[^1].Target);
                }
            }
        }
    }

    [Fact]
    public async Task Provider_NotUsed_CostsNoCall()
    {
        Providers.Set(FakeCustomProviders.Provider("mine", Upstream));

        await ChatAsync("openai/chat/completions");
        Assert.Empty(Providers.SeenVersions);

        await ChatAsync("custom-mine/x");
        await ChatAsync("custom-mine/x");
        Assert.Equal([0, 1], Providers.SeenVersions); // What is held is not sent again.
    }

    [Fact]
    public async Task Provider_OfAnotherAccount_IsNotThere()
    {
        const string Stranger = "ffffffffffffffffffffffffffffffff";
        _host.Gateways[Abstractions.GrainKeys.Gateway(Stranger, "main")].Set(DataPlaneHost.Configuration());
        Providers.Set(FakeCustomProviders.Provider("mine", Upstream + "/first"), FakeCustomProviders.Provider("only", Upstream));
        _host.Gateways.CustomProviders(Stranger).Set(FakeCustomProviders.Provider("mine", Upstream + "/second"));

        await ChatAsync("custom-mine/x");
        await _host.SendToAsync(HttpMethod.Post, $"/v1/{Stranger}/main/custom-mine/x", new ByteArrayContent(Bodies.Chat));
        var missing = await _host.SendToAsync(HttpMethod.Post, $"/v1/{Stranger}/main/custom-only/x", new ByteArrayContent(Bodies.Chat));

        Assert.Equal(["/first/x", "/second/x"], _host.Script.Requests.Select(request => request.Target));
        missing.AssertError(400, 2008);
    }

    [Fact]
    public async Task Headers_Configured_AreSentWhereTheClientHasNone()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(authentication: true));
        Providers.Set(FakeCustomProviders.Provider("mine", Upstream, headers: """{"Authorization":"Bearer of-the-tenant","x-team":"tenant"}"""));

        // The token of the gateway stands in the provider's place, is taken out, and the tenant's key takes it.
        await _host.SendAsync(HttpMethod.Post, "custom-mine/x", Bodies.Chat, ("authorization", "Bearer " + _host.Token));
        await _host.SendAsync(HttpMethod.Post, "custom-mine/x", Bodies.Chat, ("cf-aig-authorization", "Bearer " + _host.Token), ("authorization", "Bearer sk-own"), ("x-team", "own"));

        Assert.Equal(
            [("Bearer of-the-tenant", "tenant"), ("Bearer sk-own", "own")],
            _host.Script.Requests.Select(request => (request.Header("authorization"), request.Header("x-team"))));
        Assert.All(_host.Script.Requests, request => Assert.Null(request.Header("cf-aig-authorization")));
    }

    [Fact]
    public async Task Credential_None_IsForwardedWithoutEvenBehindAClosedGateway()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(authentication: true));
        Providers.Set(FakeCustomProviders.Provider("mine", Upstream));

        var answer = await _host.SendAsync(HttpMethod.Post, "custom-mine/x", Bodies.Chat, ("cf-aig-authorization", "Bearer " + _host.Token));

        Assert.Equal(200, answer.Status);
        Assert.Null(Assert.Single(_host.Script.Requests).Header("authorization"));
    }

    [Fact]
    public async Task Cache_ProviderChanged_ForgetsItsAnswers()
    {
        _host.Gateway.Set(CachingHost.Configuration());
        _host.AnswerWithNumbers();
        Providers.Set(FakeCustomProviders.Provider("mine", Upstream));

        var first = await ChatAsync("custom-mine/x");
        var second = await ChatAsync("custom-mine/x");
        Providers.Set(FakeCustomProviders.Provider("mine", Upstream));
        var third = await ChatAsync("custom-mine/x");

        Assert.Equal(("MISS", "HIT", "MISS"), (first.Status(), second.Status(), third.Status()));
        Assert.Equal(first.Text, second.Text);
        Assert.NotEqual(first.Text, third.Text);
    }

    [Fact]
    public async Task Cache_KeyInAnotherHeader_IsNotShared()
    {
        _host.Gateway.Set(CachingHost.Configuration());
        _host.AnswerWithNumbers();
        Providers.Set(FakeCustomProviders.Provider("mine", Upstream));

        var answers = new List<string>();
        foreach (var key in (string[])["one", "two", "one"])
        {
            answers.Add((await _host.SendAsync(HttpMethod.Post, "custom-mine/v1/messages", Bodies.Chat, ("x-api-key", "sk-of-client-" + key), ("content-type", "application/json"))).Text);
        }

        Assert.NotEqual(answers[0], answers[1]);
        Assert.Equal(answers[0], answers[2]);
    }

    [Fact]
    public async Task Cost_ByTheTenantsRule_IsLoggedAndLosesToACustomCost()
    {
        Providers.Set(FakeCustomProviders.Provider("mine", Upstream, rules: Rule("gpt-4o-mini", ModelMatch.Equals, 0.001m, 0.002m)));

        await ChatAsync("custom-mine/chat/completions");
        await _host.SendAsync(
            HttpMethod.Post, "custom-mine/chat/completions", Bodies.Chat, ("content-type", "application/json"), ("cf-aig-custom-cost", """{"per_token_in":1,"per_token_out":0}"""));
        Providers.Set(FakeCustomProviders.Provider("mine", Upstream));
        await ChatAsync("custom-mine/chat/completions");

        Assert.Equal(1.2m, (await _host.Logs.NextAsync(_cancelled)).Entry.CostUsd);
        Assert.Equal(1000m, (await _host.Logs.NextAsync(_cancelled)).Entry.CostUsd);
        Assert.Null((await _host.Logs.NextAsync(_cancelled)).Entry.CostUsd); // Nobody knows; the price of another provider's model of that name is none.
    }

    [Fact]
    public async Task Models_PricedByName_AreListedForTheirAccount()
    {
        Providers.Set(
            FakeCustomProviders.Provider("mine", Upstream, rules: [Rule("llama", ModelMatch.Equals, 0.001m, 0.002m), Rule("x", ModelMatch.Contains, 1, 1)]),
            FakeCustomProviders.Provider("off", Upstream, isEnabled: false, rules: Rule("llama", ModelMatch.Equals, 1, 1)));

        var models = (await _host.SendAsync(HttpMethod.Get, "compat/models", null)).Json.GetProperty("data").EnumerateArray().ToArray();

        var own = Assert.Single(models, model => model.GetProperty("id").GetString()!.StartsWith("custom-", StringComparison.Ordinal));
        Assert.Equal(("custom-mine/llama", 0.001m), (own.GetProperty("id").GetString(), own.GetProperty("cost_in").GetDecimal()));
        Assert.True(models.Length > 1);
    }

    [Fact]
    public async Task Grain_OneCallFails_IsAskedAgain()
    {
        Providers.Set(FakeCustomProviders.Provider("mine", Upstream));
        Providers.Failures.Enqueue(new OrleansException("silo is gone"));
        Assert.Equal(200, (await ChatAsync("custom-mine/x")).Status);

        Providers.Failures.Enqueue(new TimeoutException());
        Providers.Failures.Enqueue(new TimeoutException());
        (await ChatAsync("custom-mine/x")).AssertError(503, 2000);
    }

    [Fact]
    public async Task Provider_InsideWithoutTheOperatorsLeave_IsNotReachedAndNothingIsTold()
    {
        await using var guarded = await DataPlaneHost.StartAsync(beside: _host);
        Providers.Set(FakeCustomProviders.Provider("mine", Upstream), FakeCustomProviders.Provider("name", Upstream.Replace("127.0.0.1", "localhost", StringComparison.Ordinal)));

        foreach (var slug in (string[])["mine", "name"])
        {
            var answer = await guarded.SendAsync(HttpMethod.Post, $"custom-{slug}/x", Bodies.Chat);
            answer.AssertError(502, 2005);
            Assert.DoesNotContain("127.0.0.1", answer.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("private", answer.Text, StringComparison.OrdinalIgnoreCase);
        }

        Assert.Empty(_host.Script.Requests);
    }

    [Theory]
    [InlineData("mine/../x")]
    [InlineData("mine/a/%2e%2e/b")]
    public async Task Path_LeavesTheBaseUrl_IsRefused(string path)
    {
        Providers.Set(FakeCustomProviders.Provider("mine", Upstream + "/tenant"));

        var answer = await ChatAsync("custom-" + path);

        Assert.True(answer.Status is 400 or 404, answer.Text);
        Assert.Empty(_host.Script.Requests);
    }

    [Fact]
    public async Task Provider_IsThisGateway_EndsAfterAFewRounds()
    {
        Providers.Set(FakeCustomProviders.Provider("mine", $"{_host.Address.GetLeftPart(UriPartial.Authority)}/v1/{DataPlaneHost.Account}/main/custom-mine"));

        var answer = await ChatAsync("custom-mine/x");

        answer.AssertError(400, 2008);
        Assert.Equal(1 + LoopGuard.MaxPasses, Providers.SeenVersions.Count);
    }

    [Fact]
    public async Task Mark_OfAnEarlierPass_IsKeptAndOursAdded()
    {
        Providers.Set(FakeCustomProviders.Provider("mine", Upstream));

        await _host.SendAsync(HttpMethod.Post, "custom-mine/x", Bodies.Chat, ("cdn-loop", "other; v=1, Gateway-Actors"));
        await ChatAsync("openai/x");

        Assert.Equal(["other; v=1, Gateway-Actors, gateway-actors", null], _host.Script.Requests.Select(request => request.Header("cdn-loop")));
    }

    [Fact]
    public async Task Redirect_IsHandedToTheClient()
    {
        Providers.Set(FakeCustomProviders.Provider("mine", Upstream));
        _host.Script.Then(new UpstreamReply().Status(302).Header("Location", "http://169.254.169.254/latest").Length(0));

        var answer = await ChatAsync("custom-mine/x");

        Assert.Equal((302, "http://169.254.169.254/latest"), (answer.Status, answer.Header("location")));
        Assert.Single(_host.Script.Requests);
    }

    private static PricingRuleDefinition Rule(string model, ModelMatch match, decimal costIn, decimal costOut) => new()
    {
        ProviderId = Guid.Empty,
        Model = model,
        Match = match,
        Enable = true,
        CostIn = costIn,
        CostOut = costOut,
    };

    private Task<FrontAnswer> ChatAsync(string path) =>
        _host.SendAsync(HttpMethod.Post, path, Bodies.Chat, ("authorization", "Bearer sk-client"), ("content-type", "application/json"));
}
