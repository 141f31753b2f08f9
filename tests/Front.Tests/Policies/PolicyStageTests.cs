using System.Text;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Abstractions.Policies;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing.Upstreams;
using Orleans.Runtime;
using Xunit;

namespace GatewayActors.Front.Tests.Policies;

/// <summary>Policies on the way of an exchange; what budgets decide is tested with the grains.</summary>
public sealed class PolicyStageTests : IAsyncLifetime
{
    private static readonly PolicyAction NoLimit = new() { Kind = PolicyActionKind.NoLimit };
    private static readonly PolicyAction Block = new() { Kind = PolicyActionKind.Block };
    private static readonly PolicyAction Monthly = new() { Kind = PolicyActionKind.Limit, Amount = 1_000, Period = PolicyPeriod.Monthly };

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await DataPlaneHost.StartAsync();
        _host.Script.Otherwise(_ => UpstreamReply.Json(Bodies.Completion));
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task NoPolicies_NothingIsAsked()
    {
        Assert.Equal(200, (await _host.ChatAsync()).Status);
        Assert.Empty(_host.Gateways.Quotas);
    }

    [Theory]
    [InlineData("openai/chat/completions", """{"model":"gpt-4o-mini","messages":[]}""")]
    [InlineData("compat/chat/completions", """{"model":"openai/gpt-4o-mini","messages":[]}""")]
    [InlineData("compat/responses", """{"model":"openai/gpt-4o-mini","input":"x"}""")]
    [InlineData("", """[{"provider":"openai","endpoint":"chat/completions","headers":{"authorization":"Bearer sk"},"query":{"model":"gpt-4o-mini"}}]""")]
    [InlineData("run", """{"model":"openai/gpt-4o-mini","input":{"messages":[{"role":"user","content":"x"}]}}""")]
    public async Task Block_OnEverySurface_IsAnsweredWithItsBody(string path, string body)
    {
        await SetAsync(Policy(NoLimit), Policy(Block, resource: """{"model":"gpt-*"}"""));

        var answer = await _host.SendAsync(HttpMethod.Post, path, Encoding.UTF8.GetBytes(body), ("authorization", "Bearer sk"), ("cf-aig-authorization", $"Bearer {_host.Token}"), ("content-type", "application/json"));

        Assert.Equal((403, """{"success":false,"error":{"message":"Access denied by policy"}}"""), (answer.Status, answer.Text));
        Assert.Equal("application/json", answer.Header("content-type"));
        Assert.Empty(_host.Script.Requests);
        Assert.Equal(403, (await _host.Logs.NextAsync(_cancelled)).Entry.StatusCode);
    }

    [Fact]
    public async Task NoPolicyMatches_IsDenied()
    {
        await SetAsync(Policy(NoLimit, condition: "metadata.team == \"red\""));

        Assert.Equal(403, (await _host.ChatAsync()).Status);
        Assert.Equal(403, (await _host.ChatAsync(("cf-aig-metadata", """{"team":"blue"}"""))).Status);
        Assert.Equal(200, (await _host.ChatAsync(("cf-aig-metadata", """{"team":"red"}"""))).Status);
        Assert.Equal(403, (await _host.ChatAsync(("cf-aig-metadata", """{"team":"red","more":{}}"""))).Status); // Nested: ignored as a whole.
    }

    [Fact]
    public async Task Limit_ReservesTheEstimateAndSettlesTheCost()
    {
        await SetAsync(Policy(Monthly, actor: "user:{metadata.user_id}"), Policy(Monthly with { Period = PolicyPeriod.Weekly, Amount = 5 }));

        Assert.Equal(200, (await _host.ChatAsync(("cf-aig-metadata", """{"user_id":"7"}"""))).Status);

        var quotas = _host.Gateways.Quotas.Values.OrderBy(quota => quota.Key, StringComparer.Ordinal).ToArray();
        Assert.Equal([(1_000m, true), (5m, false)], quotas.Select(quota => (quota.Asked.Single().Rule.Limit, quota.Asked.Single().Rule.IsMonthly)));
        Assert.Equal((TimeSpan.FromDays(7), LimitTechnique.Fixed), (quotas[1].Asked.Single().Rule.Window, quotas[1].Asked.Single().Rule.Technique));
        Assert.All(quotas, quota => Assert.StartsWith($"{DataPlaneHost.Account}/main/policy/", quota.Key, StringComparison.Ordinal));
        Assert.Equal(0.00021m, (await quotas[0].NextSettledAsync(_cancelled)).Actual);
        Assert.Equal(0.00021m, (await quotas[1].NextSettledAsync(_cancelled)).Actual);
    }

    [Fact]
    public async Task Limit_IsReached_IsAnsweredWithItsBudgetAndGivesTheOthersBack()
    {
        await SetAsync(Policy(Monthly), Policy(Monthly, actor: "user:{metadata.user_id}", resource: """{"provider":"openai"}"""));
        _host.Gateways.OnQuota = quota => (quota.RefusesFor, quota.Used) = (_host.Gateways.Quotas.Count == 0 ? null : TimeSpan.FromSeconds(89.5), 1000.42m);

        var answer = await _host.ChatAsync(("cf-aig-metadata", """{"user_id":"7"}"""));

        Assert.Equal(
            (429, """{"success":false,"error":{"message":"Spending limit exceeded","bucket":"user:7 (provider=openai)","spent":1000.42,"limit":1000}}"""),
            (answer.Status, answer.Text));
        Assert.Equal("90", answer.Header("retry-after"));
        Assert.Empty(_host.Script.Requests);
        Assert.Equal(0, (await _host.Gateways.Quotas.Values.Single(quota => quota.RefusesFor is null).NextSettledAsync(_cancelled)).Actual);
    }

