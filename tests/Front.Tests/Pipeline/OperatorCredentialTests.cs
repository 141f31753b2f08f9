using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Pipeline;

/// <summary>When the operator's own credential goes to a provider, and when never.</summary>
public sealed class OperatorCredentialTests : IAsyncLifetime
{
    private const string OperatorKey = "sk-operator-key";

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await DataPlaneHost.StartAsync(options =>
        {
            options.Providers["openai"].ApiKey = OperatorKey;
            options.Providers["anthropic"].ApiKey = OperatorKey;
        });
        _host.Script.Otherwise(_ => UpstreamReply.Json(Bodies.Completion, 200));
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Request_WithTokenAndNoKey_GoesOutWithIt(bool closed)
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(authentication: closed));

        var answer = await SendAsync("openai/chat/completions", ("authorization", "Bearer " + _host.Token));

        Assert.Equal(200, answer.Status);
        Assert.Equal("Bearer " + OperatorKey, Assert.Single(_host.Script.Requests).Header("authorization"));
        Assert.True((await _host.Logs.NextAsync(_cancelled)).Entry.Wholesale);
    }

    [Fact]
    public async Task Request_ToAnthropic_GetsItWhereAnthropicWantsIt()
    {
        await SendAsync("anthropic/v1/messages", ("cf-aig-authorization", "Bearer " + _host.Token));

        var sent = Assert.Single(_host.Script.Requests);
        Assert.Equal((OperatorKey, null), (sent.Header("x-api-key"), sent.Header("authorization")));
    }

    [Fact]
    public async Task Request_WithKeyOfItsOwn_KeepsIt()
    {
        await SendAsync("openai/chat/completions", ("cf-aig-authorization", "Bearer " + _host.Token), ("authorization", "Bearer sk-own-key"));

        Assert.Equal("Bearer sk-own-key", Assert.Single(_host.Script.Requests).Header("authorization"));
        Assert.False((await _host.Logs.NextAsync(_cancelled)).Entry.Wholesale);
    }

    [Theory]
    [InlineData("openai/chat/completions", "authorization", "Bearer dummy")]
    [InlineData("openai/chat/completions", "authorization", "Bearer placeholder")]
    [InlineData("anthropic/v1/messages", "x-api-key", "unused")]
    [InlineData("compat/chat/completions", "authorization", "Bearer none")]
    public async Task Request_WithAKeyThatIsNone_GoesOutWithIt(string path, string header, string value)
    {
        await _host.SendAsync(
            HttpMethod.Post, path, System.Text.Encoding.UTF8.GetBytes("""{"model":"openai/gpt-4o-mini","messages":[]}"""),
            ("content-type", "application/json"), ("cf-aig-authorization", "Bearer " + _host.Token), (header, value));

        var sent = Assert.Single(_host.Script.Requests);
        Assert.Contains(OperatorKey, sent.Header(header), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_OfNobodyKnown_NeverSpendsTheOperatorsMoney()
    {
        await SendAsync("openai/chat/completions");

        Assert.Null(Assert.Single(_host.Script.Requests).Header("authorization"));
    }

    [Theory]
    [InlineData(true, null)]
    [InlineData(true, "false")]
    [InlineData(false, "true")]
    public async Task Request_ThatForbidsIt_IsRefused(bool byokOnly, string? header)
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(authentication: true) with { ByokOnly = byokOnly });

        var answer = await SendAsync("openai/chat/completions", [("authorization", "Bearer " + _host.Token), .. header is null ? [] : new[] { ("cf-aig-no-wholesale", header) }]);

        answer.AssertError(400, 2040);
        Assert.Empty(_host.Script.Requests);
    }

    [Fact]
    public async Task Request_ProviderRefusesIt_GetsTheProvidersOwnAnswerOnTheGatewayHost()
    {
        _host.Script.Then(UpstreamReply.Json("""{"error":{"message":"no"}}""", 401));

        var answer = await SendAsync("openai/chat/completions", ("authorization", "Bearer " + _host.Token));

        Assert.Equal((401, """{"error":{"message":"no"}}"""), (answer.Status, answer.Text));
    }

    [Fact]
    public async Task Request_AnsweredOutOfTheCache_CostsTheOperatorNothing()
    {
        (string, string)[] headers = [("authorization", "Bearer " + _host.Token), ("cf-aig-cache-ttl", "60")];
        await SendAsync("openai/chat/completions", headers);
        await SendAsync("openai/chat/completions", headers);

        Assert.Single(_host.Script.Requests);
        Assert.True((await _host.Logs.NextAsync(_cancelled)).Entry.Wholesale);
        Assert.False((await _host.Logs.NextAsync(_cancelled)).Entry.Wholesale);
    }

    private Task<FrontAnswer> SendAsync(string path, params (string Name, string Value)[] headers) =>
        _host.SendAsync(HttpMethod.Post, path, Bodies.Chat, [("content-type", "application/json"), .. headers]);
}
