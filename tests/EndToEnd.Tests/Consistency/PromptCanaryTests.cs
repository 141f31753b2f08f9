using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using GatewayActors.EndToEnd.Tests.Harness;
using GatewayActors.Testing.Gateways;
using GatewayActors.Testing.Upstreams;

namespace GatewayActors.EndToEnd.Tests.Consistency;

/// <summary>
/// Prompts and answers in a real process that traces, exports spans and pushes logs: where bodies are not kept they are found nowhere but in the
/// exchange itself; where they are, only where that is documented.
/// </summary>
public sealed class PromptCanaryTests : IAsyncLifetime
{
    private const string Gateway = "ai-gateway/gateways/default";

    // Of letters that no format escapes and no compression shortens: each is searched for as it is.
    private const string Unkept = "UNKEPT-q7Zx1mVb93Kd-";
    private const string Kept = "KEPT-w4Rt8nPs62Lf-";

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private FakeUpstream _upstream = null!;
    private FakeUpstream _collectors = null!;
    private GatewayProcess _gateway = null!;
    private GatewayClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _upstream = await FakeUpstream.StartAsync(_cancelled);
        _collectors = await FakeUpstream.StartAsync(_cancelled);
        _collectors.Default.Otherwise(_ => UpstreamReply.Json("{}"));
        _gateway = await GatewayProcess.StartAsync(
            [
                KeyValuePair.Create("Gateway:Providers:openai:BaseUrl", _upstream.BaseUrl + "/v1"),
                KeyValuePair.Create("Gateway:Providers:anthropic:BaseUrl", _upstream.BaseUrl + "/v1"),
                KeyValuePair.Create("Gateway:Upstream:AllowPrivateNetworks", "true"),
                KeyValuePair.Create("Gateway:Logpush:Interval", "00:00:01"),
                KeyValuePair.Create("Logging:LogLevel:Default", "Debug"),
                KeyValuePair.Create("OTEL_EXPORTER_OTLP_ENDPOINT", _collectors.BaseUrl + "/own"),
                KeyValuePair.Create("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ],
            _cancelled);
        _client = new(_gateway);
        _upstream.Default.Otherwise(Reply);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _gateway.DisposeAsync();
        await _upstream.DisposeAsync();
        await _collectors.DisposeAsync();
    }

    [Fact]
    public async Task Prompt_ThatIsNotKept_IsFoundNowhere()
    {
        await ConfigureAsync();
        List<string> kept = [];
        foreach (var canary in (string[])[Unkept, Kept])
        {
            foreach (var (path, body, stream) in Exchanges(canary))
            {
                var eventId = $"event-{Guid.CreateVersion7():N}";
                using var request = _client.Request(path, body);
                request.Headers.TryAddWithoutValidation("cf-aig-event-id", eventId);
                request.Headers.TryAddWithoutValidation("x-says", canary == Kept ? "kept" : "unkept");
                request.Headers.TryAddWithoutValidation("x-streams", stream ? "yes" : "no");
                if (canary == Unkept)
                {
                    request.Headers.TryAddWithoutValidation("cf-aig-collect-log-payload", "false");
                }

                var answer = await _client.SendAsync(request, _cancelled);
                Assert.True(answer.StatusCode == 200, answer.Text);
                Assert.Contains(canary, answer.Text, StringComparison.Ordinal);
                var id = (await _client.LogOfAsync(eventId, _cancelled)).GetProperty("id").GetString()!;
                if (canary == Kept)
                {
                    kept.Add(id);
                }
            }
        }

        var seen = await ReadEverythingAsync(kept);
        Assert.Equal(0, await _gateway.TerminateAsync()); // What waits goes out.
        List<string> received = [.. _collectors.Default.Requests.Select(Text)];
        Assert.Contains(_collectors.Default.Requests, request => request.Target.StartsWith("/own", StringComparison.Ordinal));
        Assert.Contains(_collectors.Default.Requests, request => request.Target.StartsWith("/tenant", StringComparison.Ordinal));
        Assert.Contains(_collectors.Default.Requests, request => request.Target.StartsWith("/push", StringComparison.Ordinal));

        Assert.All([.. seen, .. received], text => Assert.DoesNotContain(Unkept, text, StringComparison.Ordinal));
        Assert.All((string[])[Unkept, Kept], canary => Assert.DoesNotContain(canary, _gateway.Output, StringComparison.Ordinal));
        foreach (var (place, holdsBodies) in ((string, bool)[])[("/own", false), ("/tenant", true), ("/push", true)]) // As documented.
        {
            Assert.Equal(holdsBodies, _collectors.Default.Requests.Any(request => request.Target.StartsWith(place, StringComparison.Ordinal) && Text(request).Contains(Kept, StringComparison.Ordinal)));
        }

        foreach (var file in Directory.EnumerateFiles(_gateway.DataDirectory, "*", SearchOption.AllDirectories))
        {
            var bytes = await File.ReadAllBytesAsync(file, _cancelled);
            Assert.False(Holds(bytes, Unkept), $"{Unkept} is in {file}");
            Assert.True(!Holds(bytes, Kept) || file.EndsWith(".bodies", StringComparison.Ordinal), $"{Kept} is in {file}");
        }

        Assert.Contains(Directory.EnumerateFiles(_gateway.DataDirectory, "*.bodies", SearchOption.AllDirectories), file => Holds(File.ReadAllBytes(file), Kept)); // The search finds what is there.
    }

    private static IEnumerable<(string Path, string Body, bool IsStream)> Exchanges(string canary)
    {
        string Chat(string model, bool stream) => $$"""{"model":"{{model}}","stream":{{(stream ? "true" : "false")}},"max_tokens":50,"messages":[{"role":"user","content":"{{canary}}asked"}]}""";
        foreach (var stream in (bool[])[false, true])
        {
            yield return ("openai/chat/completions", Chat("gpt-4o-mini", stream), stream);
            yield return ("compat/chat/completions", Chat("openai/gpt-4o-mini", stream), stream);
            yield return ("compat/chat/completions", Chat("anthropic/claude-haiku-4-5", stream), stream);
            yield return ("", $$"""[{"provider":"openai","endpoint":"chat/completions","headers":{"authorization":"Bearer k","x-says":"{{(canary == Kept ? "kept" : "unkept")}}","x-streams":"{{(stream ? "yes" : "no")}}"},"query":{{Chat("gpt-4o-mini", stream)}}}]""", stream);
        }
    }

    // Says the prompt's canary again, in the format that was asked for. By headers: a reply is chosen before the body is here.
    private static UpstreamReply Reply(RecordedRequest request)
    {
        var canary = request.Header("x-says") == "unkept" ? Unkept : Kept;
        var isStream = request.Header("x-streams") == "yes";
        if (request.Target.EndsWith("/messages", StringComparison.Ordinal))
        {
            return isStream
                ? UpstreamReply.EventStream()
                    .Event("""{"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":"claude-haiku-4-5","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":5,"output_tokens":1}}}""")
                    .Event("""{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""")
                    .Event($$$"""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"{{{canary}}}said"}}""")
                    .Event("""{"type":"content_block_stop","index":0}""")
                    .Event("""{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":3}}""")
                    .Event("""{"type":"message_stop"}""")
                : UpstreamReply.Json($$$"""{"id":"m","type":"message","role":"assistant","model":"claude-haiku-4-5","content":[{"type":"text","text":"{{{canary}}}said"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":5,"output_tokens":3}}""");
        }

        return isStream
            ? UpstreamReply.EventStream()
                .Event($$$"""{"id":"c","object":"chat.completion.chunk","created":1,"model":"gpt-4o-mini","choices":[{"index":0,"delta":{"role":"assistant","content":"{{{canary}}}said"},"finish_reason":"stop"}]}""")
                .Event("[DONE]")
            : UpstreamReply.Json($$$"""{"id":"c","object":"chat.completion","created":1,"model":"gpt-4o-mini","choices":[{"index":0,"message":{"role":"assistant","content":"{{{canary}}}said"},"finish_reason":"stop"}],"usage":{"prompt_tokens":5,"completion_tokens":3,"total_tokens":8}}""");
    }

    private async Task ConfigureAsync()
    {
        using (var first = _client.Request("simulator/chat/completions", """{"model":"simulator","messages":[{"role":"user","content":"Hello"}]}"""))
        {
            Assert.Equal(200, (await _client.SendAsync(first, _cancelled)).StatusCode); // Makes the gateway.
        }

        await AdminAsync(HttpMethod.Post, "logpush/jobs", new JsonObject
        {
            ["dataset"] = "ai_gateway_events",
            ["destination_conf"] = $"{_collectors.BaseUrl}/push",
            ["enabled"] = true,
        });
        await AdminAsync(HttpMethod.Put, Gateway, new JsonObject
        {
            ["cache_invalidate_on_update"] = false,
            ["cache_ttl"] = 0,
            ["collect_logs"] = true,
            ["logpush"] = true,
            ["rate_limiting_interval"] = 0,
            ["rate_limiting_limit"] = 0,
            ["otel"] = new JsonArray(new JsonObject { ["url"] = $"{_collectors.BaseUrl}/tenant/v1/traces", ["headers"] = new JsonObject() }),
        });
    }

    // All that an administrator can read; of the entries whose bodies are kept all but these bodies.
    private async Task<IReadOnlyList<string>> ReadEverythingAsync(IReadOnlyCollection<string> kept)
    {
        List<string> seen = [];
        var list = await AdminAsync(HttpMethod.Get, $"{Gateway}/logs?per_page=50", null);
        seen.Add(list.Text);
        Assert.DoesNotContain(Kept, list.Text, StringComparison.Ordinal);
        foreach (var id in list.Json.GetProperty("result").EnumerateArray().Select(entry => entry.GetProperty("id").GetString()!))
        {
            seen.Add((await AdminAsync(HttpMethod.Get, $"{Gateway}/logs/{id}", null)).Text);
            foreach (var side in (string[])["request", "response"])
            {
                var body = await _client.AdminAsync(HttpMethod.Get, $"{Gateway}/logs/{id}/{side}", null, _cancelled);
                seen.Add(body.Text);
                Assert.Equal(kept.Contains(id), body.Text.Contains(Kept, StringComparison.Ordinal));
            }
        }

        foreach (var path in (string[])[Gateway, $"{Gateway}/logs/export", "logs/audit", "logpush/jobs"])
        {
            seen.Add((await _client.AdminAsync(HttpMethod.Get, path, null, _cancelled)).Text);
        }

        using var metrics = new HttpRequestMessage(HttpMethod.Get, _gateway.BaseUrl + "/metrics");
        metrics.Headers.TryAddWithoutValidation("Authorization", "Bearer " + _gateway.Token);
        seen.Add((await _client.SendAsync(metrics, _cancelled)).Text);
        Assert.DoesNotContain(Kept, seen[^1], StringComparison.Ordinal);
        return seen;
    }

    private async Task<GatewayAnswer> AdminAsync(HttpMethod method, string path, JsonNode? body)
    {
        var answer = await _client.AdminAsync(method, path, body, _cancelled);
        Assert.True(answer.StatusCode == 200, answer.Text);
        return answer;
    }

    private static bool Holds(ReadOnlySpan<byte> bytes, string text) => bytes.IndexOf(Encoding.UTF8.GetBytes(text)) >= 0 || bytes.IndexOf(Encoding.Unicode.GetBytes(text)) >= 0;

    private static string Text(RecordedRequest request)
    {
        if (request.Body is not [0x1F, 0x8B, ..])
        {
            return Encoding.Latin1.GetString(request.Body);
        }

        using var packed = new GZipStream(new MemoryStream(request.Body), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        packed.CopyTo(plain);
        return Encoding.Latin1.GetString(plain.ToArray());
    }
}
