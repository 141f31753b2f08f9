using System.Text;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Compat;

/// <summary>What clients hear while a provider is silent in the middle of a stream.</summary>
public sealed class SilentStreamTests : IAsyncLifetime
{
    private const string Hi = """{"id":"c","model":"m","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}]}""";
    private const string End = """{"id":"c","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""";
    private const string Nothing = """{"id":"c","model":"m","choices":[]}""";

    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private readonly UpstreamOptions _limits = new();
    private DataPlaneHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await DataPlaneHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Messages_ProviderIsSilent_ClientIsPingedUntilItGoesOn()
    {
        var gate = new Gate();
        _host.Script.Then(UpstreamReply.EventStream().Event(Hi).Wait(gate).Event(End));
        using var response = await StartAsync("messages", _cancelled);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(_cancelled));
        await ReadToAsync(reader, "event: content_block_delta");

        for (var ping = 0; ping < 2; ping++)
        {
            await ElapseAsync(Silence);
            Assert.Equal("""data: {"type":"ping"}""", await ReadToAsync(reader, "event: ping"));
        }

        gate.Open();
        var rest = await reader.ReadToEndAsync(_cancelled);
        Assert.EndsWith("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n", rest, StringComparison.Ordinal);
        Assert.DoesNotContain("ping", rest, StringComparison.Ordinal);
        Assert.True((await _host.Logs.NextAsync(_cancelled)).Entry.Success);
    }

    [Fact]
    public async Task Messages_ProviderSendsWhatClientsDoNotSee_CountsAsSilence()
    {
        var (first, second) = (new Gate(), new Gate());
        _host.Script.Then(UpstreamReply.EventStream().Event(Hi).Wait(first).Event(Nothing).Wait(second).Event(End));
        using var response = await StartAsync("messages", _cancelled);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(_cancelled));
        await ReadToAsync(reader, "event: content_block_delta");
        await _host.Clock.SetAsync(Silence, _cancelled);

        first.Open();
        await _host.Clock.SetAsync(_limits.IdleTimeout, _cancelled); // The unseen event is here; the next is awaited.
        _host.Clock.Advance(Silence);

        Assert.Equal("""data: {"type":"ping"}""", await ReadToAsync(reader, "event: ping"));
        second.Open();
        Assert.Contains("message_stop", await reader.ReadToEndAsync(_cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_ProviderStalls_IsCutAtTheSameTimeAsWithoutPings()
    {
        _host.Script.Then(UpstreamReply.EventStream().Event(Hi).Stall());
        using var response = await StartAsync("messages", _cancelled);
        await using var body = await response.Content.ReadAsStreamAsync(_cancelled);
        using var reader = new StreamReader(body);
        await ReadToAsync(reader, "event: content_block_delta");

        for (var passed = TimeSpan.Zero; passed < _limits.IdleTimeout - Silence; passed += Silence)
        {
            await ElapseAsync(Silence);
            await ReadToAsync(reader, "event: ping");
        }

        await ElapseAsync(Silence);

        await Assert.ThrowsAnyAsync<IOException>(() => reader.ReadToEndAsync(_cancelled));
        var entry = (await _host.Logs.NextAsync(_cancelled)).Entry;
        Assert.Equal((200, false), (entry.StatusCode, entry.Success));
        Assert.Contains("\"error\":\"upstream_stalled\"", entry.DetailsJson, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_ClientLeavesDuringTheSilence_EndsTheExchange()
    {
        _host.Script.Then(UpstreamReply.EventStream().Event(Hi).Stall());
        using var leaves = CancellationTokenSource.CreateLinkedTokenSource(_cancelled);
        using (var response = await StartAsync("messages", leaves.Token))
        {
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(_cancelled));
            await ReadToAsync(reader, "event: content_block_delta");
            await ElapseAsync(Silence);
            await ReadToAsync(reader, "event: ping");
        }

        await leaves.CancelAsync();

        Assert.Equal(499, (await _host.Logs.NextAsync(_cancelled)).Entry.StatusCode);
    }

    [Theory]
    [InlineData("chat/completions", """{"model":"anthropic/claude-haiku-4-5","stream":true,"messages":[{"role":"user","content":"x"}]}""")]
    [InlineData("responses", """{"model":"anthropic/claude-haiku-4-5","stream":true,"input":"x"}""")]
    public async Task OtherFormats_ProviderIsSilent_ClientHearsNothing(string endpoint, string request)
    {
        var gate = new Gate();
        _host.Script.Then(UpstreamReply.EventStream()
            .Event("""{"type":"message_start","message":{"id":"m","model":"c","content":[],"usage":{"input_tokens":1,"output_tokens":1}}}""")
            .Wait(gate)
            .Event("""{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":1}}""")
            .Event("""{"type":"message_stop"}"""));
        using var response = await StartAsync(endpoint, _cancelled, request);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(_cancelled));
        await reader.ReadLineAsync(_cancelled);

        _host.Clock.Advance(Silence * 2);
        gate.Open();

        Assert.DoesNotContain("ping", await reader.ReadToEndAsync(_cancelled), StringComparison.Ordinal);
    }

    private static async Task<string?> ReadToAsync(StreamReader reader, string line)
    {
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } read)
        {
            if (read == line)
            {
                return await reader.ReadLineAsync(TestContext.Current.CancellationToken);
            }
        }

        throw new InvalidOperationException($"The stream ended before '{line}'.");
    }

    private async Task ElapseAsync(TimeSpan time)
    {
        await _host.Clock.SetAsync(time, _cancelled);
        _host.Clock.Advance(time);
    }

    private Task<HttpResponseMessage> StartAsync(
        string endpoint,
        CancellationToken cancellationToken,
        string request = """{"model":"openai/gpt-4.1","max_tokens":9,"stream":true,"messages":[{"role":"user","content":"x"}]}""")
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(request));
        content.Headers.TryAddWithoutValidation("content-type", "application/json");
        return _host.StartAsync(HttpMethod.Post, $"/v1/{DataPlaneHost.Account}/main/compat/{endpoint}", content, cancellationToken, ("authorization", "Bearer sk"));
    }
}
