using System.Text;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Front.Tests.Universal;
using GatewayActors.Testing.Upstreams;
using Orleans.Runtime;
using Xunit;

namespace GatewayActors.Front.Tests.Limits;

/// <summary>Spend and token limits on the way of an exchange; what quotas decide is tested with the grains.</summary>
public sealed class AmountLimitTests : IAsyncLifetime
{
    private static readonly SpendLimitRule Plain = new() { Id = "r", Limit = 100, Window = 86_400, Enabled = true, Technique = LimitTechnique.Sliding };

    // gpt-4o-mini: 0.15 and 0.60 dollars per million tokens. The body has 70 bytes, which are 18 tokens; it sets no bound.
    private static readonly decimal Estimate = ((Bodies.Chat.Length + 3) / 4 * 0.15m / 1_000_000) + (1_000 * 0.60m / 1_000_000);

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await DataPlaneHost.StartAsync();
        _host.Script.Otherwise(_ => UpstreamReply.Json(Bodies.Completion));
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Success_ReservesTheEstimateAndSettlesTheCost()
    {
        SetSpend(Plain);

        Assert.Equal(200, (await _host.ChatAsync()).Status);

        var quota = Only();
        Assert.Equal((100m, TimeSpan.FromDays(1), LimitTechnique.Sliding), (quota.Asked.Single().Rule.Limit, quota.Asked.Single().Rule.Window, quota.Asked.Single().Rule.Technique));
        Assert.Equal(Estimate, quota.Asked.Single().Amount);
        Assert.Equal((1, 0.00021m), await quota.NextSettledAsync(_cancelled));
    }

    [Fact]
    public async Task TokenLimit_ReservesAndSettlesTokens()
    {
        SetTokens(Plain);
        var body = """{"model":"gpt-4o-mini","max_tokens":50,"n":2,"messages":[]}""";

        await _host.SendAsync(HttpMethod.Post, "openai/chat/completions", Encoding.UTF8.GetBytes(body), ("authorization", "Bearer sk"), ("content-type", "application/json"));

        Assert.Equal(((body.Length + 3) / 4) + 100, Only().Asked.Single().Amount);
        Assert.Equal(1_100, (await Only().NextSettledAsync(_cancelled)).Actual);
    }

    [Fact]
    public async Task Settlement_IsOutBeforeTheClientHasTheAnswer()
    {
        SetSpend(Plain);
        for (var i = 0; i < 20; i++)
        {
            await _host.ChatAsync();
            Assert.True(Only().HasSettled);
            await Only().NextSettledAsync(_cancelled);
        }
    }

    [Fact]
    public async Task SpendLimitRefuses_AnswersWithTheRuleAndCallsNobody()
    {
        SetSpend(Plain with { Id = "per-user" });
        Refuse();

        var answer = await _host.ChatAsync();

        answer.AssertError(429, 2045);
        Assert.Equal("Spend limit exceeded: rule 'per-user' (cost limit 100 per 86400s, sliding) for openai gpt-4o-mini", answer.Json.GetProperty("message").GetString());
        Assert.Equal("90", answer.Header("retry-after"));
        Assert.Empty(_host.Script.Requests);
        var entry = (await _host.Logs.NextAsync(_cancelled)).Entry;
        Assert.Equal((429, "gpt-4o-mini", null), (entry.StatusCode, entry.Model, entry.CostUsd));
        Assert.False(Only().HasSettled);
    }

    [Fact]
    public async Task TokenLimitRefuses_AnswersWithTheRule()
    {
        SetTokens(Plain with { Id = "tpm", Limit = 1_000.5m, Window = 60, Technique = LimitTechnique.Fixed });
        Refuse();

        var answer = await _host.ChatAsync();

        answer.AssertError(429, 2003);
        Assert.Equal("Token limit exceeded: rule 'tpm' (token limit 1000.5 per 60s, fixed) for openai gpt-4o-mini", answer.Json.GetProperty("message").GetString());
        Assert.Equal("90", answer.Header("retry-after"));
    }

