using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Pipeline;

public sealed class HeaderPolicyTests : IAsyncLifetime
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await DataPlaneHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("cf-aig-anything")]
    [InlineData("CF-AIG-Metadata")]
    [InlineData("cf-cache-ttl")]
    [InlineData("cf-skip-cache")]
    [InlineData("cf-access-token")]
    [InlineData("Cf-Access-Jwt-Assertion")]
    [InlineData("CF-Access-Client-Secret")]
    [InlineData("cf-connecting-ip")]
    [InlineData("cf-ray")]
    [InlineData("cf-worker")]
    [InlineData("cdn-loop")]
    [InlineData("x-forwarded-for")]
    [InlineData("X-Forwarded-Proto")]
    [InlineData("forwarded")]
    [InlineData("x-real-ip")]
    [InlineData("keep-alive")]
    [InlineData("te")]
    [InlineData("proxy-authorization")]
    [InlineData("proxy-connection")]
    [InlineData("cookie")]
    [InlineData("Payment-Method")]
    [InlineData("PAYMENT-SIGNATURE")]
    [InlineData("x-fal-target-url")]
    [InlineData("accept-encoding")]
    public async Task Request_HeaderThatIsNotForTheProvider_IsDropped(string name)
    {
        var request = await ForwardAsync((name, "value"));

        Assert.Null(request.Header(name));
    }

    [Theory]
    [InlineData("anthropic-version", "2023-06-01")]
    [InlineData("anthropic-beta", "a,b")]
    [InlineData("OpenAI-Beta", "assistants=v2")]
    [InlineData("OpenAI-Organization", "org")]
    [InlineData("OpenAI-Project", "project")]
    [InlineData("x-goog-api-client", "sdk")]
    [InlineData("X-Goog-User-Project", "project")]
    [InlineData("HTTP-Referer", "https://app")]
    [InlineData("X-Title", "App")]
    [InlineData("Prefer", "wait=60")]
    [InlineData("Cartesia-Version", "2024-06-10")]
    [InlineData("User-Agent", "OpenAI/Python 2.1 (weird; (agent))")]
    [InlineData("Accept", "text/event-stream")]
    [InlineData("Idempotency-Key", "abc")]
    [InlineData("x-stainless-retry-count", "0")]
    [InlineData("Content-Language", "de")]
    [InlineData("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    [InlineData("x-empty", "")]
    public async Task Request_AnyOtherHeader_ReachesTheProviderUnchanged(string name, string value)
    {
        var request = await ForwardAsync((name, value));

        Assert.Equal(value, request.Header(name));
    }

    [Fact]
    public async Task Request_NameAndLength_AreTheUpstreams()
    {
        var request = await ForwardAsync();

        Assert.Equal(new Uri(_host.Upstream.BaseUrl).Authority, request.Header("host"));
        Assert.Equal(Bodies.Chat.Length.ToString(System.Globalization.CultureInfo.InvariantCulture), request.Header("content-length"));
        Assert.Equal("application/json", request.Header("content-type"));
        Assert.Equal("Bearer sk-client-key", request.Header("authorization"));
        Assert.Equal(Bodies.Chat, request.Body);
        Assert.Equal("/v1/chat/completions", request.Target);
    }

    [Fact]
    public async Task Request_HeadersThatConnectionNames_AreDropped()
    {
        var request = await ForwardAsync(("connection", "x-hop, X-Other-Hop"), ("x-hop", "1"), ("x-other-hop", "2"), ("x-stays", "3"));

        Assert.Null(request.Header("x-hop"));
        Assert.Null(request.Header("x-other-hop"));
        Assert.Equal("3", request.Header("x-stays"));
    }

    [Fact]
    public async Task Request_RepeatedHeader_KeepsItsValuesInOrder()
    {
        var request = await ForwardAsync(("x-repeated", "one"), ("x-repeated", "two, three"));

        Assert.Equal("one, two, three", string.Join(", ", request.Headers.Where(header => header.Key == "x-repeated").Select(header => header.Value)));
    }

    [Theory]
    [InlineData("Bearer ")]
    [InlineData("Bearer")]
    [InlineData("bearer   ")]
    [InlineData("Basic ")]
    [InlineData(" ")]
    [InlineData("Bearer CF_TEMP_TOKEN")]
    [InlineData("CF_TEMP_TOKEN")]
    public async Task Request_CredentialInFormOnly_IsDropped(string value)
    {
        _host.Script.Then(UpstreamReply.Json("{}"));
        await _host.SendAsync(HttpMethod.Post, "openai/chat/completions", Bodies.Chat, ("authorization", value));

        Assert.Null((await _host.Script.NextAsync(_cancelled)).Header("authorization"));
    }

    [Fact]
    public async Task Request_EmptyKeyOfAnotherProvider_IsNoneOfOurBusiness()
    {
        _host.Script.Then(UpstreamReply.Json("{}"));
        await _host.SendAsync(HttpMethod.Post, "anthropic/v1/messages", Bodies.Chat, ("x-api-key", " "), ("authorization", "Bearer sk-ant-oat"));

        var request = await _host.Script.NextAsync(_cancelled);
        Assert.Null(request.Header("x-api-key"));
        Assert.Equal("Bearer sk-ant-oat", request.Header("authorization"));
    }

    [Fact]
    public async Task Get_WithHeadersAboutAContent_KeepsThem()
    {
        _host.Script.Then(UpstreamReply.Json("{}"));
        var answer = await _host.SendAsync(HttpMethod.Get, "openai/models", null, ("authorization", "Bearer sk-client-key"), ("content-type", "application/json"));

        Assert.Equal(200, answer.Status);
        var request = await _host.Script.NextAsync(_cancelled);
        Assert.Equal(("GET", "application/json", 0), (request.Method, request.Header("content-type"), request.BodyLength));
        Assert.Null(request.Header("transfer-encoding"));
    }

    [Fact]
    public async Task Get_WithoutThem_HasNoContent()
    {
        _host.Script.Then(UpstreamReply.Json("{}"));
        await _host.SendAsync(HttpMethod.Get, "openai/models", null, ("authorization", "Bearer sk-client-key"));

        var request = await _host.Script.NextAsync(_cancelled);
        Assert.Null(request.Header("content-length"));
        Assert.Null(request.Header("content-type"));
    }

    [Theory]
    [InlineData("connection", "x-upstream-hop")]
    [InlineData("keep-alive", "timeout=5")]
    [InlineData("set-cookie", "a=b")]
    [InlineData("alt-svc", "h3")]
    [InlineData("strict-transport-security", "max-age=1")]
    [InlineData("server", "upstream")]
    [InlineData("cf-ray", "1")]
    [InlineData("CF-Cache-Status", "HIT")]
    [InlineData("x-upstream-hop", "1")]
    [InlineData("access-control-allow-origin", "https://upstream")]
    public async Task Response_HeaderOfTheUpstreamsOwnConnection_IsDropped(string name, string value)
    {
        var answer = await AnswerAsync(reply => reply.Header(name, value).Header("connection", "x-upstream-hop"));

        Assert.Null(answer.Header(name));
    }

    [Theory]
    [InlineData("x-request-id", "req-1")]
    [InlineData("request-id", "req-2")]
    [InlineData("x-ratelimit-remaining-tokens", "99")]
    [InlineData("anthropic-ratelimit-requests-limit", "50")]
    [InlineData("retry-after", "7")]
    [InlineData("openai-processing-ms", "12")]
    [InlineData("cache-control", "private")]
    [InlineData("etag", "\"1\"")]
    [InlineData("content-language", "de")]
    public async Task Response_AnyOtherHeader_ReachesTheClientUnchanged(string name, string value)
    {
        var answer = await AnswerAsync(reply => reply.Header(name, value));

        Assert.Equal(value, answer.Header(name));
    }

    [Fact]
    public async Task Response_RepeatedHeader_KeepsItsLines()
    {
        var answer = await AnswerAsync(reply => reply.Header("x-line", "one").Header("x-line", "two, three"));

        Assert.Equal(["one", "two, three"], answer.Headers.Where(header => header.Name == "x-line").Select(header => header.Value));
    }

    [Fact]
    public async Task Response_StatusAndBody_AreTheUpstreams()
    {
        _host.Script.Then(UpstreamReply.Json("""{"error":{"message":"no such model"}}""", 404));
        var answer = await _host.ChatAsync();

        Assert.Equal((404, """{"error":{"message":"no such model"}}"""), (answer.Status, answer.Text));
        Assert.Equal("application/json", answer.Header("content-type"));
    }

    [Fact]
    public async Task Response_Ids_AreThoseOfTheExchange()
    {
        _host.Script.Then(UpstreamReply.Json(Bodies.Completion)).Then(UpstreamReply.Json(Bodies.Completion));
        var answer = await _host.ChatAsync();
        var named = await _host.ChatAsync(("cf-aig-event-id", "event-1"));

        var id = answer.Header("cf-aig-request-id");
        Assert.Equal(7, Guid.Parse(id!).Version);
        Assert.Equal((id, id, "0"), (answer.Header("cf-aig-log-id"), answer.Header("cf-aig-event-id"), answer.Header("cf-aig-step")));
        Assert.Equal("event-1", named.Header("cf-aig-event-id"));
        Assert.NotEqual("event-1", named.Header("cf-aig-log-id"));
        Assert.Equal(id, (await _host.Logs.NextAsync(_cancelled)).Entry.Id.ToString());
        Assert.Equal("event-1", (await _host.Logs.NextAsync(_cancelled)).Entry.EventId);
    }

    [Fact]
    public async Task Response_ToABrowser_CanBeReadByItsScript()
    {
        _host.Script.Then(UpstreamReply.Json("{}"));
        var answer = await _host.ChatAsync(("origin", "https://app"));
        var preflight = await _host.SendAsync(
            HttpMethod.Options, "openai/chat/completions", null, ("origin", "https://app"), ("access-control-request-method", "POST"), ("access-control-request-headers", "cf-aig-authorization"));

        Assert.Equal("*", answer.Header("access-control-allow-origin"));
        Assert.Contains("cf-aig-log-id", answer.Header("access-control-expose-headers"), StringComparison.Ordinal);
        Assert.Equal((204, "*", "POST", "cf-aig-authorization"), (
            preflight.Status,
            preflight.Header("access-control-allow-origin"),
            preflight.Header("access-control-allow-methods"),
            preflight.Header("access-control-allow-headers")));
        Assert.Single(_host.Script.Requests);
    }

    private async Task<RecordedRequest> ForwardAsync(params (string Name, string Value)[] headers)
    {
        _host.Script.Then(UpstreamReply.Json("{}"));
        var answer = await _host.ChatAsync(headers);
        Assert.True(answer.Status == 200, answer.Text);
        var request = await _host.Script.NextAsync(_cancelled);
        await request.BodyReceived;
        return request;
    }

    private async Task<FrontAnswer> AnswerAsync(Func<UpstreamReply, UpstreamReply> headers)
    {
        _host.Script.Then(headers(new UpstreamReply().Header("content-type", "application/json")).Content("{}"u8.ToArray()));
        return await _host.ChatAsync();
    }
}

/// <summary>What only an upstream below HTTP can show.</summary>
public sealed class HeaderBytesTests
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task NonAsciiBytes_InEitherDirection_PassUnchanged()
    {
        var allBytes = new string([.. Enumerable.Range(0x80, 0x80).Select(value => (char)value)]);
        var seen = new TaskCompletionSource<string>();
        await using var upstream = RawUpstream.Start(async (connection, cancellationToken) =>
        {
            seen.SetResult(await connection.ReadRequestAsync(cancellationToken));
            await connection.SendAsync($"HTTP/1.1 200 OK\r\nx-back: {allBytes}\r\nContent-Length: 2\r\n\r\nok", cancellationToken);
        });
        await using var host = await DataPlaneHost.StartAsync(upstreamUrl: upstream.BaseUrl);

        var answer = await host.ChatAsync(("x-there", allBytes));

        // The front reads a request from a socket: what the client wrote as UTF-8 or Latin-1 are bytes to it.
        Assert.Contains($"x-there: {allBytes}\r\n", await seen.Task, StringComparison.Ordinal);
        Assert.Equal(200, answer.Status);
        Assert.Equal(allBytes, answer.Header("x-back"));
    }

    [Fact]
    public async Task ControlCharacter_InAResponseHeader_CostsThatHeaderOnly()
    {
        await using var upstream = RawUpstream.Start(async (connection, cancellationToken) =>
        {
            await connection.ReadRequestAsync(cancellationToken);
            await connection.SendAsync("HTTP/1.1 200 OK\r\nx-bad: a\u0001b\r\nx-good: yes\r\nContent-Length: 2\r\n\r\nok", cancellationToken);
        });
        await using var host = await DataPlaneHost.StartAsync(upstreamUrl: upstream.BaseUrl);

        var answer = await host.ChatAsync();

        Assert.Equal((200, "ok", "yes", null), (answer.Status, answer.Text, answer.Header("x-good"), answer.Header("x-bad")));
    }
}
