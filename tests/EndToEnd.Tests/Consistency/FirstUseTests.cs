using GatewayActors.EndToEnd.Tests.Harness;
using GatewayActors.Testing.Gateways;

namespace GatewayActors.EndToEnd.Tests.Consistency;

/// <summary>The gateway <c>default</c> makes itself; nothing else does (data plane §1.9).</summary>
public sealed class FirstUseTests
{
    private const string Chat = """{"model":"simulator","messages":[{"role":"user","content":"Hello"}]}""";

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FirstRequests_FiftyAtOnce_AreAllServedByOneGateway()
    {
        await using var gateway = await GatewayProcess.StartAsync([], CancellationToken);
        using var client = new GatewayClient(gateway);

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => client.SendAsync(client.Request("simulator/chat/completions", Chat), CancellationToken)));

        Assert.All(answers, answer => Assert.Equal(200, answer.StatusCode));
        var gateways = (await client.AdminAsync(HttpMethod.Get, "ai-gateway/gateways", null, CancellationToken)).Json.GetProperty("result");
        var only = Assert.Single(gateways.EnumerateArray());
        Assert.Equal("default", only.GetProperty("id").GetString());
        Assert.True(only.GetProperty("is_default").GetBoolean());
        var logs = await client.AdminAsync(HttpMethod.Get, "ai-gateway/gateways/default/logs?per_page=50", null, CancellationToken);
        Assert.Equal(50, logs.Json.GetProperty("result_info").GetProperty("total_count").GetInt32());
    }

    [Fact]
    public async Task FirstRequest_WithoutToken_CreatesNothing()
    {
        await using var gateway = await GatewayProcess.StartAsync([], CancellationToken);
        using var client = new GatewayClient(gateway);
        var request = client.Request("simulator/chat/completions", Chat);
        request.Headers.Remove("cf-aig-authorization");

        var answer = await client.SendAsync(request, CancellationToken);

        Assert.Equal((401, 2009), (answer.StatusCode, answer.ErrorCode));
        var gateways = (await client.AdminAsync(HttpMethod.Get, "ai-gateway/gateways", null, CancellationToken)).Json.GetProperty("result");
        Assert.Equal(0, gateways.GetArrayLength());
    }
}

/// <summary>Who may call what, on the shared gateway.</summary>
public sealed class AccessTests(GatewayFixture fixture) : FaultTest(fixture)
{
    [Fact]
    public async Task UnknownGateway_Is400AndNotCreated()
    {
        var answer = await Client.SendAsync(Client.Request("openai/chat/completions", Chat, Script, gatewayId: "nobody-made-it"), CancellationToken);

        AssertError(answer, 400, 2001);
        Assert.Empty(Script.Requests);
        Assert.Equal(404, (await Client.AdminAsync(HttpMethod.Get, "ai-gateway/gateways/nobody-made-it", null, CancellationToken)).StatusCode);
    }

    [Theory]
    [InlineData("Bearer gwa_00000000000000000000000000000000_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA00000000")]
    [InlineData("Bearer nonsense")]
    [InlineData("")]
    [InlineData("Basic !!!")]
    public async Task BadToken_Is401(string token)
    {
        var request = Request();
        request.Headers.Remove("cf-aig-authorization");
        request.Headers.TryAddWithoutValidation("cf-aig-authorization", token);

        AssertError(await Client.SendAsync(request, CancellationToken), 401, 2009);
        Assert.Empty(Script.Requests);
    }

    [Theory]
    [InlineData("openai/chat/completions", "Authorization", "Bearer ")]
    [InlineData("anthropic/v1/messages", "x-api-key", "")]
    [InlineData("google-ai-studio/v1beta/models/gemini-2.5-flash:generateContent", "x-goog-api-key", "")]
    public async Task GatewayToken_InThePlaceOfTheProviderKey_IsNoProviderCredential(string path, string header, string scheme)
    {
        var request = Request(path: path);
        request.Headers.Remove("Authorization");
        request.Headers.TryAddWithoutValidation(header, scheme + Client.Gateway.Token);

        AssertError(await Client.SendAsync(request, CancellationToken), 400, 2040);
        Assert.Empty(Script.Requests);
    }

    [Fact]
    public async Task UnknownProvider_Is400()
    {
        AssertError(await Client.SendAsync(Request(path: "no-such-provider/x"), CancellationToken), 400, 2008);
    }
}
