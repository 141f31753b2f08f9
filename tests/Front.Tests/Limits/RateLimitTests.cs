using System.Text;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Limits;

public sealed class RateLimitTests : IAsyncLifetime
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await DataPlaneHost.StartAsync();
        _host.Script.Otherwise(_ => UpstreamReply.Json(Bodies.Completion));
        Limit(3);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Refused_AnswersTheDocumentedBodyByteForByte()
    {
        Limit(0);

        var answer = await _host.ChatAsync();

        Assert.Equal(429, answer.Status);
        Assert.Equal(
            """{"success":false,"result":[],"messages":[],"error":[{"code":2003,"message":"Rate limited"}],"errors":[{"code":2003,"message":"Rate limited"}],"name":"AiGatewayError","httpCode":429,"internalCode":2003,"message":"Rate limited","description":"Rate limited"}""",
            answer.Text);
        Assert.Equal(("application/json", "12"), (answer.Header("content-type"), answer.Header("retry-after")));
        Assert.Empty(_host.Script.Requests);
    }

    [Fact]
    public async Task EveryAnswer_SaysWhereTheLimitStands()
    {
        for (var remaining = 2; remaining >= 0; remaining--)
        {
            var answer = await _host.ChatAsync();
            Assert.Equal((200, "3", $"{remaining}", "12"), (answer.Status, answer.Header("x-ratelimit-limit"), answer.Header("x-ratelimit-remaining"), answer.Header("x-ratelimit-reset")));
            Assert.Null(answer.Header("retry-after"));
        }

        var refused = await _host.ChatAsync();
        Assert.Equal((429, "3", "0", "12"), (refused.Status, refused.Header("x-ratelimit-limit"), refused.Header("x-ratelimit-remaining"), refused.Header("x-ratelimit-reset")));
    }

    [Fact]
    public async Task FirstExchangeUnderAConfiguration_AsksWithACallOfItsOwn_AndTheOthersWithTheirAdmission()
    {
        await _host.ChatAsync();
        Assert.Equal(1, _host.Gateway.RateCalls);

        await _host.ChatAsync();
        await _host.ChatAsync();
        Assert.Equal(1, _host.Gateway.RateCalls);
        Assert.Equal(429, (await _host.ChatAsync()).Status);
        Assert.Equal(3, _host.Script.Requests.Count);
    }

    [Fact]
    public async Task Refused_IsLoggedWithItsProvider()
    {
        await _host.ChatAsync();
        await _host.Logs.NextAsync(_cancelled);
        _host.Gateway.Rate = () => Decision(taken: false, 3, 0);

        var answer = await _host.ChatAsync();
        var entry = (await _host.Logs.NextAsync(_cancelled)).Entry;

        Assert.Equal((429, false, "openai", null), (entry.StatusCode, entry.Success, entry.Provider, entry.CostUsd));
        Assert.Equal(entry.Id.ToString(), answer.Header("cf-aig-log-id"));
        Assert.Contains("rate_limited", entry.DetailsJson, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retries_CountOnce()
    {
        _host.Script.Then(UpstreamReply.Json("{}", 500)).Then(UpstreamReply.Json("{}", 500));
        _host.Gateway.Set(Configured() with { RetryMaxAttempts = 3, RetryDelay = 0 });

        var answer = await _host.ChatAsync();

        Assert.Equal((200, "2"), (answer.Status, answer.Header("x-ratelimit-remaining")));
        Assert.Equal(3, _host.Script.Requests.Count);
    }

    [Fact]
    public async Task NoLimit_SendsNoHeadersOfOursAndPassesTheProvidersOn()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration());
        _host.Gateway.Rate = () => null;
        _host.Script.Then(new UpstreamReply().Header("content-type", "application/json").Header("x-ratelimit-limit", "60").Content(Encoding.UTF8.GetBytes(Bodies.Completion)));

        var answer = await _host.ChatAsync();

        Assert.Equal(("60", null), (answer.Header("x-ratelimit-limit"), answer.Header("x-ratelimit-remaining")));
        Assert.Equal(0, _host.Gateway.RateCalls);
    }

    [Fact]
    public async Task GrainFailsOnce_IsAskedAgain_AndTwice_RefusesTheExchange()
    {
        await _host.ChatAsync();
        _host.Gateway.Set(Configured());
        _host.Gateway.Failures.Enqueue(new TimeoutException());
        Assert.Equal(200, (await _host.ChatAsync()).Status);
        _host.Gateway.Failures.Enqueue(new TimeoutException());
        _host.Gateway.Failures.Enqueue(new TimeoutException());
        (await _host.ChatAsync()).AssertError(503, 2000);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AnswerOfTheGrainIsLost_IsAskedAgainForTheSameExchange(bool withAdmission)
    {
        if (withAdmission)
        {
            await _host.ChatAsync();
            _host.Gateway.RateAsked.Clear();
            _host.Gateway.Failures.Enqueue(new TimeoutException());
        }
        else
        {
            _host.Gateway.RateFailures.Enqueue(new TimeoutException());
        }

        var answer = await _host.ChatAsync();

        Assert.Equal(200, answer.Status);
        var exchange = Guid.Parse(answer.Header("cf-aig-request-id")!);
        Assert.Equal([(exchange, false), (exchange, true)], _host.Gateway.RateAsked.TakeLast(2));
    }

    private static GatewayConfiguration Configured() => DataPlaneHost.Configuration() with { RateLimitingLimit = 3, RateLimitingInterval = 60 };

    private static RateLimitDecision Decision(bool taken, long limit, long remaining) =>
        new() { IsTaken = taken, Limit = limit, Remaining = remaining, ResetAfter = TimeSpan.FromSeconds(11.2) };

    private void Limit(int limit)
    {
        var left = limit;
        _host.Gateway.Set(Configured());
        _host.Gateway.Rate = () => Decision(left > 0, limit, Math.Max(0, --left));
    }
}
