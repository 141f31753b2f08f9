using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Export.Otlp;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Export;

public sealed class OtlpExportTests : IAsyncLifetime
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string ParentId = "00f067aa0ba902b7";

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private FakeUpstream _collector = null!;
    private DataPlaneHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _collector = await FakeUpstream.StartAsync(_cancelled);
        _host = await DataPlaneHost.StartAsync(options => options.Upstream.AllowPrivateNetworks = true);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _collector.DisposeAsync();
    }

    [Theory]
    [InlineData(OtelContentType.Json, "application/json")]
    [InlineData(OtelContentType.Protobuf, "application/x-protobuf")]
    public async Task Exchange_WithAnExporter_BecomesASpan(OtelContentType encoding, string contentType)
    {
        Configure(encoding);
        _host.Script.Then(UpstreamReply.Json(Bodies.Completion));
        _collector.Default.Then(UpstreamReply.Json("{}"));

        var answer = await _host.ChatAsync(
            ("cf-aig-otel-trace-id", TraceId),
            ("cf-aig-otel-parent-span-id", ParentId),
            ("cf-aig-metadata", """{"team":"a","n":3,"ratio":0.5,"on":true,"gen_ai.request.model":"forged"}"""));
        var request = await ReceiveAsync();

        Assert.Equal(TraceId, answer.Header("cf-aig-trace-id"));
        Assert.Equal((contentType, "POST", "/v1/traces", "red"), (request.Header("content-type"), request.Method, request.Target, request.Header("x-team")));
        var span = Assert.Single(Read(request, encoding));
        Assert.Equal((TraceId, ParentId, "chat gpt-4o-mini", 3, 0), (span.TraceId, span.ParentSpanId, span.Name, span.Kind, span.Status));
        Assert.Matches("^[0-9a-f]{16}$", span.SpanId);
        Assert.Equal((ulong)_host.Clock.Start.ToUnixTimeMilliseconds() * 1_000_000, span.Start);
        Assert.True(span.End >= span.Start);
        var expected = new Dictionary<string, object>
        {
            ["gen_ai.request.model"] = "gpt-4o-mini",
            ["gen_ai.model.provider"] = "openai",
            ["gen_ai.usage.input_tokens"] = 1000L,
            ["gen_ai.usage.output_tokens"] = 100L,
            ["gen_ai.usage.cost"] = 0.00021,
            ["gen_ai.prompt_json"] = System.Text.Encoding.UTF8.GetString(Bodies.Chat),
            ["gen_ai.completion_json"] = Bodies.Completion,
            ["gen_ai.operation.name"] = "chat",
            ["gen_ai.provider.name"] = "openai",
            ["gen_ai.response.model"] = "gpt-4o-mini",
            ["http.response.status_code"] = 200L,
            ["cf.aig.gateway"] = "main",
            ["cf.aig.log_id"] = answer.Header("cf-aig-log-id")!,
            ["cf.aig.event_id"] = answer.Header("cf-aig-event-id")!,
            ["cf.aig.cached"] = false,
            ["cf.aig.step"] = 0L,
            ["team"] = "a",
            ["n"] = 3L,
            ["ratio"] = 0.5,
            ["on"] = true,
        };
        Assert.Equal(expected.OrderBy(pair => pair.Key, StringComparer.Ordinal), span.Attributes.OrderBy(pair => pair.Key, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Exchange_WithoutCollectedPayload_HasNoContentInItsSpan()
    {
        Configure(OtelContentType.Json);
        _host.Script.Then(UpstreamReply.Json(Bodies.Completion));
        _collector.Default.Then(UpstreamReply.Json("{}"));

        var answer = await _host.ChatAsync(("cf-aig-collect-log-payload", "false"));
        var request = await ReceiveAsync();

        var span = Assert.Single(CollectedSpans.FromJson(request.Body));
        Assert.DoesNotContain("Hello", request.BodyText, StringComparison.Ordinal);
        Assert.DoesNotContain(span.Attributes.Keys, key => key.EndsWith("_json", StringComparison.Ordinal));
        Assert.Equal(answer.Header("cf-aig-request-id")!.Replace("-", "", StringComparison.Ordinal), span.TraceId);
        Assert.Null(span.ParentSpanId);
    }

    [Fact]
    public async Task Exchange_NotLogged_StillBecomesASpan()
    {
        Configure(OtelContentType.Json);
        _host.Script.Then(UpstreamReply.Json(Bodies.Completion));
        _collector.Default.Then(UpstreamReply.Json("{}"));

        await _host.ChatAsync(("cf-aig-collect-log", "false"));

        var span = Assert.Single(CollectedSpans.FromJson((await ReceiveAsync()).Body));
        Assert.DoesNotContain("cf.aig.log_id", span.Attributes.Keys);
        Assert.DoesNotContain("gen_ai.prompt_json", span.Attributes.Keys);
    }

    [Fact]
    public async Task Stream_OfChat_HasItsWholeAnswerInTheSpan()
    {
        Configure(OtelContentType.Json);
        _host.Script.Then(UpstreamReply.EventStream()
            .Event("""{"id":"c","object":"chat.completion.chunk","created":1,"model":"gpt-4o-mini","choices":[{"index":0,"delta":{"role":"assistant","content":"Hel"},"finish_reason":null}]}""")
            .Event("""{"id":"c","object":"chat.completion.chunk","created":1,"model":"gpt-4o-mini","choices":[{"index":0,"delta":{"content":"lo"},"finish_reason":"stop"}]}""")
            .Event("""{"id":"c","object":"chat.completion.chunk","created":1,"model":"gpt-4o-mini","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}""")
            .Event("[DONE]"));
        _collector.Default.Then(UpstreamReply.Json("{}"));

        await _host.ChatAsync();

        var span = Assert.Single(CollectedSpans.FromJson((await ReceiveAsync()).Body));
        Assert.Contains("\"content\":\"Hello\"", (string)span.Attributes["gen_ai.completion_json"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failure_OfTheProvider_IsAnErrorInItsSpan()
    {
        Configure(OtelContentType.Protobuf);
        _host.Script.Then(UpstreamReply.Json("""{"error":{"message":"no"}}""", 401));
        _collector.Default.Then(UpstreamReply.Json("{}"));

        await _host.ChatAsync();

        var span = Assert.Single(CollectedSpans.FromProtobuf((await ReceiveAsync()).Body));
        Assert.Equal((2, "401", 401L), (span.Status, span.Attributes["error.type"], span.Attributes["http.response.status_code"]));
    }

    [Fact]
    public async Task Collector_ThatAsksToWait_GetsTheSameBatchAfterThat()
    {
        Configure(OtelContentType.Json);
        _host.Script.Then(UpstreamReply.Json(Bodies.Completion)).Then(UpstreamReply.Json(Bodies.Completion));
        _collector.Default.Then(new UpstreamReply().Status(503).Header("Retry-After", "77").Content("{}"u8.ToArray())).Then(UpstreamReply.Json("{}"));

        await _host.ChatAsync();
        await _host.ChatAsync();
        await _host.Logs.NextAsync(_cancelled);
        await _host.Logs.NextAsync(_cancelled); // An exchange is settled behind its answer: its span comes before its log entry.
        var first = await ReceiveAsync();
        await _host.Clock.SetAsync(TimeSpan.FromSeconds(77), _cancelled);
        _host.Clock.Advance(TimeSpan.FromSeconds(77));
        var second = await _collector.Default.NextAsync(_cancelled);
        await second.BodyReceived;

        Assert.Equal(2, CollectedSpans.FromJson(first.Body).Count);
        Assert.Equal(first.BodyText, second.BodyText);
    }

    [Fact]
    public async Task Exchange_WithoutExporter_HasNoTraceOfOne()
    {
        _host.Script.Then(UpstreamReply.Json(Bodies.Completion));

        var answer = await _host.ChatAsync(("cf-aig-otel-trace-id", TraceId));

        Assert.Null(answer.Header("cf-aig-trace-id"));
    }

    private static IReadOnlyList<CollectedSpan> Read(RecordedRequest request, OtelContentType encoding) => encoding switch
    {
        OtelContentType.Json => CollectedSpans.FromJson(request.Body),
        OtelContentType.Protobuf => CollectedSpans.FromProtobuf(request.Body),
    };

    private void Configure(OtelContentType encoding) => _host.Gateway.Set(DataPlaneHost.Configuration() with
    {
        Otel = [new() { Url = $"{_collector.BaseUrl}/v1/traces", Headers = new Dictionary<string, string> { ["X-Team"] = "red" }, ContentType = encoding }],
    });

    private async Task<RecordedRequest> ReceiveAsync()
    {
        await _host.Clock.SetAsync(OtlpExporter.Interval, _cancelled);
        _host.Clock.Advance(OtlpExporter.Interval);
        var request = await _collector.Default.NextAsync(_cancelled);
        await request.BodyReceived;
        return request;
    }
}
