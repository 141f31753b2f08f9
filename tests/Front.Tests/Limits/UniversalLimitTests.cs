using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Front.Tests.Universal;
using GatewayActors.Testing.Upstreams;
using Xunit;
using static GatewayActors.Front.Tests.Universal.UniversalHost;

namespace GatewayActors.Front.Tests.Limits;

/// <summary>Limits of exchanges with several steps.</summary>
public sealed class UniversalLimitTests : IAsyncLifetime
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await DataPlaneHost.StartAsync();
        _host.Script.Otherwise(_ => UpstreamReply.Json(Bodies.Completion));
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task SpendLimitRefusesAStep_TheNextOneAnswers()
    {
        SetSpend("openai");
        _host.Gateways.OnQuota = quota => quota.RefusesFor = TimeSpan.FromMinutes(1);

        var answer = await _host.UniversalAsync(new[] { Chat(), Chat("groq") });

        Assert.Equal((200, "1"), (answer.Status, answer.Header("cf-aig-step")));
        Assert.Single(_host.Script.Requests);
        var refused = (await _host.Logs.NextAsync(_cancelled)).Entry;
        Assert.Equal((429, "openai"), (refused.StatusCode, refused.Provider));
    }

    [Fact]
    public async Task SpendLimitRefusesTheLastStep_IsTheAnswer()
    {
        SetSpend("groq");
        _host.Gateways.OnQuota = quota => quota.RefusesFor = TimeSpan.FromMinutes(1);
        _host.Script.Then(UpstreamReply.Json("{}", 500));

        var answer = await _host.UniversalAsync(new[] { Chat(), Chat("groq") });

        answer.AssertError(429, 2045);
        Assert.Equal(("1", "60"), (answer.Header("cf-aig-step"), answer.Header("retry-after")));
    }

    [Fact]
    public async Task EveryStep_ReservesForItselfAndSettlesWhatItUsed()
    {
        SetSpend("openai", "groq");
        _host.Script.Then(UpstreamReply.Json("{}", 500));

        await _host.UniversalAsync(new[] { Chat(), Chat("groq") });

        var quota = _host.Gateways.Quotas.Values.Single();
        Assert.Equal(2, quota.Asked.Count);
        Assert.Equal((1, 0m), await quota.NextSettledAsync(_cancelled));
        Assert.Equal(2, (await quota.NextSettledAsync(_cancelled)).Number);
    }

    [Fact]
    public async Task RateLimit_CountsTheExchangeOnce()
    {
        var asked = 0;
        _host.Gateway.Set(DataPlaneHost.Configuration() with { RateLimitingLimit = 5, RateLimitingInterval = 60 });
        _host.Gateway.Rate = () => new() { IsTaken = true, Limit = 5, Remaining = 5 - ++asked, ResetAfter = TimeSpan.FromSeconds(3) };
        _host.Script.Then(UpstreamReply.Json("{}", 500)).Then(UpstreamReply.Json("{}", 500));

        var answer = await _host.UniversalAsync(new[] { Chat(), Chat("groq"), Chat("mistral") });

        Assert.Equal((200, "2", "4"), (answer.Status, answer.Header("cf-aig-step"), answer.Header("x-ratelimit-remaining")));
        Assert.Equal(1, asked);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RateLimitRefuses_NoStepIsTried(bool isKnownAtAdmission)
    {
        _host.Gateway.Set(DataPlaneHost.Configuration() with { RateLimitingLimit = 1, RateLimitingInterval = 60 });
        _host.Gateway.Rate = () => new() { IsTaken = true, Limit = 1, Remaining = 0, ResetAfter = TimeSpan.FromSeconds(3) };
        if (isKnownAtAdmission)
        {
            await _host.UniversalAsync(new[] { Chat() });
        }

        var before = _host.Script.Requests.Count;
        _host.Gateway.Rate = () => new() { IsTaken = false, Limit = 1, Remaining = 0, ResetAfter = TimeSpan.FromSeconds(3) };
        var answer = await _host.UniversalAsync(new[] { Chat(), Chat("groq") });

        answer.AssertError(429, 2003);
        Assert.Equal("3", answer.Header("retry-after"));
        Assert.Equal(before, _host.Script.Requests.Count);
    }

    private void SetSpend(params string[] providers) => _host.Gateway.Set(DataPlaneHost.Configuration() with
    {
        SpendLimits = new()
        {
            Enabled = true,
            Rules = [new() { Id = "r", Limit = 1, Window = 60, Enabled = true, Technique = LimitTechnique.Fixed, Provider = new() { FilterValues = providers } }],
        },
    });
}