    [Fact]
    public async Task OneOfSeveralRefuses_TheOthersGetBackWhatTheyGranted()
    {
        SetSpend(Plain with { Id = "a" }, Plain with { Id = "b" }, Plain with { Id = "c" });
        _host.Gateways.OnQuota = quota => quota.RefusesFor = quota.Key.Contains("/b/", StringComparison.Ordinal) ? TimeSpan.FromSeconds(90) : null;

        var answer = await _host.ChatAsync();

        answer.AssertError(429, 2045);
        Assert.Contains("rule 'b'", answer.Text, StringComparison.Ordinal);
        Assert.Equal(3, _host.Gateways.Quotas.Count);
        foreach (var granted in _host.Gateways.Quotas.Values.Where(quota => quota.RefusesFor is null))
        {
            Assert.Equal((1, 0m), await granted.NextSettledAsync(_cancelled));
        }
    }

    [Theory]
    [InlineData("""{"model":"gpt-4o-mini","messages":[]}""", """{"user":"u1"}""", 2)]
    [InlineData("""{"model":"gpt-4o","messages":[]}""", """{"user":"u1"}""", 1)]
    [InlineData("""{"model":"gpt-4o","messages":[]}""", null, 1)]
    [InlineData("""{"model":"gpt-4o-mini","messages":[]}""", """{"user":{"nested":1}}""", 2)]
    public async Task Rules_CountWhatTheySelect(string body, string? metadata, int quotas)
    {
        SetSpend(
            Plain with { Id = "user", Metadata = new Dictionary<string, SpendLimitSelector> { ["user"] = new() } },
            Plain with { Id = "mini", Model = new() { FilterValues = ["openai/*-mini"] } },
            Plain with { Id = "other", Provider = new() { FilterValues = ["anthropic"] } },
            Plain with { Id = "off", Enabled = false },
            Plain with { Id = "none", Window = 0 });

        await _host.SendAsync(
            HttpMethod.Post, "openai/chat/completions", Encoding.UTF8.GetBytes(body),
            [("authorization", "Bearer sk"), ("content-type", "application/json"), .. metadata is null ? Array.Empty<(string, string)>() : [("cf-aig-metadata", metadata)]]);

        Assert.Equal(quotas, _host.Gateways.Quotas.Count);
    }

    [Fact]
    public async Task PartitionByMetadata_CountsEveryValueApart()
    {
        SetSpend(Plain with { Metadata = new Dictionary<string, SpendLimitSelector> { ["user"] = new() } });
        var longValue = new string('x', 2_000);
        foreach (var value in (string[])["1", "1", "2", longValue + "1", longValue + "2"])
        {
            await _host.ChatAsync(("cf-aig-metadata", $$"""{"user":"{{value}}"}"""));
        }

        Assert.Equal([1, 1, 1, 2], _host.Gateways.Quotas.Values.Select(quota => quota.Asked.Count).Order());
    }

    [Fact]
    public async Task ModelIsNotNamed_IsRefusedWhereARuleFiltersByIt()
    {
        SetSpend(Plain with { Id = "first" }, Plain with { Model = new() { FilterValues = ["gpt-*"] } });

        var answer = await _host.SendAsync(HttpMethod.Post, "openai/chat/completions", "{}"u8.ToArray(), ("authorization", "Bearer sk"), ("content-type", "application/json"));

        answer.AssertError(403, 2040);
        Assert.Equal("Model or provider could not be resolved for spend-limit enforcement", answer.Json.GetProperty("message").GetString());
        Assert.Empty(_host.Gateways.Quotas);
    }

    [Fact]
    public async Task UnknownPrice_CostsNothing()
    {
        SetSpend(Plain);
        var body = """{"model":"no-such-model","messages":[]}"""u8.ToArray();
        _host.Script.Then(UpstreamReply.Json("""{"model":"no-such-model","usage":{"prompt_tokens":5,"completion_tokens":5}}"""));

        await _host.SendAsync(HttpMethod.Post, "openai/chat/completions", body, ("authorization", "Bearer sk"), ("content-type", "application/json"));

        Assert.Equal(0, Only().Asked.Single().Amount);
        Assert.Equal(0, (await Only().NextSettledAsync(_cancelled)).Actual);
    }

