using System.Text.Json;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Front.Tests.Docs;
using GatewayActors.Front.Tests.Rest;
using GatewayActors.Testing;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Surfaces;

/// <summary>Every request header has its effect on every surface.</summary>
public sealed class RequestHeaderTests : IAsyncLifetime
{
    // Headers that this table does not hold, and where they are tested.
    private static readonly Dictionary<string, string> Elsewhere = new()
    {
        ["cf-aig-authorization"] = "GatewayCredentialTests, RestAccessTests: and every request here has it",
        ["cf-aig-gateway-id"] = "RestAccessTests: of the API host alone",
        ["cf-aig-allowed-models"] = "AutoRouterTests",
        ["cf-aig-allowed-providers"] = "AutoRouterTests",
        ["cf-aig-session-id"] = "AutoRouterTests",
        ["cf-aig-turn-id"] = "AutoRouterTests",
        ["cf-aig-no-session-affinity"] = "AutoRouterTests",
        ["cf-aig-otel-trace-id"] = "GatewayTracingTests: read before the surface is known",
        ["cf-aig-otel-parent-span-id"] = "GatewayTracingTests",
        ["cf-aig-byok-alias"] = "StoredKeySurfaceTests",
        ["cf-aig-zdr"] = "of the operator's credentials",
    };

    private static readonly string[] Here =
    [
        "cf-aig-event-id", "cf-aig-collect-log", "cf-aig-collect-log-payload", "cf-aig-metadata", "cf-aig-custom-cost", "cf-aig-cache-ttl", "cf-aig-skip-cache", "cf-aig-cache-key",
        "cf-aig-cache-stale-if-error", "cf-aig-max-attempts", "cf-aig-retry-delay", "cf-aig-backoff", "cf-aig-request-timeout", "cf-aig-hedge-delay", "cf-aig-no-wholesale",
    ];

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;

    public static TheoryData<string> Surfaces => Surface.Names;

    public async ValueTask InitializeAsync() => _host = await Surface.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public void Headers_OfTheDocument_AreAllTested() => Assert.Empty(
        Document.Rows("docs/headers.md", "## Request headers").SelectMany(cells => Document.Codes(cells[0])).Except(Here).Except(Elsewhere.Keys));

    [Theory, MemberData(nameof(Surfaces))]
    public async Task LogHeaders_OnEverySurface_HaveTheirEffect(string surface)
    {
        var unlogged = await SendAsync(surface, "Hello", ("cf-aig-collect-log", "false"));
        var bare = await SendAsync(surface, "Hello", ("cf-aig-collect-log-payload", "false"), ("cf-aig-event-id", "my-event"), ("cf-aig-metadata", """{"team":"a"}"""), ("cf-aig-custom-cost", """{"per_token_in":1,"per_token_out":2}"""));
        var whole = await SendAsync(surface, "Hello");

        Assert.Equal((200, 200, 200), (unlogged.Status, bare.Status, whole.Status));
        Assert.Null(unlogged.Header("cf-aig-log-id"));
        var (first, second) = (await _host.Logs.NextAsync(_cancelled), await _host.Logs.NextAsync(_cancelled));
        Assert.Equal((bare.Header("cf-aig-log-id"), whole.Header("cf-aig-log-id")), (first.Entry.Id.ToString("D"), second.Entry.Id.ToString("D")));
        Assert.Equal(("my-event", "my-event"), (bare.Header("cf-aig-event-id"), first.Entry.EventId));
        Assert.Equal((whole.Header("cf-aig-request-id"), whole.Header("cf-aig-request-id")), (whole.Header("cf-aig-event-id"), second.Entry.EventId));
        Assert.Equal(("""{"team":"a"}""", null), (first.Entry.MetadataJson, second.Entry.MetadataJson));
        Assert.Equal((first.Entry.TokensIn ?? 0) + (2 * (first.Entry.TokensOut ?? 0)), first.Entry.CostUsd);
        Assert.Equal((true, 1000L), (first.Entry.CustomCost, first.Entry.TokensIn));
        Assert.False(second.Entry.CustomCost);
        Assert.True(first.RequestBody is null && first.ResponseBody is null);
        Assert.True(second.RequestBody is not null && second.ResponseBody is not null);
        foreach (var answer in new[] { bare, whole })
        {
            Assert.Equal(("MISS", "0", "1000"), (answer.Header("cf-aig-cache-status"), answer.Header("cf-aig-step"), answer.Header("cf-aig-tokens-in")));
            Assert.NotNull(answer.Header("cf-aig-cost"));
            Assert.NotNull(answer.Header("cf-aig-request-id"));
        }
    }

