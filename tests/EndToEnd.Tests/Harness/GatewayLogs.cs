using System.Text.Json;
using GatewayActors.Testing.Gateways;

namespace GatewayActors.EndToEnd.Tests.Harness;

/// <summary>Reads log entries through the admin API, as a dashboard would.</summary>
internal static class GatewayLogs
{
    extension(GatewayClient client)
    {
        /// <summary>The entry of an exchange, by the event id that its request carried.</summary>
        public async Task<JsonElement> LogOfAsync(string eventId, CancellationToken cancellationToken, string gatewayId = "default")
        {
            // The entry is written after the last byte of the answer, so it may be a moment late; an entry that never comes
            // shows as what it is.
            var filter = Uri.EscapeDataString($$"""[{"key":"event_id","operator":"eq","value":["{{eventId}}"]}]""");
            for (var tries = 0; tries < 200; tries++)
            {
                var answer = await client.AdminAsync(HttpMethod.Get, $"ai-gateway/gateways/{gatewayId}/logs?filters={filter}", null, cancellationToken);
                Assert.Equal(200, answer.StatusCode);
                var entries = answer.Json.GetProperty("result");
                if (entries.GetArrayLength() > 0)
                {
                    Assert.Equal(1, entries.GetArrayLength());
                    return entries[0];
                }

                await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
            }

            throw new TimeoutException($"No log entry with the event id '{eventId}'.");
        }
    }

    /// <summary>Asserts what every fault test asks of its entry.</summary>
    public static void AssertEntry(this JsonElement entry, int status, bool success, int? attempts = null)
    {
        Assert.Equal(status, entry.GetProperty("status_code").GetInt32());
        Assert.Equal(success, entry.GetProperty("success").GetBoolean());
        if (attempts is { } count)
        {
            // An exchange whose only attempt succeeded has nothing to say about attempts.
            var known = entry.TryGetProperty("attempts", out var list) ? list.GetArrayLength() : 1;
            Assert.Equal(count, known);
        }
    }
}
