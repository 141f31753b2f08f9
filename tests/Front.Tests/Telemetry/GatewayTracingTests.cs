using System.Diagnostics;
using GatewayActors.Front.Telemetry;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace GatewayActors.Front.Tests.Telemetry;

public sealed class GatewayTracingTests : IDisposable
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string SpanId = "b7ad6b7169203331";

    private readonly ActivityListener _listener = new()
    {
        ShouldListenTo = source => source.Name == TelemetryNames.Source,
        Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
    };

    private static ExchangeMeasurement Chat => new()
    {
        Outcome = ExchangeOutcome.Success,
        StatusCode = 200,
        Duration = TimeSpan.FromSeconds(1),
        Provider = "google-ai-studio",
        Operation = "chat",
        RequestModel = "m",
        InputTokens = 3,
    };

    public GatewayTracingTests() => ActivitySource.AddActivityListener(_listener);

    public void Dispose() => _listener.Dispose();

    [Fact]
    public void StartExchange_NoHeaders_IsARoot()
    {
        using var foreign = new Activity("of the server").Start();

        using var span = GatewayTracing.StartExchange(new HeaderDictionary());

        Assert.NotNull(span);
        Assert.Equal(ActivityKind.Server, span.Kind);
        Assert.Equal(default, span.ParentSpanId);
        Assert.NotEqual(foreign.TraceId, span.TraceId);
    }

    [Fact]
    public void StartExchange_TraceParent_IsItsParent()
    {
        using var span = GatewayTracing.StartExchange(new HeaderDictionary { ["traceparent"] = $"00-{TraceId}-{SpanId}-01", ["tracestate"] = "a=b" });

        Assert.Equal(TraceId, span!.TraceId.ToHexString());
        Assert.Equal(SpanId, span.ParentSpanId.ToHexString());
        Assert.Equal("a=b", span.TraceStateString);
    }

    [Fact]
    public void StartExchange_OwnHeaders_BeatTraceParent()
    {
        using var span = GatewayTracing.StartExchange(new HeaderDictionary
        {
            ["traceparent"] = $"00-11111111111111111111111111111111-{SpanId}-01",
            ["cf-aig-otel-trace-id"] = TraceId.ToUpperInvariant(),
            ["cf-aig-otel-parent-span-id"] = "00f067aa0ba902b7",
        });

        Assert.Equal(TraceId, span!.TraceId.ToHexString());
        Assert.Equal("00f067aa0ba902b7", span.ParentSpanId.ToHexString());
    }

    [Fact]
    public void StartExchange_OnlyTraceId_HasNoParentSpan()
    {
        using var span = GatewayTracing.StartExchange(new HeaderDictionary { ["cf-aig-otel-trace-id"] = TraceId });

        Assert.Equal(TraceId, span!.TraceId.ToHexString());
        Assert.Equal(default, span.ParentSpanId);
    }

    [Theory]
    [InlineData("cf-aig-otel-trace-id", "xyz")]
    [InlineData("cf-aig-otel-trace-id", "0af7651916cd43dd8448eb211c80319g")]
    [InlineData("cf-aig-otel-trace-id", "00000000000000000000000000000000")]
    [InlineData("cf-aig-otel-trace-id", "")]
    [InlineData("traceparent", "00-abc-def-01")]
    [InlineData("cf-aig-otel-parent-span-id", SpanId)] // says nothing without a trace
    public void Parse_Malformed_CountsAsAbsent(string name, string value) =>
        Assert.Equal(default, TraceHeaders.Parse(new HeaderDictionary { [name] = value }));

    [Fact]
    public void Attempts_AreClientSpansOfTheExchange()
    {
        var exchange = GatewayTracing.StartExchange(new HeaderDictionary())!;
        var first = GatewayTracing.StartAttempt(exchange, new() { Provider = "google-ai-studio", ServerAddress = "a.example", Operation = "chat", RequestModel = "m" })!;
        GatewayTracing.EndAttempt(first, 503, null);
        var second = GatewayTracing.StartAttempt(exchange, new() { Provider = "openai", ServerAddress = "b.example", ServerPort = 8443, ResendCount = 1 })!;
        GatewayTracing.EndAttempt(second, null, TelemetryNames.Errors.Timeout);
        GatewayTracing.EndExchange(exchange, Chat, "log-1");

        Assert.Equal(exchange.SpanId, first.ParentSpanId);
        Assert.Equal(exchange.SpanId, second.ParentSpanId);
        Assert.Equal(ActivityKind.Client, first.Kind);
        Assert.Equal("chat m", first.DisplayName);
        Assert.Equal("gcp.gemini", first.GetTagItem("gen_ai.provider.name"));
        Assert.Equal("a.example", first.GetTagItem("server.address"));
        Assert.Equal(503, first.GetTagItem("http.response.status_code"));
        Assert.Equal("503", first.GetTagItem("error.type"));
        Assert.Equal(ActivityStatusCode.Error, first.Status);
        Assert.Null(first.GetTagItem("http.request.resend_count"));
        Assert.Equal(1, second.GetTagItem("http.request.resend_count"));
        Assert.Equal(8443, second.GetTagItem("server.port"));
        Assert.Equal("timeout", second.GetTagItem("error.type"));

        Assert.Equal("chat m", exchange.DisplayName);
        Assert.Equal("log-1", exchange.GetTagItem("gateway.log.id"));
        Assert.Equal(3L, exchange.GetTagItem("gen_ai.usage.input_tokens"));
        Assert.Equal(ActivityStatusCode.Unset, exchange.Status);
        Assert.True(exchange.IsStopped);
    }

    [Fact]
    public void StartAttempt_WithoutExchangeSpan_IsNone() =>
        Assert.Null(GatewayTracing.StartAttempt(null, new() { Provider = "openai", ServerAddress = "a.example" }));
}
