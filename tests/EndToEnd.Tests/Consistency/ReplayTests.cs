using System.Text.Json;
using System.Text.Json.Nodes;
using GatewayActors.Testing.Gateways;

namespace GatewayActors.EndToEnd.Tests.Consistency;

/// <summary>Evaluations and replays of whole processes, over SIGKILL: what was begun ends, without anybody asking for it again.</summary>
public sealed class ReplayTests
{
    private const int Requests = 20;
    private const string Gateway = "ai-gateway/gateways/default";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kill_AfterReplayAndEvaluationWereMade_BothEnd()
    {
        await using var gateway = await GatewayProcess.StartAsync([], _cancelled);
        using var client = new GatewayClient(gateway);
        for (var number = 0; number < Requests; number++)
        {
            var request = client.Request("simulator/chat/completions", $$"""{"model":"simulator","messages":[{"role":"user","content":"{{number}}"}]}""");
            request.Headers.TryAddWithoutValidation("cf-aig-custom-cost", """{"per_token_in":0.1,"per_token_out":0}""");
            Assert.Equal(200, (await client.SendAsync(request, _cancelled)).StatusCode);
        }

        var dataset = await PostAsync(client, "datasets", """{"name":"d","enable":true,"filters":[{"key":"provider","operator":"eq","value":["simulator"]}]}""");
        var evaluation = await PostAsync(client, "evaluations", $$"""{"name":"e","dataset_ids":["{{dataset}}"],"evaluation_type_ids":["e7a10000-0000-4000-8000-000000000001"]}""");
        var replay = await PostAsync(client, $"datasets/{dataset}/replays", """{"model":"simulator/other","concurrency":2}""");

        await gateway.KillAsync();
        await gateway.StartAsync(_cancelled);

        var done = await EndAsync(client, $"replays/{replay}", result => result.TryGetProperty("ended_at", out _));
        Assert.Equal(("done", Requests, Requests, 0), (done.GetProperty("state").GetString(), Number(done, "total"), Number(done, "done"), Number(done, "failed")));
        Assert.Equal(2.0m, done.GetProperty("summary").GetProperty("original").GetProperty("total_cost").GetDecimal());
        var results = (await GetAsync(client, $"replays/{replay}/results?per_page=50")).EnumerateArray().ToArray();
        Assert.Equal(Requests, results.Select(result => result.GetProperty("original").GetProperty("log_id").GetString()).Distinct().Count());
        Assert.All(results, result =>
        {
            var (original, replayed) = (result.GetProperty("original"), result.GetProperty("replay"));
            Assert.Equal(("simulator", "other"), (original.GetProperty("model").GetString(), replayed.GetProperty("model").GetString()));
            Assert.StartsWith("The simulator read: ", original.GetProperty("answer").GetString(), StringComparison.Ordinal);
            Assert.Equal(original.GetProperty("answer").GetString(), replayed.GetProperty("answer").GetString());
        });

        // Neither what the replay has sent nor what a crash repeats is in the dataset.
        var evaluated = await EndAsync(client, $"evaluations/{evaluation}", result => result.GetProperty("processed").GetBoolean());
        Assert.Equal((Requests, "0.1"), (Number(evaluated, "total_logs"), evaluated.GetProperty("results")[0].GetProperty("result").GetString()));
        var again = await PostAsync(client, "evaluations", $$"""{"name":"again","dataset_ids":["{{dataset}}"],"evaluation_type_ids":["e7a10000-0000-4000-8000-000000000001"]}""");
        Assert.Equal(Requests, Number(await EndAsync(client, $"evaluations/{again}", result => result.GetProperty("processed").GetBoolean()), "total_logs"));
    }

    private static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();

    private async Task<string> PostAsync(GatewayClient client, string path, string body)
    {
        var answer = await client.AdminAsync(HttpMethod.Post, $"{Gateway}/{path}", JsonNode.Parse(body), _cancelled);
        Assert.True(answer.StatusCode == 200, answer.Text);
        return answer.Json.GetProperty("result").GetProperty("id").GetString()!;
    }

    private async Task<JsonElement> GetAsync(GatewayClient client, string path)
    {
        var answer = await client.AdminAsync(HttpMethod.Get, $"{Gateway}/{path}", null, _cancelled);
        Assert.True(answer.StatusCode == 200, answer.Text);
        return answer.Json.GetProperty("result");
    }

    // The API has no way to be told; every look is a call of its own.
    private async Task<JsonElement> EndAsync(GatewayClient client, string path, Func<JsonElement, bool> isEnded)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_cancelled);
        patience.CancelAfter(Patience);
        while (true)
        {
            patience.Token.ThrowIfCancellationRequested();
            var result = await GetAsync(client, path);
            if (isEnded(result))
            {
                return result;
            }
        }
    }
}
