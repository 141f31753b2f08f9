using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using GatewayActors.EndToEnd.Tests.Harness;
using GatewayActors.Testing.Gateways;
using GatewayActors.Testing.Upstreams;

namespace GatewayActors.EndToEnd.Tests.Consistency;

/// <summary>Push jobs in a real process that is killed: no acknowledged job and no logged entry is lost.</summary>
public sealed class LogpushCrashTests
{
    private const int Entries = 12;

    [Fact]
    public async Task Kill_BeforeAPushIsTaken_EveryEntryComesAfterTheNextStart()
    {
        var cancelled = TestContext.Current.CancellationToken;
        await using var destination = await FakeUpstream.StartAsync(cancelled);
        var isOpen = false;
        destination.Default.Otherwise(_ => Volatile.Read(ref isOpen) ? UpstreamReply.Json("{}") : UpstreamReply.Json("{}", 503));
        await using var gateway = await GatewayProcess.StartAsync(
            [
                KeyValuePair.Create("Gateway:Upstream:AllowPrivateNetworks", "true"),
                KeyValuePair.Create("Gateway:Logpush:Interval", "00:00:01"),
            ],
            cancelled);
        using var client = new GatewayClient(gateway);
        await ChatAsync("first"); // Makes the gateway.
        await AdminAsync(HttpMethod.Put, "ai-gateway/gateways/default", new JsonObject
        {
            ["cache_invalidate_on_update"] = false,
            ["cache_ttl"] = 0,
            ["collect_logs"] = true,
            ["logpush"] = true,
            ["rate_limiting_interval"] = 0,
            ["rate_limiting_limit"] = 0,
        });
        Volatile.Write(ref isOpen, true); // A job is tried out when it is made.
        var job = (await AdminAsync(HttpMethod.Post, "logpush/jobs", new JsonObject
        {
            ["dataset"] = "ai_gateway_events",
            ["destination_conf"] = $"{destination.BaseUrl}/push",
            ["enabled"] = true,
        })).Json.GetProperty("result").GetProperty("id").GetInt32();
        Volatile.Write(ref isOpen, false);
        List<string> ids = [];
        for (var i = 0; i < Entries; i++)
        {
            var eventId = $"event-{Guid.CreateVersion7():N}";
            await ChatAsync(eventId);
            ids.Add((await client.LogOfAsync(eventId, cancelled)).GetProperty("id").GetString()!);
        }

        await gateway.KillAsync();
        Volatile.Write(ref isOpen, true);
        await gateway.StartAsync(cancelled);

        Assert.Equal(job, Assert.Single((await AdminAsync(HttpMethod.Get, "logpush/jobs", null)).Json.GetProperty("result").EnumerateArray()).GetProperty("id").GetInt32());
        var received = new StringBuilder();
        while (ids.Exists(id => !received.ToString().Contains(id, StringComparison.Ordinal)))
        {
            var push = await destination.Default.NextAsync(cancelled);
            await push.BodyReceived;
            received.Append(Text(push.Body));
        }

        async Task ChatAsync(string eventId)
        {
            using var request = client.Request("simulator/chat/completions", """{"model":"simulator","messages":[{"role":"user","content":"Hello"}]}""");
            request.Headers.TryAddWithoutValidation("cf-aig-event-id", eventId);
            Assert.Equal(200, (await client.SendAsync(request, cancelled)).StatusCode);
        }

        async Task<GatewayAnswer> AdminAsync(HttpMethod method, string path, JsonNode? body)
        {
            var answer = await client.AdminAsync(method, path, body, cancelled);
            Assert.True(answer.StatusCode == 200, answer.Text);
            return answer;
        }
    }

    private static string Text(byte[] body)
    {
        if (body is not [0x1F, 0x8B, ..])
        {
            return Encoding.UTF8.GetString(body);
        }

        using var packed = new GZipStream(new MemoryStream(body), CompressionMode.Decompress);
        using var reader = new StreamReader(packed);
        return reader.ReadToEnd();
    }
}
