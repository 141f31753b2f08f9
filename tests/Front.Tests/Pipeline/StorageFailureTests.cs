using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Front.Tests.Management;
using GatewayActors.Front.Tests.Telemetry;
using GatewayActors.Testing.Upstreams;
using Microsoft.Extensions.Logging;
using Orleans.Core.Internal;
using Xunit;

namespace GatewayActors.Front.Tests.Pipeline;

/// <summary>An exchange that no grain can decide about, because the grains' storage fails, is refused for now: real grains, real tokens.</summary>
[Collection(typeof(AdminTests))]
public sealed class StorageFailureTests(AdminHost admin) : IAsyncLifetime
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private readonly RecordedEvents _events = new();
    private DataPlaneHost _host = null!;
    private Tenant _tenant = null!;

    public async ValueTask InitializeAsync()
    {
        var verifier = new TokenVerifier(admin.Grains, new OperatorToken(AdminHost.OperatorToken), TimeProvider.System);
        _host = await DataPlaneHost.StartAsync(cluster: admin.Grains, verifier: verifier, logging: _events);
        _host.Script.Otherwise(_ => UpstreamReply.Json(DataPlane.Bodies.Completion));
        _tenant = await admin.CreateTenantAsync();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Admission_GatewayCannotBeRead_Is503UntilItCan()
    {
        await CreateAsync("main");
        await Gateway("main").Cast<IGrainManagementExtension>().DeactivateOnIdle(_cancelled);
        admin.Storage.BeforeRead(Gateway("main"), () => new IOException("secret: disk broken"));

        AssertUnavailable(await CallAsync("main"), 1001);

        admin.Storage.BeforeRead(Gateway("main"), () => null);
        Assert.Equal(200, (await CallAsync("main")).Status);
    }

    [Fact]
    public async Task Admission_DefaultGatewayCannotBeStored_Is503UntilItCan()
    {
        admin.Storage.BeforeWrite(Gateway("default"), () => new IOException("secret: disk full"));

        AssertUnavailable(await CallAsync("default"), 1001);

        admin.Storage.BeforeWrite(Gateway("default"), () => null);
        Assert.Equal(200, (await CallAsync("default")).Status);
    }

    [Fact]
    public async Task Admission_AccountCannotListTheDefaultGateway_Is503UntilItCan()
    {
        admin.Storage.BeforeWrite(admin.Account(_tenant.AccountId), () => new IOException("secret: disk full"));

        AssertUnavailable(await CallAsync("default"), 1001);

        admin.Storage.BeforeWrite(admin.Account(_tenant.AccountId), () => null);
        Assert.Equal(200, (await CallAsync("default")).Status);
    }

    [Fact]
    public async Task Admission_RateThatWasCountedCannotBeRead_Is503UntilItCan()
    {
        await CreateAsync("main", ""","rate_limiting_technique":"fixed" """, rate: """ "rate_limiting_interval":3600,"rate_limiting_limit":100 """);
        await Gateway("main").Cast<IGrainManagementExtension>().DeactivateOnIdle(_cancelled);
        var reads = 0;
        admin.Storage.BeforeRead(Gateway("main"), () => Interlocked.Increment(ref reads) % 2 == 0 ? new IOException("secret: disk broken") : null); // The second is the rate's.

        AssertUnavailable(await CallAsync("main"), 1001);

        admin.Storage.BeforeRead(Gateway("main"), () => null);
        Assert.Equal(200, (await CallAsync("main")).Status);
    }

    [Fact]
    public async Task Authentication_AccountCannotBeRead_Is503UntilItCan()
    {
        await CreateAsync("main");
        await admin.Account(_tenant.AccountId).Cast<IGrainManagementExtension>().DeactivateOnIdle(_cancelled);
        admin.Storage.BeforeRead(admin.Account(_tenant.AccountId), () => new IOException("secret: disk broken"));

        AssertUnavailable(await CallAsync("main"), 1003);

        admin.Storage.BeforeRead(admin.Account(_tenant.AccountId), () => null);
        Assert.Equal(200, (await CallAsync("main")).Status);
    }

    [Fact]
    public async Task Limits_QuotaCannotBeRead_Is503UntilItCan()
    {
        await CreateAsync("main", ""","token_limits":{"enabled":true,"rules":[{"id":"tpm","limitType":"tokens","limit":100000,"window":3600}]}""");
        var fails = true;
        admin.Storage.BeforeAnyRead("quota", key => fails && key.StartsWith(_tenant.AccountId, StringComparison.Ordinal) ? new IOException("secret: disk broken") : null);

        AssertUnavailable(await CallAsync("main"), 1301);

        fails = false;
        Assert.Equal(200, (await CallAsync("main")).Status);
    }

    private async Task CreateAsync(string id, string more = "", string rate = """ "rate_limiting_interval":null,"rate_limiting_limit":0 """) =>
        (await _tenant.SendAsync(HttpMethod.Post, "ai-gateway/gateways", $$"""{"id":"{{id}}","cache_invalidate_on_update":false,"cache_ttl":0,"collect_logs":true,{{rate}}{{more}}}""")).AssertSuccess();

    private Task<FrontAnswer> CallAsync(string gateway) => _host.SendToAsync(
        HttpMethod.Post,
        $"/v1/{_tenant.AccountId}/{gateway}/openai/chat/completions",
        new ByteArrayContent(DataPlane.Bodies.Chat),
        ("cf-aig-authorization", "Bearer " + _tenant.Token),
        ("authorization", "Bearer sk-client-key"),
        ("content-type", "application/json"));

    private void AssertUnavailable(FrontAnswer answer, int eventId)
    {
        answer.AssertError(503, 2000);
        Assert.Equal("1", answer.Header("retry-after"));
        Assert.DoesNotContain("secret", answer.Text, StringComparison.Ordinal);
        Assert.Empty(_host.Script.Requests);
        var logged = Assert.Single(_events.About(answer.Header("cf-aig-request-id")!));
        Assert.Equal((eventId, LogLevel.Error), (logged.Id, logged.Level));
        Assert.DoesNotContain("secret", logged.Text, StringComparison.Ordinal);
    }

    private IGatewayGrain Gateway(string id) => admin.Grains.GetGrain<IGatewayGrain>(GrainKeys.Gateway(_tenant.AccountId, id));
}