    [Theory, MemberData(nameof(Surfaces))]
    public async Task CacheHeaders_OnEverySurface_HaveTheirEffect(string surface)
    {
        async Task<string?> AskAsync(string text, params (string, string)[] headers) =>
            await SendAsync(surface, text, headers) is { Status: 200 } answer ? answer.Header("cf-aig-cache-status") : "failed";

        Assert.Equal("MISS", await AskAsync("One"));
        Assert.Equal("MISS", await AskAsync("One", ("cf-aig-cache-ttl", "60")));
        Assert.Equal("HIT", await AskAsync("One", ("cf-aig-cache-ttl", "60")));
        Assert.Equal("HIT", await AskAsync("One", ("cf-cache-ttl", "60")));
        Assert.Equal("MISS", await AskAsync("One", ("cf-aig-cache-ttl", "60"), ("cf-aig-skip-cache", "true")));
        Assert.Equal("MISS", await AskAsync("One", ("cf-aig-cache-ttl", "60"), ("cf-skip-cache", "true")));
        Assert.Equal("MISS", await AskAsync("One", ("cf-aig-cache-ttl", "0")));
        Assert.Equal("MISS", await AskAsync("Two", ("cf-aig-cache-key", "k")));
        Assert.Equal("HIT", await AskAsync("Three", ("cf-aig-cache-key", "k")));
    }

    [Theory, MemberData(nameof(Surfaces))]
    public async Task StaleIfError_OnEverySurface_ServesTheOldAnswer(string surface)
    {
        (string, string)[] headers = [("cf-aig-cache-ttl", "60"), ("cf-aig-cache-stale-if-error", "600")];
        Assert.Equal(200, (await SendAsync(surface, "Hello", headers)).Status);
        _host.Clock.Advance(TimeSpan.FromSeconds(61));
        _host.Script.Otherwise(_ => UpstreamReply.Json("{}", 500));

        var stale = await SendAsync(surface, "Hello", headers);

        Assert.Equal((200, "true"), (stale.Status, stale.Header("cf-aig-cache-stale")));
    }

    [Theory, MemberData(nameof(Surfaces))]
    public async Task AttemptHeaders_OnEverySurface_HaveTheirEffect(string surface)
    {
        _host.Script.Otherwise(_ => UpstreamReply.Json("""{"error":{"message":"down"}}""", 500));

        var answering = SendAsync(surface, "Hello", ("cf-aig-max-attempts", "3"), ("cf-aig-retry-delay", "1700"), ("cf-aig-backoff", "linear"));
        await _host.Clock.SetAsync(TimeSpan.FromMilliseconds(1_700), _cancelled);
        _host.Clock.Advance(TimeSpan.FromMilliseconds(1_700));
        await _host.Clock.SetAsync(TimeSpan.FromMilliseconds(3_400), _cancelled);
        _host.Clock.Advance(TimeSpan.FromMilliseconds(3_400));

        Assert.Equal((500, 3), ((await answering).Status, _host.Script.Requests.Count));
    }

    [Theory, MemberData(nameof(Surfaces))]
    public async Task RequestTimeout_OnEverySurface_EndsTheWait(string surface)
    {
        _host.Script.Otherwise(_ => new UpstreamReply().Stall());

        var answering = SendAsync(surface, "Hello", ("cf-aig-request-timeout", "2300"));
        await _host.Script.NextAsync(_cancelled);
        await _host.Clock.SetAsync(TimeSpan.FromMilliseconds(2_300), _cancelled);
        _host.Clock.Advance(TimeSpan.FromMilliseconds(2_300));
        var answer = await answering;

        AssertRefused(answer, 504, 2005);
    }

    [Theory, MemberData(nameof(Surfaces))]
    public async Task HedgeDelay_OnEverySurface_BeginsASecondCall(string surface)
    {
        var gate = new Gate();
        _host.Script.Then(new UpstreamReply().Wait(gate));

        var answering = SendAsync(surface, "Hello", ("cf-aig-hedge-delay", "1900"));
        await _host.Script.NextAsync(_cancelled);
        await _host.Clock.SetAsync(TimeSpan.FromMilliseconds(1_900), _cancelled);
        _host.Clock.Advance(TimeSpan.FromMilliseconds(1_900));

        Assert.Equal((200, 2), ((await answering).Status, _host.Script.Requests.Count));
        gate.Open();
    }

    [Theory, MemberData(nameof(Surfaces))]
    public async Task NoWholesale_OnEverySurface_ForbidsTheOperatorsCredential(string surface)
    {
        Assert.Equal(200, (await SendAsync(surface, "Hello")).Status);

        var answer = await SendAsync(surface, "Hello", ("cf-aig-no-wholesale", "true"));

        if (Surface.All[surface].IsHosted)
        {
            Assert.Equal(200, answer.Status); // The gateway's own offer.
        }
        else
        {
            AssertRefused(answer, 400, 2040);
        }
    }

    private static void AssertRefused(FrontAnswer answer, int status, int code)
    {
        Assert.True(answer.Status == status, $"{answer.Status}: {answer.Text}");
        if (answer.Json.GetProperty("error").ValueKind == JsonValueKind.Array)
        {
            Assert.Equal(code, answer.ErrorCode); // Responses and Messages have no place for it.
        }
    }

    private Task<FrontAnswer> SendAsync(string surface, string text, params (string Name, string Value)[] headers) => Surface.All[surface].SendAsync(_host, text, headers);
}
