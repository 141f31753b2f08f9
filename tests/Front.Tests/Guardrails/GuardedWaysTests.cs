using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Front.Tests.Rest;
using GatewayActors.Front.Tests.Universal;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Guardrails;

/// <summary>Guardrails on the ways to a model that the table of surfaces does not have.</summary>
public sealed class GuardedWaysTests
{
    private static readonly string Answer = Bodies.Completion.Replace("Hi", $"A {GuardedHost.Forbidden}", StringComparison.Ordinal);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<bool, int> Sides => new() { { true, 2016 }, { false, 2017 } };

    [Theory, MemberData(nameof(Sides))]
    public async Task CustomProvider_OnBothWays_IsGuarded(bool isPrompt, int code)
    {
        await using var host = await DataPlaneHost.StartAsync(options => options.Upstream.AllowPrivateNetworks = true);
        host.Gateways.CustomProviders(DataPlaneHost.Account).Set(FakeCustomProviders.Provider("mine", host.Upstream.BaseUrl));
        host.Gateway.Set(Guarded(isPrompt));
        host.Script.Otherwise(_ => UpstreamReply.Json(Answer));
        foreach (var (path, model) in ((string, string)[])[("custom-mine/v1/chat/completions", "m"), ("compat/chat/completions", "custom-mine/m")])
        {
            var body = Encoding.UTF8.GetBytes(Request(isPrompt).Replace("gpt-4o-mini", model, StringComparison.Ordinal));

            var answer = await host.SendAsync(HttpMethod.Post, path, body, ("authorization", "Bearer sk-client"), ("content-type", "application/json"));

            answer.AssertError(424, code);
        }

        Assert.Equal(isPrompt ? 0 : 2, host.Script.Requests.Count);
    }

    [Theory, MemberData(nameof(Sides))]
    public async Task UnknownPath_OfACustomProvider_HasItsPromptGuarded(bool isPrompt, int code)
    {
        await using var host = await DataPlaneHost.StartAsync(options => options.Upstream.AllowPrivateNetworks = true);
        host.Gateways.CustomProviders(DataPlaneHost.Account).Set(FakeCustomProviders.Provider("mine", host.Upstream.BaseUrl));
        host.Gateway.Set(Guarded(isPrompt));
        host.Script.Otherwise(_ => UpstreamReply.Json(Answer));

        var answer = await host.SendAsync(HttpMethod.Put, "custom-mine/anything", Encoding.UTF8.GetBytes($$$"""{"deep":[{"down":"{{{GuardedHost.Forbidden}}}"}]}"""), ("content-type", "application/json"));

        // What kind of model that is nobody knows: as in the reference, only its prompts are evaluated.
        Assert.True(isPrompt ? answer.Status == 424 && answer.ErrorCode == code : answer.Status == 200, answer.Text);
    }

    [Theory, MemberData(nameof(Sides))]
    public async Task Binding_OfAWorker_IsGuarded(bool isPrompt, int code)
    {
        await using var host = await RestHost.StartAsync();
        host.Default.Set(host.Default.Record!.Configuration with { Guardrails = Guarded(isPrompt).Guardrails });
        host.Script.Otherwise(_ => UpstreamReply.Json(Answer));

        var answer = await host.SendToAsync(
            HttpMethod.Post,
            "/ai-gateway/run?version=3",
            new StringContent($$$"""{"inputs":{{{Request(isPrompt)}}},"options":{}}""", Encoding.UTF8, "application/json"),
            ("authorization", "Bearer " + host.Token),
            ("cf-consn-sdk-version", "2.0.0"),
            ("cf-consn-model-id", "openai/gpt-4o-mini"));

        answer.AssertRestError(422, 2017, code == 2016 ? "Prompt blocked due to security configurations" : "Response blocked due to security configurations");
    }

    [Theory, MemberData(nameof(Sides))]
    public async Task WebSocket_WithUniversalRequests_IsGuarded(bool isPrompt, int code)
    {
        await using var host = await DataPlaneHost.StartAsync();
        host.Gateway.Set(Guarded(isPrompt));
        host.Script.Otherwise(_ => UpstreamReply.Json(Answer));
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("cf-aig-authorization", "Bearer " + host.Token);
        await socket.ConnectAsync(new($"ws://{host.Address.Authority}/v1/{DataPlaneHost.Account}/main"), Cancelled);

        var request = """{"type":"universal.create","request":{"eventId":"e","provider":"openai","endpoint":"chat/completions","headers":{"Authorization":"Bearer sk-step"},"query":%}}""".Replace("%", Request(isPrompt), StringComparison.Ordinal);
        await socket.SendAsync(Encoding.UTF8.GetBytes(request), WebSocketMessageType.Text, endOfMessage: true, Cancelled);

        var message = JsonElement.Parse((await SocketMessage.ReceiveAsync(socket, Cancelled)).Text);
        Assert.Equal("universal.error", message.GetProperty("type").GetString());
        Assert.Equal((code, 424), (message.GetProperty("error").GetProperty("code").GetInt32(), message.GetProperty("error").GetProperty("status").GetInt32()));
    }

    [Fact]
    public async Task Answer_WithMoreNamesThanAnyFormat_IsInspectedInTime()
    {
        await using var host = await DataPlaneHost.StartAsync();
        host.Gateway.Set(Guarded(isPrompt: false));
        var members = string.Join(',', Enumerable.Range(0, 50_000).Select(number => $"\"m{number}\":\"{number}\""));
        host.Script.Otherwise(_ => UpstreamReply.Json("{" + members + ",\"last\":\"" + GuardedHost.Forbidden + "\"}"));

        (await host.ChatAsync()).AssertError(424, 2017);
    }

    private static string Request(bool isPrompt) =>
        $$$"""{"model":"gpt-4o-mini","messages":[{"role":"user","content":"{{{(isPrompt ? GuardedHost.Forbidden : "Hello")}}}"}]}""";

    private static GatewayConfiguration Guarded(bool isPrompt) => isPrompt ? GuardedHost.Open(prompt: RuleAction.Block) : GuardedHost.Open(response: RuleAction.Block);
}