    [Fact]
    public async Task CustomCost_IsEstimatedAndBooked()
    {
        SetSpend(Plain);

        await _host.ChatAsync(("cf-aig-custom-cost", """{"per_token_in":0.001,"per_token_out":0.01}"""));

        Assert.Equal(((Bodies.Chat.Length + 3) / 4 * 0.001m) + 10, Only().Asked.Single().Amount);
        Assert.Equal(2, (await Only().NextSettledAsync(_cancelled)).Actual);
    }

    [Fact]
    public async Task ReadingRequests_TakeNothing()
    {
        SetSpend(Plain);

        Assert.Equal(200, (await _host.SendAsync(HttpMethod.Get, "openai/models", null, ("authorization", "Bearer sk"))).Status);

        Assert.Empty(_host.Gateways.Quotas);
    }

    [Fact]
    public async Task UpstreamAnswersWithAnError_CostsNothing()
    {
        SetSpend(Plain);
        _host.Script.Then(UpstreamReply.Json("""{"error":{"message":"no"}}""", 400));

        Assert.Equal(400, (await _host.ChatAsync()).Status);

        Assert.Equal((1, 0m), await Only().NextSettledAsync(_cancelled));
    }

    [Fact]
    public async Task UpstreamIsNotReached_CostsNothing()
    {
        SetSpend(Plain);
        _host.Script.Then(new UpstreamReply().Reset());

        Assert.Equal(502, (await _host.ChatAsync()).Status);

        Assert.Equal((1, 0m), await Only().NextSettledAsync(_cancelled));
    }

    [Fact]
    public async Task StreamWithoutUsage_CostsItsEstimate()
    {
        SetSpend(Plain);
        _host.Script.Then(UpstreamReply.EventStream().Event("""{"model":"gpt-4o-mini","choices":[{"delta":{"content":"Hi"}}]}""").Event("[DONE]"));

        Assert.Equal(200, (await _host.ChatAsync()).Status);

        Assert.Equal((1, Estimate), await Only().NextSettledAsync(_cancelled));
    }

    [Fact]
    public async Task ClientLeavesAStream_CostsItsEstimate()
    {
        SetSpend(Plain);
        _host.Script.Then(UpstreamReply.EventStream().Event("""{"model":"gpt-4o-mini","choices":[{"delta":{"content":"Hi"}}]}""").Stall());
        using (var content = new ByteArrayContent(Bodies.Chat))
        {
            using var response = await _host.StartAsync(
                HttpMethod.Post, $"/v1/{DataPlaneHost.Account}/main/openai/chat/completions", content, _cancelled, ("authorization", "Bearer sk"), ("content-type", "application/json"));
            Assert.Equal(200, (int)response.StatusCode);
        }

        Assert.Equal((1, Estimate), await Only().NextSettledAsync(_cancelled));
        Assert.Equal(499, (await _host.Logs.NextAsync(_cancelled)).Entry.StatusCode);
    }

    [Theory]
    [InlineData(typeof(SiloUnavailableException))]
    [InlineData(typeof(IOException))] // As storage throws it while the grain is activated.
    public async Task QuotaFailsOnce_IsAskedAgainForTheSameCall(Type failure)
    {
        SetSpend(Plain);
        _host.Gateways.OnQuota = quota => quota.Failures.Enqueue((Exception)Activator.CreateInstance(failure)!);

        var answer = await _host.ChatAsync();

        Assert.Equal(200, answer.Status);
        Assert.Equal(2, Only().Claims.Count);
        Assert.Equal(answer.Header("cf-aig-log-id"), Assert.Single(Only().Claims.Distinct()).Id.ToString());
    }

    [Fact]
    public async Task Steps_OfOneRequest_AreCallsOfTheirOwn()
    {
        SetSpend(Plain);
        _host.Script.Then(UpstreamReply.Json("{}", 500));

        await _host.UniversalAsync(new[] { UniversalHost.Chat(), UniversalHost.Chat() });

        Assert.Equal(2, Only().Claims.Select(claim => claim.Id).Distinct().Count());
    }

