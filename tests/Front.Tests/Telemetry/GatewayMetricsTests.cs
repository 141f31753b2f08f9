using GatewayActors.Front.Telemetry;
using Xunit;

namespace GatewayActors.Front.Tests.Telemetry;

public sealed class GatewayMetricsTests
{
    private static readonly ExchangeMeasurement Chat = new()
    {
        Outcome = ExchangeOutcome.Success,
        StatusCode = 200,
        Duration = TimeSpan.FromSeconds(2),
        Provider = "openai",
        Operation = "chat",
        RequestModel = "gpt-x",
        ResponseModel = "gpt-x-2026",
        IsPricedModel = true,
        TimeToFirstByte = TimeSpan.FromSeconds(0.5),
        Overhead = TimeSpan.FromMilliseconds(1),
        OperationDuration = TimeSpan.FromSeconds(1.5),
        InputTokens = 10,
        OutputTokens = 20,
        CostUsd = 0.25m,
    };

    [Fact]
    public void RecordExchange_Success_RecordsEverythingOnce()
    {
        using var collector = new MetricsCollector();

        collector.Metrics.ExchangeStarted();
        collector.Metrics.RecordExchange(Chat);

        const string Models = "gen_ai.operation.name=chat gen_ai.provider.name=openai gen_ai.request.model=gpt-x gen_ai.response.model=gpt-x-2026";
        Assert.Equal(
            [
                "gateway.exchanges.in_flight 1",
                "gateway.exchanges.in_flight -1",
                "gateway.exchange.duration 2 gateway.provider=openai gateway.outcome=success gateway.cached=False",
                "gateway.exchange.time_to_first_byte 0.5 gateway.provider=openai gateway.outcome=success gateway.cached=False",
                "gateway.overhead.duration 0.001 gateway.provider=openai gateway.cached=False",
                "gateway.exchanges 1 gateway.provider=openai gateway.outcome=success gateway.cached=False http.response.status_code=200",
                "gateway.cost 0.25 gateway.provider=openai gen_ai.request.model=gpt-x",
                $"gen_ai.client.token.usage 10 {Models} gen_ai.token.type=input",
                $"gen_ai.client.token.usage 20 {Models} gen_ai.token.type=output",
                $"gen_ai.client.operation.duration 1.5 {Models}",
            ],
            collector.Recorded);
    }

