using System.Text.Json;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing.Upstreams;
using Xunit;
using static GatewayActors.Front.Tests.Universal.UniversalHost;

namespace GatewayActors.Front.Tests.Universal;

/// <summary>What a step says beats what the request says, which beats the gateway; each property by itself.</summary>
public sealed class PrecedenceTests : IAsyncLifetime
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await DataPlaneHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData(2, null, null, null, 2)]
    [InlineData(2, 3, null, null, 3)]
    [InlineData(2, 3, 4, null, 4)]
    [InlineData(2, 3, 4, 5, 5)]
    [InlineData(2, null, 1, null, 1)]
    [InlineData(null, null, null, 3, 3)]
    [InlineData(null, null, null, 99, 5)]
    public async Task Attempts_AreTheNearestOnes(int? gateway, int? request, int? stepHeader, int? config, int expected)
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(attempts: gateway, delay: 0));
        _host.Script.Otherwise(_ => UpstreamReply.Json("{}", 500));
        var step = Chat();
        if (stepHeader is { } inHeader)
        {
            step.WithHeader("cf-aig-max-attempts", $"{inHeader}");
        }

        if (config is { } inConfig)
        {
            step.WithConfig(new { maxAttempts = inConfig });
        }

        await _host.UniversalAsync(new[] { step }, request is { } inRequest ? [("cf-aig-max-attempts", $"{inRequest}")] : []);

        Assert.Equal(expected, _host.Script.Requests.Count);
    }

    [Fact]
    public async Task Attempts_OfOneStep_AreNotThoseOfTheNext()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(delay: 0));
        _host.Script.Otherwise(_ => UpstreamReply.Json("{}", 500));

        await _host.UniversalAsync(new[] { Chat(model: "a").WithConfig(new { maxAttempts = 3 }), Chat(model: "b") }, ("cf-aig-max-attempts", "2"));

        Assert.Equal(["a", "a", "a", "b", "b"], _host.Script.Requests.Select(sent => JsonElement.Parse(sent.Body).GetProperty("model").GetString()));
    }

    [Theory]
    [InlineData(100, null, null, 100)]
    [InlineData(100, 200, null, 200)]
    [InlineData(100, 200, 300, 300)]
    [InlineData(null, null, 300, 300)]
    public async Task Timeout_IsTheNearestOne(int? request, int? stepHeader, int? config, int expected)
    {
        _host.Script.Then(new UpstreamReply().Stall());
        var step = Chat();
        if (stepHeader is { } inHeader)
        {
            step.WithHeader("cf-aig-request-timeout", $"{inHeader}");
        }

        if (config is { } inConfig)
        {
            step.WithConfig(new { requestTimeout = inConfig });
        }

        var answering = _host.UniversalAsync(new[] { step }, request is { } inRequest ? [("cf-aig-request-timeout", $"{inRequest}")] : []);
        await _host.Clock.SetAsync(TimeSpan.FromMilliseconds(expected), _cancelled);
        _host.Clock.Advance(TimeSpan.FromMilliseconds(expected));

        var answer = await answering;

        answer.AssertError(504, 2005);
        Assert.Equal($"The provider sent nothing within {expected} ms.", answer.Description);
    }

    [Theory]
    [InlineData("""{"retryDelay":300}""", null, 300)]
    [InlineData("""{"backoff":"linear"}""", "500", 500)]
    [InlineData(null, "400", 400)]
    [InlineData(null, null, 700)]
    public async Task Delay_IsTheNearestOne(string? config, string? stepHeader, int expected)
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(attempts: 2, delay: 700));
        _host.Script.Then(UpstreamReply.Json("{}", 500)).Then(UpstreamReply.Json(Bodies.Completion));
        var step = Chat();
        if (stepHeader is not null)
        {
            step.WithHeader("cf-aig-retry-delay", stepHeader);
        }

        if (config is not null)
        {
            step.WithConfig(JsonElement.Parse(config));
        }

        var answering = _host.UniversalAsync(new[] { step });
        await _host.Clock.SetAsync(TimeSpan.FromMilliseconds(expected), _cancelled);
        _host.Clock.Advance(TimeSpan.FromMilliseconds(expected));

        Assert.Equal(200, (await answering).Status);
    }

    [Fact]
    public async Task Log_OfAStep_FollowsTheStep()
    {
        _host.Script.Then(UpstreamReply.Json("{}", 500)).Then(UpstreamReply.Json("{}", 500)).Then(UpstreamReply.Json(Bodies.Completion));

        var answer = await _host.UniversalAsync(
            new[]
            {
                Chat(model: "a").WithHeader("cf-aig-collect-log", "true").WithHeader("cf-aig-metadata", """{"step":"a"}"""),
                Chat(model: "b"),
                Chat(model: "c").WithHeader("CF-AIG-Collect-Log", "true").WithHeader("cf-aig-collect-log-payload", "false").WithHeader("cf-aig-max-attempts", "many"),
            },
            ("cf-aig-collect-log", "false"),
            ("cf-aig-metadata", """{"step":"request"}"""));

        var (first, second) = (await _host.Logs.NextAsync(_cancelled), await _host.Logs.NextAsync(_cancelled));
        Assert.Equal([("a", """{"step":"a"}"""), ("c", """{"step":"request"}""")], new[] { first, second }.Select(recorded => (recorded.Entry.Model, recorded.Entry.MetadataJson)));
        Assert.NotNull(first.RequestBody);
        Assert.Null(second.RequestBody);
        Assert.Contains("cf-aig-max-attempts: not a number; ignored.", second.Entry.DetailsJson, StringComparison.Ordinal);
        Assert.Equal(second.Entry.Id.ToString(), answer.Header("cf-aig-log-id"));
    }

    [Fact]
    public async Task MalformedValue_OfAStep_LeavesTheRequestsOwn()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(delay: 0));
        _host.Script.Otherwise(_ => UpstreamReply.Json("{}", 500));

        await _host.UniversalAsync(new[] { Chat().WithConfig(new { maxAttempts = "many" }) }, ("cf-aig-max-attempts", "3"));

        Assert.Equal(3, _host.Script.Requests.Count);
    }

    [Fact]
    public async Task TokensOfOurs_InAStep_GoNoFurtherAndProveNothing()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(authentication: true));
        _host.Script.Otherwise(_ => UpstreamReply.Json(Bodies.Completion));
        var steps = new[] { Chat(endpoint: $"chat/completions?a=b&key={_host.Token}").WithHeader("cf-aig-authorization", _host.Token).WithHeader("x-api-key", _host.Token) };

        (await _host.UniversalAsync(steps)).AssertError(401, 2009);
        Assert.Equal(200, (await _host.UniversalAsync(steps, ("cf-aig-authorization", "Bearer " + _host.Token))).Status);
        (await _host.UniversalAsync(new[] { Chat(key: _host.Token) }, ("cf-aig-authorization", "Bearer " + _host.Token))).AssertError(400, 2040);

        var request = Assert.Single(_host.Script.Requests);
        Assert.Equal("/v1/chat/completions?a=b", request.Target);
        Assert.DoesNotContain(request.Headers, header => header.Value.Contains(_host.Token, StringComparison.Ordinal));
        Assert.Equal("Bearer sk-step", request.Header("authorization"));
    }
}