    [Fact]
    public async Task Claim_LastsAsLongAsTheLongestCall()
    {
        SetSpend(Plain);

        await _host.ChatAsync(("cf-aig-max-attempts", "3"));

        Assert.Equal(TimeSpan.FromMinutes(93), Only().Claims.Single().Longest); // 30 minutes are the default, and one more.
    }

    [Theory]
    [InlineData(typeof(InvalidOperationException))]
    [InlineData(typeof(IOException))]
    public async Task QuotaFailsInAnyWay_RefusesTheExchangeAndGivesBackTheOthers(Type failure)
    {
        SetSpend(Plain with { Id = "a" }, Plain with { Id = "b" });
        _host.Gateways.OnQuota = quota =>
        {
            for (var time = 0; time < 2 && quota.Key.Contains("/a/", StringComparison.Ordinal); time++)
            {
                quota.Failures.Enqueue((Exception)Activator.CreateInstance(failure)!);
            }
        };

        (await _host.ChatAsync()).AssertError(503, 2000);

        var other = _host.Gateways.Quotas.Values.Single(quota => quota.Key.Contains("/b/", StringComparison.Ordinal));
        Assert.Equal((1, 0m), await other.NextSettledAsync(_cancelled));
    }

    [Fact]
    public async Task QuotaFailsTwice_RefusesTheExchangeAndGivesBackTheOthers()
    {
        SetSpend(Plain with { Id = "a" }, Plain with { Id = "b" });
        _host.Gateways.OnQuota = quota =>
        {
            if (quota.Key.Contains("/a/", StringComparison.Ordinal))
            {
                quota.Failures.Enqueue(new SiloUnavailableException());
                quota.Failures.Enqueue(new TimeoutException());
            }
        };

        var answer = await _host.ChatAsync();

        answer.AssertError(503, 2000);
        Assert.Empty(_host.Script.Requests);
        var other = _host.Gateways.Quotas.Values.Single(quota => quota.Key.Contains("/b/", StringComparison.Ordinal));
        Assert.Equal((1, 0m), await other.NextSettledAsync(_cancelled));
    }

    [Theory]
    [InlineData(typeof(OrleansException))]
    [InlineData(typeof(TimeoutException))]
    [InlineData(typeof(IOException))] // As storage throws it.
    public async Task SettlementFails_IsTriedAgain(Type failure)
    {
        SetSpend(Plain);
        _host.Gateways.OnQuota = quota => quota.SettleFailures.Enqueue((Exception)Activator.CreateInstance(failure)!);

        await _host.ChatAsync();
        await _host.Clock.SetAsync(TimeSpan.FromMilliseconds(100), _cancelled);
        _host.Clock.Advance(TimeSpan.FromMilliseconds(100));

        Assert.Equal((1, 0.00021m), await Only().NextSettledAsync(_cancelled));
    }

    [Fact]
    public async Task NoCredential_ReservesNothing()
    {
        SetSpend(Plain);
        _host.Gateway.Set(_host.Gateway.Record!.Configuration with { Authentication = true });

        var answer = await _host.SendAsync(HttpMethod.Post, "openai/chat/completions", Bodies.Chat, ("cf-aig-authorization", _host.Token), ("content-type", "application/json"));

        answer.AssertError(400, 2040);
        Assert.Empty(_host.Gateways.Quotas);
    }

    private FakeQuota Only() => _host.Gateways.Quotas.Values.Single();

    private void Refuse() => _host.Gateways.OnQuota = quota => quota.RefusesFor = TimeSpan.FromSeconds(89.5);

    private void SetSpend(params SpendLimitRule[] rules) =>
        _host.Gateway.Set(DataPlaneHost.Configuration() with { SpendLimits = new() { Enabled = true, Rules = rules } });

    private void SetTokens(params SpendLimitRule[] rules) =>
        _host.Gateway.Set(DataPlaneHost.Configuration() with { TokenLimits = new() { Enabled = true, Rules = rules } });
}
