using System.Text.Json;
using GatewayActors.EndToEnd.Tests.Harness;
using GatewayActors.Testing.Gateways;
using GatewayActors.Testing.Upstreams;

namespace GatewayActors.EndToEnd.Tests.Robustness;

/// <summary>Whatever is sent: no 500, no hang, and JSON wherever HTTP leaves room for an answer.</summary>
public sealed class MalformedRequestTests(MalformedRequestTests.Fixture fixture) : IClassFixture<MalformedRequestTests.Fixture>
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task DataPlane_AskedWrongly_AnswersWithAnErrorInJson() =>
        await AssertAllAsync(MalformedDataPlane.All, atLeast: 150, AnswerRule.JsonError);

    [Fact]
    public async Task AdminApi_AskedWrongly_AnswersWithAnErrorInJson() =>
        await AssertAllAsync(MalformedAdmin.All, atLeast: 150, AnswerRule.JsonError);

    [Fact]
    public async Task Inference_AskedWrongly_AnswersWithAnErrorInJson() =>
        await AssertAllAsync(MalformedInference.All, atLeast: 230, AnswerRule.JsonError);

    [Fact]
    public async Task BrokenHttp_IsAnsweredOrClosed() =>
        await AssertAllAsync(MalformedHttp.All, atLeast: 80, AnswerRule.NoFailureOfOurs);

    private async Task AssertAllAsync(IEnumerable<MalformedRequest> requests, int atLeast, AnswerRule rule)
    {
        var all = requests.ToArray();
        Assert.True(all.Length >= atLeast, $"{all.Length} requests.");
        List<string> wrong = [];
        foreach (var request in all)
        {
            var bytes = request.ToBytes(fixture.Gateway.AccountId, fixture.Gateway.Token);
            string? problem;
            try
            {
                var (status, head, body) = await RawExchange.SendAsync(fixture.Gateway.Port, bytes, request.EndsEarly, CancellationToken);
                problem = Judge(request, rule, status, head, body);
            }
            catch (TimeoutException timeout)
            {
                problem = timeout.Message;
            }

            if (problem is not null)
            {
                wrong.Add($"{Shown(request)}\n    {problem}");
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} of {all.Length}:\n{string.Join('\n', wrong.Take(80))}");
        Assert.Equal(200, (await fixture.Client.SendAsync(fixture.Client.Request("simulator/chat/completions", """{"model":"simulator","messages":[{"role":"user","content":"x"}]}"""), CancellationToken)).StatusCode);
    }

    private static string? Judge(MalformedRequest request, AnswerRule rule, int status, string head, string body)
    {
        if (status is >= 500 and not (501 or 505))
        {
            return $"was answered with {status}: {body}";
        }

        if (head.Contains("X-Injected", StringComparison.OrdinalIgnoreCase))
        {
            return $"put a header into the answer: {head}";
        }

        if (rule == AnswerRule.NoFailureOfOurs)
        {
            return null;
        }

        if (status is < 400 or > 499)
        {
            return $"was answered with {status}: {body}";
        }

        try
        {
            var json = JsonElement.Parse(body);
            return json.ValueKind != JsonValueKind.Object || !(json.TryGetProperty("error", out _) || json.TryGetProperty("errors", out _))
                ? $"was answered with {status} and no error: {body}"
                : request.Names is { } name && !body.Contains(name, StringComparison.Ordinal)
                    ? $"was answered with an error that does not name {name}: {body}"
                    : null;
        }
        catch (JsonException)
        {
            return $"was answered with {status} and no JSON: '{body}'";
        }
    }

    private static string Shown(MalformedRequest request)
    {
        var text = request.Raw ?? $"{request.Method} {request.Target} {string.Join(" | ", request.Headers)} {request.Body}";
        return JsonEncodedText.Encode(text.Length > 300 ? text[..300] + "…" : text).ToString();
    }

    private enum AnswerRule
    {
        JsonError,
        NoFailureOfOurs,
    }

    /// <summary>A gateway of its own, whose upstream refuses everything with 418 and JSON.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private RawUpstream? _upstream;

        public GatewayProcess Gateway { get; private set; } = null!;

        public GatewayClient Client { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            const string Refusal = """{"error":{"message":"no"}}""";
            _upstream = RawUpstream.Start(async (connection, cancellationToken) =>
            {
                await connection.ReadRequestAsync(cancellationToken);
                await connection.SendAsync($"HTTP/1.1 418 No\r\nContent-Type: application/json\r\nContent-Length: {Refusal.Length}\r\nConnection: close\r\n\r\n{Refusal}", cancellationToken);
            });
            var settings = GatewayFixture.ProvidersAt(_upstream.BaseUrl);
            foreach (var provider in new[] { "azure-openai", "aws-bedrock", "google-vertex-ai" })
            {
                settings[$"Gateway:Providers:{provider}:BaseUrl"] = _upstream.BaseUrl;
            }

            Gateway = await GatewayProcess.StartAsync(settings);
            Client = new GatewayClient(Gateway);
            await Client.AdminAsync(HttpMethod.Post, "ai-gateway/gateways", GatewayConfigurations.Minimal("malformed"), default);
            await Client.SendAsync(Client.Request("simulator/models"), default);
        }

        public async ValueTask DisposeAsync()
        {
            Client?.Dispose();
            if (Gateway is not null)
            {
                await Gateway.DisposeAsync();
            }

            if (_upstream is not null)
            {
                await _upstream.DisposeAsync();
            }
        }
    }
}
