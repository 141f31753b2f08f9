using System.Text;
using GatewayActors.Testing.Gateways;
using GatewayActors.Testing.Upstreams;

namespace GatewayActors.EndToEnd.Tests.Operations;

/// <summary>What a collector gets when the standard variables name it.</summary>
public sealed class OtlpExportTests
{
    private const string Prompt = "a prompt that must not leave";

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Exchange_CollectorNamed_ArrivesAsSpansAndMetricsWithoutItsContent()
    {
        await using var collector = await FakeUpstream.StartAsync(CancellationToken);
        collector.Default.Otherwise(_ => new UpstreamReply().Header("Content-Type", "application/x-protobuf"));
        await using var gateway = await GatewayProcess.StartAsync(
            new Dictionary<string, string>
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.BaseUrl,
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                ["OTEL_EXPORTER_OTLP_HEADERS"] = "x-collector-key=of-the-collector",
            },
            CancellationToken);
        using var client = new GatewayClient(gateway);
        var token = gateway.Token;
        var request = client.Request("simulator/chat/completions", $$$"""{"model":"simulator","messages":[{"role":"user","content":"{{{Prompt}}}"}]}""");
        request.Headers.Add("traceparent", "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01");

        Assert.Equal(200, (await client.SendAsync(request, CancellationToken)).StatusCode);
        Assert.Equal(0, await gateway.TerminateAsync()); // Sends what is left.

        var traces = Bytes(collector, "/v1/traces");
        Assert.True(Contains(traces, "gen_ai.operation.name"u8));
        Assert.True(Contains(traces, "gen_ai.request.model"u8));
        Assert.True(Contains(traces, Convert.FromHexString("0123456789abcdef0123456789abcdef"))); // The caller's trace goes on.
        Assert.True(Contains(Bytes(collector, "/v1/metrics"), "gen_ai.client.operation.duration"u8));
        Assert.All(collector.Default.Requests, sent => Assert.Equal("of-the-collector", sent.Header("x-collector-key")));
        foreach (var secret in (string[])[Prompt, token])
        {
            Assert.All(collector.Default.Requests, sent => Assert.False(Contains(sent.Body, Encoding.UTF8.GetBytes(secret))));
        }
    }

    private static byte[] Bytes(FakeUpstream collector, string path) =>
        [.. collector.Default.Requests.Where(request => request.Target == path).SelectMany(request => request.Body)];

    private static bool Contains(byte[] bytes, ReadOnlySpan<byte> part) => bytes.AsSpan().IndexOf(part) >= 0;
}
