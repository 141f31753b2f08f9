using GatewayActors.Front.Health;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing.Upstreams;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Xunit;

namespace GatewayActors.Front.Tests.Pipeline;

public sealed class AdmissionTests : IAsyncLifetime
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await DataPlaneHost.StartAsync();
        _host.Script.Otherwise(_ => UpstreamReply.Json("{}"));
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Exchanges_OfOneGateway_SayWhichVersionTheyHold()
    {
        await _host.ChatAsync();
        await _host.ChatAsync();
        _host.Gateway.Set(DataPlaneHost.Configuration(collectLogs: false));
        var unlogged = await _host.ChatAsync();
        await _host.ChatAsync();

        Assert.Equal([0, 1, 1, 2], _host.Gateway.SeenVersions);
        Assert.Null(unlogged.Header("cf-aig-log-id")); // The change holds for the very next exchange.
    }

    [Fact]
    public async Task Gateway_IsDeletedAndCreatedAnew_IsForgottenInBetween()
    {
        await _host.ChatAsync();
        _host.Gateway.Set(null);
        (await _host.ChatAsync()).AssertError(400, 2001);
        _host.Gateway.Set(DataPlaneHost.Configuration());
        Assert.Equal(200, (await _host.ChatAsync()).Status);

        Assert.Equal([0, 1, 0], _host.Gateway.SeenVersions);
    }

    [Theory]
    [MemberData(nameof(Outages))]
    public async Task Grain_FailsOnce_IsAskedAgain(Exception outage)
    {
        _host.Gateway.Failures.Enqueue(outage);

        Assert.Equal(200, (await _host.ChatAsync()).Status);
        Assert.Equal(2, _host.Gateway.SeenVersions.Count);
    }

    [Theory]
    [MemberData(nameof(Outages))]
    public async Task Grain_FailsTwice_IsSaidToBeUnavailable(Exception outage)
    {
        _host.Gateway.Failures.Enqueue(outage);
        _host.Gateway.Failures.Enqueue(outage);

        var answer = await _host.ChatAsync();

        answer.AssertError(503, 2000);
        Assert.Equal("1", answer.Header("retry-after"));
        Assert.DoesNotContain("secret", answer.Text, StringComparison.Ordinal);
        Assert.Empty(_host.Script.Requests);
    }

    [Fact]
    public async Task Defect_OfOurOwn_IsAnAnswerWithoutDetails()
    {
        _host.Gateway.Failures.Enqueue(new InvalidOperationException("secret"));

        var answer = await _host.ChatAsync();

        answer.AssertError(500, 2000);
        Assert.DoesNotContain("secret", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metadata_ThatIsNoText_NeitherFailsTheExchangeNorLeavesItInFlight()
    {
        Assert.Equal(200, (await _host.ChatAsync(("cf-aig-metadata", """{"a":"\ud800"}"""))).Status);

        var entry = (await _host.Logs.NextAsync(_cancelled)).Entry;
        Assert.Null(entry.MetadataJson);
        Assert.Contains("cf-aig-metadata", entry.DetailsJson, StringComparison.Ordinal);
        await _host.ChatAsync(); // On the same connection, so the first is over.
        await _host.Logs.NextAsync(_cancelled);
        Assert.InRange(_host.Services.GetRequiredService<IInFlightExchanges>().Count, 0, 1);
    }

    [Theory]
    [InlineData("/v1/acc", 404, 7000)]
    [InlineData("/v1/a.b/main/openai/x", 404, 7000)]
    [InlineData("/v1/0123456789abcdef0123456789abcdef/main", 405, 7000)]
    [InlineData("/v1/0123456789abcdef0123456789abcdef/main/nobody/x", 400, 2008)]
    [InlineData("/v1/0123456789abcdef0123456789abcdef/main/openai/../x", 400, 2008)]
    [InlineData("/v1/0123456789abcdef0123456789abcdef/main/openai/%2e%2e/x", 400, 2008)]
    [InlineData("/v1/0123456789abcdef0123456789abcdef/main/openai/..%2fx", 400, 2008)]
    [InlineData("/v1/0123456789abcdef0123456789abcdef/nothing/openai/x", 400, 2001)]
    [InlineData("/elsewhere", 404, 7000)]
    [InlineData("/v2/x", 404, 7000)]
    public async Task Path_ThatLeadsNowhere_IsAnError(string target, int status, int code)
    {
        var answer = await _host.SendToAsync(HttpMethod.Get, target, null, ("authorization", "Bearer sk"));

        Assert.Equal((status, code), (answer.Status, answer.ErrorCode));
        Assert.Empty(_host.Script.Requests);
    }

    [Theory]
    [InlineData("openai/chat/completions", "/v1/chat/completions")]
    [InlineData("openai/v1/chat/completions?x=1&y=%20%2F", "/v1/chat/completions?x=1&y=%20%2F")]
    [InlineData("openai//v1//models", "/v1/models")]
    [InlineData("openai/models/ft%3Agpt%2Fx", "/v1/models/ft%3Agpt%2Fx")]
    public async Task Path_OfAProvider_ReachesItAsItWasReceived(string path, string target)
    {
        await _host.SendAsync(HttpMethod.Get, path, null, ("authorization", "Bearer sk"));

        Assert.Equal(target, (await _host.Script.NextAsync(_cancelled)).Target);
    }

    public static IEnumerable<TheoryDataRow<Exception>> Outages() =>
    [
        new(new TimeoutException("secret")),
        new(new SiloUnavailableException("secret")),
        new(new OrleansException("secret")),
        new(new Orleans.Storage.InconsistentStateException("secret", "1", "2")),
    ];
}
