using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Front.Tests.Universal;
using GatewayActors.Testing.Upstreams;
using Xunit;
using static GatewayActors.Front.Tests.Universal.UniversalHost;

namespace GatewayActors.Front.Tests.Caching;

/// <summary>Steps of universal requests: each is looked up by itself.</summary>
public sealed class UniversalCacheTests : IAsyncLifetime
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await DataPlaneHost.StartAsync();
        _host.Gateway.Set(CachingHost.Configuration());
        _host.AnswerWithNumbers();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Step_InTheCache_Answers()
    {
        var one = await _host.UniversalAsync(new[] { Chat(), Chat("groq") });
        var two = await _host.UniversalAsync(new[] { Chat(), Chat("groq") });

        Assert.Equal((200, "MISS", "0"), (one.Status, one.Status(), one.Header("cf-aig-step")));
        Assert.Equal((200, one.Text, "HIT", "0"), (two.Status, two.Text, two.Status(), two.Header("cf-aig-step")));
        Assert.Single(_host.Script.Requests);
    }

    [Fact]
    public async Task SecondStep_InTheCache_AnswersWhenTheFirstFails()
    {
        _host.Script.Then(UpstreamReply.Json("{}", 500));
        var one = await _host.UniversalAsync(new[] { Chat(), Chat("groq") });
        _host.Script.Then(UpstreamReply.Json("{}", 500));
        var two = await _host.UniversalAsync(new[] { Chat(), Chat("groq") });

        Assert.Equal(("MISS", "1"), (one.Status(), one.Header("cf-aig-step")));
        Assert.Equal((one.Text, "HIT", "1"), (two.Text, two.Status(), two.Header("cf-aig-step")));
        Assert.Equal(3, _host.Script.Requests.Count);

        // By itself it is the first and only step, whatever it was when it was stored.
        var alone = await _host.UniversalAsync(new[] { Chat("groq") });
        Assert.Equal((one.Text, "HIT", "0"), (alone.Text, alone.Status(), alone.Header("cf-aig-step")));
    }

    // The reference's example: an hour for the request, nothing for one of its steps.
    [Fact]
    public async Task HeadersOfAStep_BeatThoseOfTheRequest()
    {
        _host.Gateway.Set(CachingHost.Configuration(ttl: 0));
        var off = new[] { Chat().WithHeader("cf-aig-cache-ttl", "0") };
        var on = new[] { Chat("groq") };
        foreach (var expected in (string[])["MISS", "MISS"])
        {
            Assert.Equal(expected, (await _host.UniversalAsync(off, ("cf-aig-cache-ttl", "3600"))).Status());
        }

        Assert.Equal("MISS", (await _host.UniversalAsync(on, ("cf-aig-cache-ttl", "3600"))).Status());
        Assert.Equal("HIT", (await _host.UniversalAsync(on, ("cf-aig-cache-ttl", "3600"))).Status());
        Assert.Equal("HIT", (await _host.UniversalAsync(new[] { Chat("groq").WithHeader("cf-aig-cache-ttl", "60") })).Status());
    }

    [Fact]
    public async Task StaleAnswer_OfAStepWithAFallback_IsNotServed()
    {
        _host.Gateway.Set(CachingHost.Configuration(ttl: 60, staleIfError: 600));
        await _host.UniversalAsync(new[] { Chat() });
        _host.Clock.Advance(TimeSpan.FromSeconds(61));
        _host.Script.Then(UpstreamReply.Json("{}", 500));

        var fresh = await _host.UniversalAsync(new[] { Chat(), Chat("groq") });

        Assert.Equal(("MISS", "1", null), (fresh.Status(), fresh.Header("cf-aig-step"), fresh.Header("cf-aig-cache-stale")));
        _host.Script.Then(UpstreamReply.Json("{}", 500)).Then(UpstreamReply.Json("{}", 500));
        _host.Clock.Advance(TimeSpan.FromSeconds(61));
        var stale = await _host.UniversalAsync(new[] { Chat(), Chat("groq") });
        Assert.Equal((fresh.Text, "HIT", "1", "true"), (stale.Text, stale.Status(), stale.Header("cf-aig-step"), stale.Header("cf-aig-cache-stale")));
    }

    [Fact]
    public async Task ManyAtOnce_FirstStepFails_ShareTheSecond()
    {
        var gate = new Gate();
        _host.Script.Otherwise(request => request.Header("authorization") == "Bearer sk-first"
            ? UpstreamReply.Json("{}", 500)
            : new UpstreamReply().Header("content-type", "application/json").Wait(gate).Content("{\"second\":1}"u8.ToArray()));
        var answering = Enumerable.Range(0, 10).Select(_ => _host.UniversalAsync(new[] { Chat(key: "sk-first"), Chat("groq", key: "sk-second") })).ToArray();
        while ((await _host.Script.NextAsync(_cancelled)).Header("authorization") != "Bearer sk-second")
        {
        }

        gate.Open();

        Assert.All(await Task.WhenAll(answering), answer => Assert.Equal((200, "{\"second\":1}", "1"), (answer.Status, answer.Text, answer.Header("cf-aig-step"))));
        Assert.Single(_host.Script.Requests, request => request.Header("authorization") == "Bearer sk-second");
    }

    [Fact]
    public async Task NativeAndUniversal_OfTheSameRequest_ShareTheAnswer()
    {
        await _host.SendAsync(
            HttpMethod.Post, "openai/v1/chat/completions", """{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hello"}]}"""u8.ToArray(), ("authorization", "Bearer sk-step"));

        Assert.Equal("HIT", (await _host.UniversalAsync(new[] { Chat() })).Status());
    }
}