    [Fact]
    public async Task CachedAnswer_IsServedWhateverThePoliciesSay()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration() with { CacheTtl = 60 });
        Assert.Equal("MISS", (await _host.ChatAsync()).Header("cf-aig-cache-status"));
        await SetAsync(Policy(Block));

        Assert.Equal((200, "HIT"), (await _host.ChatAsync()) is var hit ? (hit.Status, hit.Header("cf-aig-cache-status")) : default);
    }

    [Fact]
    public async Task SpendLimitBesideAPolicy_BothAreSettled()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration() with
        {
            SpendLimits = new() { Enabled = true, Rules = [new() { Id = "r", Limit = 1, Window = 60, Enabled = true, Technique = LimitTechnique.Fixed }] },
        });
        await SetAsync(Policy(Monthly));

        Assert.Equal(200, (await _host.ChatAsync()).Status);

        Assert.Equal(2, _host.Gateways.Quotas.Count);
        foreach (var quota in _host.Gateways.Quotas.Values)
        {
            Assert.Equal(0.00021m, (await quota.NextSettledAsync(_cancelled)).Actual);
        }
    }

    [Fact]
    public async Task SpendLimitRefuses_ThePolicysReservationIsGivenBack()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration() with
        {
            SpendLimits = new() { Enabled = true, Rules = [new() { Id = "r", Limit = 1, Window = 60, Enabled = true, Technique = LimitTechnique.Fixed }] },
        });
        await SetAsync(Policy(Monthly));
        _host.Gateways.OnQuota = quota => quota.RefusesFor = quota.Key.Contains("/spend/", StringComparison.Ordinal) ? TimeSpan.FromSeconds(1) : null;

        (await _host.ChatAsync()).AssertError(429, 2045);

        Assert.Equal(0, (await _host.Gateways.Quotas.Values.Single(quota => quota.RefusesFor is null).NextSettledAsync(_cancelled)).Actual);
    }

    [Theory]
    [InlineData(null, 200)]
    [InlineData(PolicyFailureMode.Open, 200)]
    [InlineData(PolicyFailureMode.Closed, 403)]
    public async Task ConditionFails_TheGatewayDecides(PolicyFailureMode? mode, int status)
    {
        _host.Gateway.Set(DataPlaneHost.Configuration() with { PolicyFailureMode = mode });
        await SetAsync(Policy(NoLimit, condition: "metadata.team > 3"));

        Assert.Equal(status, (await _host.ChatAsync(("cf-aig-metadata", """{"team":"red"}"""))).Status);
    }

    [Theory]
    [InlineData(PolicyFailureMode.Open, 200)]
    [InlineData(PolicyFailureMode.Closed, 503)]
    public async Task NoGrainDecides_TheGatewayDecides(PolicyFailureMode mode, int status)
    {
        _host.Gateway.Set(DataPlaneHost.Configuration() with { PolicyFailureMode = mode });
        await SetAsync(Policy(Monthly));
        _host.Gateways.OnQuota = quota =>
        {
            quota.Failures.Enqueue(new TimeoutException());
            quota.Failures.Enqueue(new OrleansException("gone"));
        };

        Assert.Equal(status, (await _host.ChatAsync()).Status);
    }

    [Fact]
    public async Task AnswerOfTheFirstTryIsLost_TheSecondHasTheSameName()
    {
        await SetAsync(Policy(Monthly));
        _host.Gateways.OnQuota = quota => quota.Failures.Enqueue(new TimeoutException());

        Assert.Equal(200, (await _host.ChatAsync()).Status);

        var claims = Assert.Single(_host.Gateways.Quotas.Values).Claims.ToArray();
        Assert.Equal(2, claims.Length);
        Assert.Equal(claims[0].Id, claims[1].Id);
    }

    [Fact]
    public async Task UniversalSteps_AreDecidedOneByOne()
    {
        await SetAsync(Policy(NoLimit, resource: """{"provider":"openai"}"""));
        const string Body = """
            [{"provider":"anthropic","endpoint":"v1/messages","headers":{"x-api-key":"k"},"query":{"model":"claude-sonnet-4-5","max_tokens":1,"messages":[]}},
             {"provider":"openai","endpoint":"chat/completions","headers":{"authorization":"Bearer sk"},"query":{"model":"gpt-4o-mini"}}]
            """;

        var answer = await _host.SendAsync(HttpMethod.Post, "", Encoding.UTF8.GetBytes(Body), ("content-type", "application/json"));

        Assert.Equal((200, "1"), (answer.Status, answer.Header("cf-aig-step")));
        Assert.Single(_host.Script.Requests);
    }

    private Task<GatewayChange> SetAsync(params CommittedPolicy[] policies) => _host.Gateway.SetPoliciesAsync(Guid.Empty, 1, policies, _cancelled);

    private static CommittedPolicy Policy(PolicyAction action, string condition = "true", string resource = "\"*\"", string actor = "company:all") =>
        new() { Id = Guid.CreateVersion7(), Definition = new() { Name = "p", Actor = actor, Resource = resource, Condition = condition, Action = action } };
}