    [Fact]
    public void RecordExchange_Cached_CountsNoTokensAndNoCost()
    {
        using var collector = new MetricsCollector();

        collector.Metrics.RecordExchange(Chat with { IsCached = true });

        Assert.Contains(collector.Recorded, line => line.StartsWith("gateway.exchanges 1 ", StringComparison.Ordinal) && line.Contains("gateway.cached=True", StringComparison.Ordinal));
        Assert.DoesNotContain(collector.Recorded, line => line.StartsWith("gen_ai.", StringComparison.Ordinal) || line.StartsWith("gateway.cost", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(529, null, "529")]
    [InlineData(504, "timeout", "timeout")]
    [InlineData(200, "stream_error", "stream_error")]
    [InlineData(500, "what a provider may say", "_OTHER")]
    public void RecordExchange_Failure_NamesAKnownErrorType(int status, string? errorType, string expected)
    {
        using var collector = new MetricsCollector();

        collector.Metrics.RecordExchange(Chat with { Outcome = ExchangeOutcome.UpstreamFailed, StatusCode = status, ErrorType = errorType });

        Assert.EndsWith($" error.type={expected}", collector.Recorded.Single(line => line.StartsWith("gen_ai.client.operation.duration", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void RecordExchange_TextOfClients_NeverBecomesALabel()
    {
        using var collector = new MetricsCollector();

        collector.Metrics.RecordExchange(Chat with { Provider = "custom-of-a-tenant", Operation = "made-up", RequestModel = "secret-1", ResponseModel = "secret-2", IsPricedModel = false });

        Assert.All(collector.Recorded, line => Assert.DoesNotMatch("tenant|made-up|secret", line));
        Assert.Contains(collector.Recorded, line => line.Contains("gateway.provider=custom", StringComparison.Ordinal));
        Assert.Contains(collector.Recorded, line => line.Contains("gen_ai.request.model=other gen_ai.response.model=other", StringComparison.Ordinal));
    }

    [Fact]
    public void Model_MoreThanTheBound_AreOther()
    {
        using var collector = new MetricsCollector();
        for (var index = 0; index < TelemetryLabels.MaxModels; index++)
        {
            Assert.Equal($"model-{index}", collector.Labels.Model($"model-{index}", isPriced: true));
        }

        Assert.Equal("other", collector.Labels.Model("one-more", isPriced: true));
        Assert.Equal("model-0", collector.Labels.Model("model-0", isPriced: true));
    }

    [Theory]
    [InlineData("openai", "openai")]
    [InlineData("aws-bedrock", "aws.bedrock")]
    [InlineData("custom-x", "custom")]
    [InlineData(null, "other")]
    public void GenAIProvider_FollowsTheSemanticConventions(string? slug, string expected)
    {
        using var collector = new MetricsCollector();

        Assert.Equal(expected, TelemetryLabels.GenAIProvider(collector.Labels.Provider(slug)));
    }

    [Fact]
    public void RecordAttempt_Retry_CountsAttemptAndRetry()
    {
        using var collector = new MetricsCollector();

        collector.Metrics.RecordAttempt(new() { Provider = "openai", Outcome = AttemptOutcome.Timeout, Duration = TimeSpan.FromSeconds(3), Kind = AttemptKind.Retry });
        collector.Metrics.RecordAttempt(new() { Provider = "openai", Outcome = AttemptOutcome.Success, Duration = TimeSpan.FromSeconds(1) });

        Assert.Equal(
            [
                "gateway.attempts 1 gateway.provider=openai gateway.outcome=timeout",
                "gateway.upstream.duration 3 gateway.provider=openai gateway.outcome=timeout",
                "gateway.retries 1 gateway.provider=openai gateway.retry.kind=retry",
                "gateway.attempts 1 gateway.provider=openai gateway.outcome=success",
                "gateway.upstream.duration 1 gateway.provider=openai gateway.outcome=success",
            ],
            collector.Recorded);
    }

    [Fact]
    public void Log_WrittenDroppedAndWaiting_AreCounted()
    {
        using var collector = new MetricsCollector();
        collector.Metrics.ObserveLogQueue(() => 42);

        collector.Metrics.LogWritten(7);
        collector.Metrics.LogDropped(LogPart.Body);
        collector.Metrics.LogDropped(LogPart.Entry, 2);
        collector.Observe();

        Assert.Equal(
            ["gateway.log.written 7", "gateway.log.dropped 1 gateway.log.part=body", "gateway.log.dropped 2 gateway.log.part=entry", "gateway.log.queue 42"],
            collector.Recorded);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Record_AllocatesNothing(bool isListening)
    {
        using var collector = new MetricsCollector(isListening: false);
        using var sink = new System.Diagnostics.Metrics.MeterListener();
        if (isListening)
        {
            // Takes measurements without keeping them, so that only the recording itself can allocate.
            sink.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == TelemetryNames.Source)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            sink.SetMeasurementEventCallback<long>(static (_, _, _, _) => { });
            sink.SetMeasurementEventCallback<double>(static (_, _, _, _) => { });
            sink.Start();
        }

        var attempt = new AttemptMeasurement { Provider = "openai", Outcome = AttemptOutcome.Failed, Duration = TimeSpan.FromSeconds(1), Kind = AttemptKind.Fallback };
        Record();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var index = 0; index < 100; index++)
        {
            Record();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Record()
        {
            collector.Metrics.ExchangeStarted();
            collector.Metrics.RecordExchange(Chat with { StatusCode = 500, ErrorType = "timeout" });
            collector.Metrics.RecordAttempt(attempt);
            collector.Metrics.LogWritten(1);
            collector.Metrics.LogDropped(LogPart.Body);
        }
    }
}
