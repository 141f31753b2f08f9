using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using GatewayActors.Abstractions;
using GatewayActors.Front.Caching;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing.Upstreams;
using Orleans.Runtime;
using Xunit;

namespace GatewayActors.Front.Tests.Caching;

/// <summary>Which answers come out of the cache, and what they look like.</summary>
public sealed class CacheTests : IAsyncLifetime
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

    // Whether the second of two requests is a hit. TTL of the gateway, then headers of the first and of the second.
    [Theory]
    [InlineData(0L, "", "", "MISS")]
    [InlineData(null, "", "", "MISS")]
    [InlineData(3600L, "", "", "HIT")]
    [InlineData(3600L, "cf-aig-skip-cache: true", "", "MISS")]
    [InlineData(3600L, "cf-skip-cache: true", "", "MISS")]
    [InlineData(3600L, "", "cf-aig-skip-cache: true", "MISS")]
    [InlineData(3600L, "", "cf-aig-cache-ttl: 0", "MISS")]
    [InlineData(3600L, "cf-aig-cache-ttl: 0", "", "MISS")]
    [InlineData(0L, "cf-aig-cache-ttl: 600", "", "MISS")]
    [InlineData(0L, "cf-aig-cache-ttl: 600", "cf-aig-cache-ttl: 600", "HIT")]
    [InlineData(0L, "cf-cache-ttl: 600", "cf-aig-cache-ttl: 700", "HIT")]
    [InlineData(0L, "cf-aig-cache-key: mine", "cf-aig-cache-key: mine", "HIT")]
    [InlineData(0L, "cf-aig-cache-key: mine", "cf-aig-cache-key: other", "MISS")]
    [InlineData(0L, "cf-aig-cache-key: mine", "", "MISS")]
    [InlineData(3600L, "cf-aig-cache-key: mine", "", "MISS")]
    [InlineData(3600L, "cf-aig-metadata: {\"user\":\"a\"}", "cf-aig-metadata: {\"user\":\"b\"}", "HIT")]
    [InlineData(3600L, "cf-aig-event-id: 1", "cf-aig-event-id: 2", "HIT")]
    [InlineData(3600L, "user-agent: a", "user-agent: b", "HIT")]
    public async Task Second_OfTwoEqualRequests_Is(long? ttl, string first, string second, string status)
    {
        _host.Gateway.Set(CachingHost.Configuration(ttl));

        var one = await _host.ChatAsync(Header(first));
        var two = await _host.ChatAsync(Header(second));

        Assert.Equal((200, 200, "MISS", status), (one.Status, two.Status, one.Status(), two.Status()));
        Assert.Equal(status == "HIT", one.Text == two.Text);
        Assert.Equal(status == "HIT" ? 1 : 2, _host.Script.Requests.Count);
    }

    [Fact]
    public async Task Hit_OfAnAnswer_HasItsLastingHeadersAndIdsOfItsOwn()
    {
        var one = await _host.ChatAsync();
        var two = await _host.ChatAsync(("cf-aig-event-id", "mine"));

        Assert.Equal((200, one.Text, "application/json", "2020-10-01"), (two.Status, two.Text, two.Header("content-type"), two.Header("openai-version")));
        Assert.Equal(("of-the-call", "7"), (one.Header("x-request-id"), one.Header("x-ratelimit-remaining-requests")));
        Assert.Equal((null, null), (two.Header("x-request-id"), two.Header("x-ratelimit-remaining-requests")));
        Assert.Equal(("mine", "0", null), (two.Header("cf-aig-event-id"), two.Header("cf-aig-step"), two.Header("cf-aig-cache-stale")));
        Assert.NotEqual(one.Header("cf-aig-request-id"), two.Header("cf-aig-request-id"));
        Assert.NotEqual(one.Header("cf-aig-log-id"), two.Header("cf-aig-log-id"));
        Assert.Equal(("0.00021", "0", "0", "0"), (one.Header("cf-aig-cost"), two.Header("cf-aig-cost"), two.Header("cf-aig-tokens-in"), two.Header("cf-aig-tokens-out")));
        Assert.Equal(two.Body.Length.ToString(System.Globalization.CultureInfo.InvariantCulture), two.Header("content-length"));
    }

    [Fact]
    public async Task Hit_IsLogged_AsCachedAndFree()
    {
        await _host.ChatAsync();
        var answer = await _host.ChatAsync(("cf-aig-metadata", """{"team":"a"}"""));
        var one = (await _host.Logs.NextAsync(_cancelled)).Entry;
        var recorded = await _host.Logs.NextAsync(_cancelled);
        var two = recorded.Entry;

        Assert.Equal((false, 1_000, 0.00021m), (one.Cached, one.TokensIn, one.CostUsd));
        Assert.Equal((true, 0, 0, 0m), (two.Cached, two.TokensIn, two.TokensOut, two.CostUsd));
        Assert.Equal((200, true, null, """{"team":"a"}"""), (two.StatusCode, two.Success, two.UpstreamLatencyMs, two.MetadataJson));
        Assert.Equal(answer.Body, recorded.ResponseBody);
        Assert.Equal(Bodies.Chat, recorded.RequestBody);
        Assert.Null(two.DetailsJson);
        Assert.Equal(("openai", "gpt-4o-mini", "chat/completions", answer.Body.Length), (two.Provider, two.Model, two.Path, two.ResponseBytes));
        Assert.Equal(answer.Header("cf-aig-log-id"), two.Id.ToString("D"));
    }

    // What is another request than the one in the cache.
    [Theory]
    [InlineData("openai/chat/completions", "sk-client-key", "{\"model\":\"m\",\"x\":1}", "HIT")]
    [InlineData("openai/v1/chat/completions", "sk-client-key", "{\"model\":\"m\",\"x\":1}", "HIT")]
    [InlineData("openai/chat/completions", "sk-other-key", "{\"model\":\"m\",\"x\":1}", "MISS")]
    [InlineData("openai/chat/completions", "sk-client-key", "{\"model\":\"m\",\"x\": 1}", "MISS")]
    [InlineData("openai/chat/completions", "sk-client-key", "{\"model\":\"n\",\"x\":1}", "MISS")]
    [InlineData("openai/completions", "sk-client-key", "{\"model\":\"m\",\"x\":1}", "MISS")]
    [InlineData("openai/chat/completions?a=1", "sk-client-key", "{\"model\":\"m\",\"x\":1}", "MISS")]
    [InlineData("groq/chat/completions", "sk-client-key", "{\"model\":\"m\",\"x\":1}", "MISS")]
    public async Task Request_DiffersInOneThing_Is(string path, string key, string body, string status)
    {
        await _host.PostAsync("""{"model":"m","x":1}""");

        var answer = await _host.SendAsync(HttpMethod.Post, path, Encoding.UTF8.GetBytes(body), ("authorization", "Bearer " + key), ("content-type", "application/json"));

        Assert.Equal((200, status), (answer.Status, answer.Status()));
    }

    [Fact]
    public async Task Query_InAnotherOrder_IsTheSameRequest()
    {
        await _host.SendAsync(HttpMethod.Post, "openai/chat/completions?b=2&a=1", Bodies.Chat, ("authorization", "Bearer sk"));

        Assert.Equal("HIT", (await _host.SendAsync(HttpMethod.Post, "openai/chat/completions?a=1&b=2", Bodies.Chat, ("authorization", "Bearer sk"))).Status());
    }

    [Fact]
    public async Task QueryCredential_OfAnotherClient_IsAnotherRequest()
    {
        const string Path = "google-ai-studio/v1beta/models/gemini-2.5-flash:generateContent";
        await _host.SendAsync(HttpMethod.Post, Path + "?key=one", Bodies.Chat);

        Assert.Equal("MISS", (await _host.SendAsync(HttpMethod.Post, Path + "?key=two", Bodies.Chat)).Status());
        Assert.Equal("HIT", (await _host.SendAsync(HttpMethod.Post, Path + "?key=one", Bodies.Chat)).Status());
    }

    // Equal keys, bodies and credentials: only the tenant differs, or only the gateway.
    [Theory]
    [InlineData("ffffffffffffffffffffffffffffffff", "main")]
    [InlineData(DataPlaneHost.Account, "other")]
    public async Task OtherTenant_EqualKeyBodyAndCredential_NeverShares(string account, string gateway)
    {
        _host.Gateways[GrainKeys.Gateway(account, gateway)].Set(CachingHost.Configuration());
        (string, string)[][] variants = [[], [("cf-aig-cache-key", "the-same")]];
        foreach (var headers in variants)
        {
            (string, string)[] all = [("authorization", "Bearer sk-client-key"), ("content-type", "application/json"), .. headers];
            var own = await _host.ChatAsync(headers);
            var foreign = await _host.SendToAsync(HttpMethod.Post, $"/v1/{account}/{gateway}/openai/chat/completions", new ByteArrayContent(Bodies.Chat), all);
            Assert.Equal(("MISS", "MISS"), (own.Status(), foreign.Status()));
            Assert.NotEqual(own.Text, foreign.Text);
            Assert.Equal((own.Text, "HIT"), ((await _host.ChatAsync(headers)).Text, (await _host.ChatAsync(headers)).Status()));
        }
    }

    [Theory]
    [InlineData(false, "MISS")] // An open gateway knows nobody: only who holds the credential sees what it bought.
    [InlineData(true, "HIT")]
    public async Task CacheKey_AnotherCredential_IsSharedOnlyBehindAuthentication(bool authentication, string status)
    {
        _host.Gateway.Set(CachingHost.Configuration(authentication: authentication));
        (string, string)[] headers = [("cf-aig-cache-key", "mine"), ("cf-aig-authorization", _host.Token)];
        await _host.ChatAsync(headers);

        var answer = await _host.SendAsync(
            HttpMethod.Post, "openai/chat/completions", Encoding.UTF8.GetBytes("""{"model":"other"}"""), [("authorization", "Bearer sk-other"), .. headers]);

        Assert.Equal(status, answer.Status());
    }

    [Fact]
    public async Task Ttl_IsOver_IsFetchedAnew()
    {
        await _host.ChatAsync();
        _host.Clock.Advance(TimeSpan.FromSeconds(3599));
        Assert.Equal("HIT", (await _host.ChatAsync()).Status());

        _host.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("MISS", (await _host.ChatAsync()).Status());
        Assert.Equal("HIT", (await _host.ChatAsync()).Status());
    }

    [Fact]
    public async Task Configuration_Changes_HoldForTheNextRequest()
    {
        await _host.ChatAsync();
        Assert.Equal("HIT", (await _host.ChatAsync()).Status());

        _host.Gateway.Set(CachingHost.Configuration(ttl: 0));
        Assert.Equal("MISS", (await _host.ChatAsync()).Status());
        _host.Gateway.Set(CachingHost.Configuration(ttl: 3600));
        Assert.Equal("HIT", (await _host.ChatAsync()).Status());

        // Shorter than the answer is old.
        _host.Clock.Advance(TimeSpan.FromSeconds(100));
        _host.Gateway.Set(CachingHost.Configuration(ttl: 90));
        Assert.Equal("MISS", (await _host.ChatAsync()).Status());

        // Closed: no answer for strangers, cached or not.
        _host.Gateway.Set(CachingHost.Configuration(authentication: true));
        (await _host.ChatAsync()).AssertError(401, 2009);
    }

    [Theory]
    [InlineData(true, "MISS")]
    [InlineData(false, "HIT")]
    public async Task Update_ByInvalidateOnUpdate_EmptiesTheCache(bool invalidate, string status)
    {
        await _host.ChatAsync();

        _host.Gateway.Set(CachingHost.Configuration(invalidate: invalidate));

        Assert.Equal(status, (await _host.ChatAsync()).Status());
    }

    [Fact]
    public async Task Purge_WhileTheAnswerComesIn_IsNotUndoneByIt()
    {
        var gate = new Gate();
        _host.Script.Then(new UpstreamReply().Header("content-type", "application/json").Head().Send("{\"old\":").Wait(gate).Send("true}"));
        var old = _host.ChatAsync();
        await (await _host.Script.NextAsync(_cancelled)).BodyReceived;

        await _host.Gateway.PurgeCacheAsync(_cancelled);
        var fresh = await _host.ChatAsync(); // Must not join what was begun before the purge.
        gate.Open();

        Assert.Contains("answer-1", fresh.Text, StringComparison.Ordinal);
        Assert.Equal("{\"old\":true}", (await old).Text);
        Assert.Equal((fresh.Text, "HIT"), ((await _host.ChatAsync()).Text, (await _host.ChatAsync()).Status()));
    }

    [Theory]
    [InlineData(200, "application/json", "HIT")]
    [InlineData(201, "application/json; charset=utf-8", "HIT")]
    [InlineData(200, "text/plain", "HIT")]
    [InlineData(200, "image/png", "HIT")]
    [InlineData(200, "audio/mpeg", "MISS")]
    [InlineData(200, "application/octet-stream", "MISS")]
    [InlineData(200, null, "MISS")]
    [InlineData(301, "application/json", "MISS")]
    [InlineData(400, "application/json", "MISS")]
    [InlineData(429, "application/json", "MISS")]
    [InlineData(500, "application/json", "MISS")]
    public async Task Answer_ByStatusAndType_IsKept(int status, string? contentType, string second)
    {
        _host.Script.Otherwise(_ =>
        {
            var reply = new UpstreamReply().Status(status);
            return (contentType is null ? reply : reply.Header("content-type", contentType)).Content(new byte[] { 1, 2, 3 });
        });

        await _host.ChatAsync();
        var answer = await _host.ChatAsync();

        Assert.Equal((status, second, 3), (answer.Status, answer.Status(), answer.Body.Length));
    }

    [Fact]
    public async Task OtherMethods_AreNotCached()
    {
        foreach (var _ in (int[])[1, 2])
        {
            Assert.Equal("MISS", (await _host.SendAsync(HttpMethod.Get, "openai/models", null, ("authorization", "Bearer sk"), ("cf-aig-cache-key", "mine"))).Status());
        }
    }

    [Theory]
    [InlineData(null, false, "MISS")]
    [InlineData(false, false, "MISS")]
    [InlineData(true, false, "HIT")]
    [InlineData(true, true, "MISS")] // Broken off by the provider without breaking the connection.
    public async Task Stream_WhereStreamsAreCached_IsReplayedAsAStream(bool? streaming, bool isTruncated, string status)
    {
        _host.Gateway.Set(CachingHost.Configuration(streaming: streaming));
        var number = 0;
        _host.Script.Otherwise(_ =>
        {
            var reply = UpstreamReply.EventStream().Event($$$"""{"choices":[{"delta":{"content":"{{{++number}}}"}}]}""");
            return isTruncated ? reply : reply.Event("[DONE]");
        });

        var one = await _host.PostAsync("""{"model":"gpt-4o-mini","stream":true}""");
        var two = await _host.PostAsync("""{"model":"gpt-4o-mini","stream":true}""");

        Assert.Equal((status, "text/event-stream; charset=utf-8", "no", "no-cache"), (two.Status(), two.Header("content-type"), two.Header("x-accel-buffering"), two.Header("cache-control")));
        Assert.Equal(status == "HIT", one.Text == two.Text);
        Assert.Equal("MISS", (await _host.PostAsync("""{"model":"gpt-4o-mini","stream":false}""")).Status());
    }

    [Fact]
    public async Task StreamAndWhole_WithTheSameKey_AreKeptApart()
    {
        _host.Gateway.Set(CachingHost.Configuration(streaming: true));
        _host.Script.Then(UpstreamReply.EventStream().Event("[DONE]")).Then(UpstreamReply.Json("{}"));

        await _host.PostAsync("""{"stream":true}""", ("cf-aig-cache-key", "mine"));
        var whole = await _host.PostAsync("{}", ("cf-aig-cache-key", "mine"));

        Assert.Equal(("MISS", "application/json"), (whole.Status(), whole.Header("content-type")));
    }

    [Fact]
    public async Task StreamWithAnError_IsNotKept()
    {
        _host.Gateway.Set(CachingHost.Configuration(streaming: true));
        _host.Script.Otherwise(_ => UpstreamReply.EventStream()
            .Event("""{"choices":[{"delta":{"content":"Hi"}}]}""")
            .Event("""{"error":{"type":"server_error","message":"broken"}}""")
            .Event("[DONE]"));

        await _host.PostAsync("""{"stream":true}""");

        Assert.Equal("MISS", (await _host.PostAsync("""{"stream":true}""")).Status());
    }

    [Fact]
    public async Task CutAnswer_IsNotKept()
    {
        var gate = new Gate();
        _host.Script.Then(new UpstreamReply().Header("content-type", "application/json").Length(100_000).Send(new byte[50_000]).Wait(gate).Cut());
        using (var response = await _host.StartAsync(
            HttpMethod.Post, $"/v1/{DataPlaneHost.Account}/main/openai/chat/completions", new ByteArrayContent(Bodies.Chat), _cancelled, ("authorization", "Bearer sk-client-key"), ("content-type", "application/json")))
        {
            await using var body = await response.Content.ReadAsStreamAsync(_cancelled);
            await body.ReadExactlyAsync(new byte[50_000], _cancelled);
            gate.Open();
            await Assert.ThrowsAnyAsync<IOException>(() => body.CopyToAsync(Stream.Null, _cancelled));
        }

        var answer = await _host.ChatAsync();

        Assert.Equal(("MISS", 200), (answer.Status(), answer.Status));
        Assert.Contains("answer-1", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(300_000, true, "HIT")]
    [InlineData(300_000, false, "HIT")]
    [InlineData(CachePlan.MaxBytes + 1, true, "MISS")]
    [InlineData(CachePlan.MaxBytes + 1, false, "MISS")]
    public async Task LargeRequest_UpToTheLimit_IsLookedUp(int size, bool isLengthKnown, string status)
    {
        var body = new byte[size];
        Random.Shared.NextBytes(body);
        foreach (var expected in new[] { "MISS", status })
        {
            HttpContent content = isLengthKnown
                ? new ByteArrayContent(body)
                : new StreamContent(PipeReader.Create(new ReadOnlySequence<byte>(body)).AsStream()); // Which tells no length.
            var answer = await _host.SendToAsync(
                HttpMethod.Post, $"/v1/{DataPlaneHost.Account}/main/openai/chat/completions", content, ("authorization", "Bearer sk"), ("content-type", "application/json"));

            Assert.Equal((200, expected), (answer.Status, answer.Status()));
        }

        Assert.All(_host.Script.Requests, request => Assert.Equal(size, request.BodyLength));
    }

    [Theory]
    [InlineData(5_000_000, "HIT")]
    [InlineData(CachePlan.MaxBytes + 1, "MISS")]
    public async Task LargeAnswer_UpToTheLimit_IsKept(int size, string status)
    {
        var bytes = new byte[size];
        Random.Shared.NextBytes(bytes);
        _host.Script.Otherwise(_ => new UpstreamReply().Header("content-type", "image/png").Send(bytes));

        var one = await _host.ChatAsync();
        var two = await _host.ChatAsync();

        Assert.Equal(status, two.Status());
        Assert.True(bytes.AsSpan().SequenceEqual(one.Body) && bytes.AsSpan().SequenceEqual(two.Body));
    }

    [Fact]
    public async Task Multipart_WithAnotherBoundary_IsTheSameRequest()
    {
        static byte[] Body(string boundary, string text) => Encoding.UTF8.GetBytes(
            $"--{boundary}\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n--{boundary}\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n{text}\r\n--{boundary}--\r\n");
        async Task<string?> SendAsync(string boundary, string text) => (await _host.SendAsync(
            HttpMethod.Post, "openai/audio/transcriptions", Body(boundary, text), ("authorization", "Bearer sk"), ("content-type", $"multipart/form-data; boundary={boundary}"))).Status();

        Assert.Equal("MISS", await SendAsync("one", "spoken"));
        Assert.Equal("HIT", await SendAsync("two", "spoken"));
        Assert.Equal("MISS", await SendAsync("two", "shouted"));
    }

    [Fact]
    public async Task Shard_DoesNotAnswer_IsDoneWithout()
    {
        foreach (var shard in _host.Shards)
        {
            shard.Failures.Enqueue(new TimeoutException());
            shard.Failures.Enqueue(new OrleansException("gone"));
        }

        var one = await _host.ChatAsync();
        var two = await _host.ChatAsync();

        Assert.Equal((200, 200, "MISS", "MISS"), (one.Status, two.Status, one.Status(), two.Status()));
        Assert.All(_host.Shards, shard => Assert.Empty(shard.Stored));
    }

    [Fact]
    public async Task Reservation_IsOver_WhateverBecameOfTheAnswer()
    {
        _host.Script.Then(UpstreamReply.Json("{}")).Then(UpstreamReply.Json("{}", 500)).Then(new UpstreamReply().BeforeBody().Reset()).Then(UpstreamReply.EventStream().Event("[DONE]"));
        foreach (var body in (string[])["1", "2", "3", "4"])
        {
            await _host.PostAsync(body);
        }

        Assert.Equal(4, _host.Script.Requests.Count);
        Assert.All(_host.Shards, shard => Assert.Equal(0, shard.Reservations));
    }

    private static (string, string)[] Header(string line) => line.Length == 0 ? [] : [(line[..line.IndexOf(':', StringComparison.Ordinal)], line[(line.IndexOf(':', StringComparison.Ordinal) + 2)..])];
}
