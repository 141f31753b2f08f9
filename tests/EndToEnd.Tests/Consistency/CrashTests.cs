using System.Collections.Concurrent;
using GatewayActors.EndToEnd.Tests.Harness;
using GatewayActors.Testing.Gateways;

namespace GatewayActors.EndToEnd.Tests.Consistency;

/// <summary>SIGKILL at any moment loses nothing that was acknowledged.</summary>
public sealed class CrashTests
{
    private const int Rounds = 10;
    private const int Writers = 4;
    private const string Chat = """{"model":"simulator","messages":[{"role":"user","content":"Hello"}]}""";

    [Fact]
    public async Task Kill_DuringWritesAndTraffic_KeepsEveryAcknowledgedWrite()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var gateway = await GatewayProcess.StartAsync([], cancellationToken);
        using var client = new GatewayClient(gateway);
        var acknowledged = new ConcurrentDictionary<string, int>();
        for (var writer = 0; writer < Writers; writer++)
        {
            var id = $"writer-{writer}";
            Assert.Equal(200, (await client.AdminAsync(HttpMethod.Post, "ai-gateway/gateways", GatewayConfigurations.Minimal(id), cancellationToken)).StatusCode);
            acknowledged[id] = 0;
        }

        for (var round = 0; round < Rounds; round++)
        {
            // Another point in time each round, counted in writes so that a slow machine gets as far as a fast one.
            var writesBeforeKill = 5 + (7 * round);
            var written = 0;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var work = acknowledged.Keys
                .Select(id => WriteAsync(client, id, acknowledged, Written, cancellationToken))
                .Append(CallAsync(client, cancellationToken))
                .ToArray();
            await reached.Task.WaitAsync(cancellationToken);
            await gateway.KillAsync();
            var attempted = await Task.WhenAll(work);
            await gateway.StartAsync(cancellationToken);

            foreach (var (id, value) in acknowledged.OrderBy(entry => entry.Key, StringComparer.Ordinal))
            {
                var answer = await client.AdminAsync(HttpMethod.Get, $"ai-gateway/gateways/{id}", null, cancellationToken);
                Assert.True(answer.StatusCode == 200, $"Round {round}: {id} was answered with {answer.StatusCode} {answer.Text}");
                var stored = answer.Json.GetProperty("result").GetProperty("cache_ttl").GetInt32();

                // The one write that was under way may have been done without having been acknowledged.
                Assert.True(stored == value || stored == value + 1, $"Round {round}: {id} holds {stored}, acknowledged was {value}.");
                acknowledged[id] = stored;
            }

            Assert.True(attempted[..Writers].Sum() >= writesBeforeKill);
            Assert.Equal(200, (await client.SendAsync(client.Request("simulator/chat/completions", Chat), cancellationToken)).StatusCode);
            var logs = await client.AdminAsync(HttpMethod.Get, "ai-gateway/gateways/default/logs", null, cancellationToken);
            Assert.True(logs.StatusCode == 200, $"Round {round}: the logs were answered with {logs.StatusCode} {logs.Text}");
            Assert.NotEqual(0, logs.Json.GetProperty("result").GetArrayLength());

            void Written()
            {
                if (Interlocked.Increment(ref written) == writesBeforeKill)
                {
                    reached.TrySetResult();
                }
            }
        }
    }

    /// <summary>Counts up one gateway's <c>cache_ttl</c> until the gateway is gone.</summary>
    private static async Task<int> WriteAsync(
        GatewayClient client, string id, ConcurrentDictionary<string, int> acknowledged, Action written, CancellationToken cancellationToken)
    {
        for (var writes = 0; ; writes++)
        {
            var configuration = GatewayConfigurations.Minimal(id);
            configuration.Remove("id");
            configuration["cache_ttl"] = acknowledged[id] + 1;
            try
            {
                var answer = await client.AdminAsync(HttpMethod.Put, $"ai-gateway/gateways/{id}", configuration, cancellationToken);
                Assert.True(answer.StatusCode == 200, answer.Text);
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException)
            {
                return writes; // killed
            }

            acknowledged[id]++;
            written();
        }
    }

    private static async Task<int> CallAsync(GatewayClient client, CancellationToken cancellationToken)
    {
        for (var calls = 0; ; calls++)
        {
            try
            {
                Assert.Equal(200, (await client.SendAsync(client.Request("simulator/chat/completions", Chat), cancellationToken)).StatusCode);
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException)
            {
                return calls; // killed
            }
        }
    }
}
