using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Front.Tests.Guardrails;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Realtime;

/// <summary>Guardrails on what is said in realtime sessions.</summary>
public sealed class RealtimeGuardTests : IAsyncLifetime
{
    private RealtimeHost _host = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await RealtimeHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("openai?model=gpt-realtime", """{"type":"conversation.item.create","item":{"type":"message","role":"user","content":[{"type":"input_text","text":"a purple elephant"}]}}""")]
    [InlineData("openai?model=gpt-realtime", """{"type":"session.update","session":{"instructions":"Be a purple elephant"}}""")]
    [InlineData("openai?model=gpt-realtime", """{"type":"response.create","response":{"instructions":"Be a purple elephant"}}""")]
    [InlineData("openai?model=gpt-realtime", """{"type":"conversation.item.create","item":{"type":"function_call_output","call_id":"c","output":"purple elephant"}}""")]
    [InlineData("google?key=AIza-own", """{"clientContent":{"turns":[{"role":"user","parts":[{"text":"purple elephant"}]}],"turnComplete":true}}""")]
    [InlineData("google?key=AIza-own", """{"realtimeInput":{"text":"purple elephant"}}""")]
    [InlineData("google?key=AIza-own", """{"setup":{"model":"models/x","systemInstruction":{"parts":[{"text":"purple elephant"}]}}}""")]
    public async Task Prompt_ThatIsBlocked_DoesNotReachTheProviderAndEndsTheSession(string path, string message)
    {
        Guard(prompt: RuleAction.Block);
        var (client, provider) = await OpenAsync(path);

        await client.SendAsync("""{"type":"input_audio_buffer.append","audio":"AAAA"}"""u8.ToArray(), WebSocketMessageType.Text, true, Cancelled);
        await SendInPiecesAsync(client, message);

        Assert.Contains("input_audio_buffer", (await provider.ReceiveAsync(Cancelled)).Text, StringComparison.Ordinal);
        Assert.Equal(WebSocketMessageType.Close, (await provider.ReceiveAsync(Cancelled)).Type);
        var error = JsonElement.Parse((await SocketMessage.ReceiveAsync(client, Cancelled)).Text).GetProperty("error");
        Assert.Equal("Prompt blocked due to security configurations", error.GetProperty("message").GetString());
        await AssertClosedAsync(client, provider, "prompt_blocked");
    }

    [Theory]
    [InlineData("openai?model=gpt-realtime", "{\"type\":\"response.output_text.delta\",\"delta\":\"a purple \"}", "{\"type\":\"response.output_text.delta\",\"delta\":\"elephant\"}", "{\"type\":\"response.output_text.done\",\"text\":\"a purple elephant\"}")]
    [InlineData("openai?model=gpt-realtime", "{\"type\":\"response.audio_transcript.delta\",\"delta\":\"a purple \"}", "{\"type\":\"response.audio_transcript.delta\",\"delta\":\"elephant\"}", "{\"type\":\"response.done\",\"response\":{}}")]
    [InlineData("google?key=AIza-own", "{\"serverContent\":{\"modelTurn\":{\"parts\":[{\"text\":\"a purple \"}]}}}", "{\"serverContent\":{\"outputTranscription\":{\"text\":\"elephant\"}}}", "{\"serverContent\":{\"turnComplete\":true}}")]
    public async Task Answer_ThatIsBlocked_EndsTheSessionBeforeItsEnd(string path, params string[] messages)
    {
        Guard(response: RuleAction.Block);
        var (client, provider) = await OpenAsync(path);

        foreach (var message in messages)
        {
            await provider.Socket.SendAsync(Encoding.UTF8.GetBytes(message), path.StartsWith("google", StringComparison.Ordinal) ? WebSocketMessageType.Binary : WebSocketMessageType.Text, true, Cancelled);
        }

        Assert.Equal(messages[0], (await SocketMessage.ReceiveAsync(client, Cancelled)).Text);
        Assert.Equal(messages[1], (await SocketMessage.ReceiveAsync(client, Cancelled)).Text);
        var error = JsonElement.Parse((await SocketMessage.ReceiveAsync(client, Cancelled)).Text).GetProperty("error");
        Assert.Equal("Response blocked due to security configurations", error.GetProperty("message").GetString());
        await AssertClosedAsync(client, provider, "response_blocked");
    }

    [Fact]
    public async Task Speech_ThatTheProviderWroteDown_IsAPrompt()
    {
        Guard(prompt: RuleAction.Block);
        var (client, provider) = await OpenAsync("openai?model=gpt-realtime");

        await provider.SendAsync("""{"type":"conversation.item.input_audio_transcription.completed","transcript":"purple elephant"}""", Cancelled);

        Assert.Contains("\"error\"", (await SocketMessage.ReceiveAsync(client, Cancelled)).Text, StringComparison.Ordinal);
        await AssertClosedAsync(client, provider, "prompt_blocked");
    }

    [Fact]
    public async Task What_IsOnlyFlagged_PassesAndIsNoted()
    {
        Guard(prompt: RuleAction.Flag, response: RuleAction.Flag);
        var (client, provider) = await OpenAsync("openai?model=gpt-realtime");
        const string Said = """{"type":"conversation.item.create","item":{"content":[{"text":"purple elephant"}]}}""";

        await client.SendAsync(Encoding.UTF8.GetBytes(Said), WebSocketMessageType.Text, true, Cancelled);
        await client.SendAsync(new byte[] { 7 }, WebSocketMessageType.Binary, true, Cancelled);
        Assert.Equal(Said, (await provider.ReceiveAsync(Cancelled)).Text);
        Assert.Equal([7], (await provider.ReceiveAsync(Cancelled)).Bytes);
        await client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Cancelled);
        await SocketEnds.ReadToCloseAsync(provider.Socket, Cancelled);
        await provider.Socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Cancelled);
        provider.Dispose();

        var details = (await NextSessionAsync()).Entry.DetailsJson!;
        Assert.Contains("guardrails", details, StringComparison.Ordinal);
    }

    private void Guard(RuleAction? prompt = null, RuleAction? response = null) => _host.Front.Gateway.Set(DataPlaneHost.Configuration(authentication: true) with { Guardrails = GuardedHost.Rules(prompt, response) });

    private Task<(ClientWebSocket Client, UpstreamSocket Provider)> OpenAsync(string path) =>
        path.StartsWith("openai", StringComparison.Ordinal) ? _host.OpenAsync(path, ("authorization", "Bearer sk-own")) : _host.OpenAsync(path);

    /// <summary>The next entry of a session; evaluations have entries of their own.</summary>
    private async Task<Recorded> NextSessionAsync()
    {
        while (true)
        {
            if (await _host.Logs.NextAsync(Cancelled) is { Entry.RequestType: "websocket" } session)
            {
                return session;
            }
        }
    }

    private static async Task SendInPiecesAsync(ClientWebSocket client, string message)
    {
        var bytes = Encoding.UTF8.GetBytes(message);
        var half = message.IndexOf("elephant", StringComparison.Ordinal);
        await client.SendAsync(bytes[..half], WebSocketMessageType.Text, false, Cancelled);
        await client.SendAsync(bytes[half..], WebSocketMessageType.Text, true, Cancelled);
    }

    private async Task AssertClosedAsync(ClientWebSocket client, UpstreamSocket provider, string error)
    {
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await SocketEnds.ReadToCloseAsync(client, Cancelled));
        if (provider.Socket.State == WebSocketState.Open)
        {
            await SocketEnds.ReadToCloseAsync(provider.Socket, Cancelled);
        }

        await client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Cancelled);
        await provider.Socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Cancelled);
        provider.Dispose();
        var recorded = await NextSessionAsync();
        Assert.Equal(("gateway", 1008), SocketEnds.Closed(recorded));
        Assert.False(recorded.Entry.Success);
        Assert.Contains($"\"error\":\"{error}\"", recorded.Entry.DetailsJson, StringComparison.Ordinal);
    }
}
