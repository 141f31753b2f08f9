using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Gateways;
using Xunit;

namespace GatewayActors.Grains.Tests.Gateways;

[Collection(typeof(ClusterTests))]
public sealed class AdmissionTests(ClusterFixture fixture)
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task AdmitAsync_FiftyFirstCallersOfDefault_CreateOneGateway()
    {
        var account = await fixture.CreateAccountAsync();
        var admissions = await Task.WhenAll(Enumerable.Range(0, 50).Select(async number =>
        {
            var gateway = fixture.Doors[number % fixture.Doors.Count].GetGrain<IGatewayGrain>(GrainKeys.Gateway(account, "default"));
            return await gateway.AdmitAsync(0, Caller.Authenticated, _cancelled);
        }));

        Assert.All(admissions, admission => Assert.Equal(AdmissionVerdict.Admitted, admission.Verdict));
        Assert.Single(admissions.Select(admission => admission.Gateway!.InternalId).Distinct());
        Assert.Equal(["default"], await fixture.Account(account).ListGatewaysAsync(_cancelled));

        var created = admissions[0].Gateway!;
        Assert.True(created.IsDefault);
        Assert.Equal(1, created.Version);
        Assert.True(created.Configuration is { Authentication: true, CollectLogs: true, CacheTtl: 0, RateLimitingLimit: 0, ByokOnly: null });
        Assert.Equal(WorkersAiBillingMode.Postpaid, created.Configuration.WorkersAiBillingMode);
    }

    [Fact]
    public async Task AdmitAsync_DefaultIsMissingAndCallerAnonymous_CreatesNothingAndDoesNotStay()
    {
        var account = await fixture.CreateAccountAsync();
        var gateway = fixture.Gateway(account, "default");
        for (var call = 1; call <= 3; call++)
        {
            var admission = await gateway.AdmitAsync(0, Caller.Anonymous, _cancelled);
            Assert.Equal(AdmissionVerdict.Unauthorized, admission.Verdict);
            Assert.Equal(call, fixture.Storage.ReadsOf(gateway));
        }

        Assert.Null(fixture.Storage.Stored("gateway", gateway));
        Assert.Empty(await fixture.Account(account).ListGatewaysAsync(_cancelled));
    }

    [Theory]
    [InlineData("default")]
    [InlineData("main")]
    public async Task AdmitAsync_AccountDoesNotExist_FindsNoGatewayAndDoesNotStay(string gatewayId)
    {
        var account = ClusterFixture.NewAccountId();
        var gateway = fixture.Gateway(account, gatewayId);
        for (var call = 1; call <= 3; call++)
        {
            Assert.Equal(AdmissionVerdict.GatewayNotFound, (await gateway.AdmitAsync(0, Caller.Authenticated, _cancelled)).Verdict);
            Assert.Equal(call, fixture.Storage.ReadsOf(gateway));
        }

        Assert.Null(await fixture.Account(account).GetAsync(_cancelled));
    }

    [Theory]
    [InlineData(Caller.Anonymous)]
    [InlineData(Caller.Authenticated)]
    public async Task AdmitAsync_OtherIdIsMissing_IsNotFoundAndNotKept(Caller caller)
    {
        var account = await fixture.CreateAccountAsync();
        var gateway = fixture.Gateway(account, "missing");
        for (var call = 1; call <= 3; call++)
        {
            var admission = await gateway.AdmitAsync(0, caller, _cancelled);
            Assert.Equal(AdmissionVerdict.GatewayNotFound, admission.Verdict);
            Assert.Null(admission.Gateway);
            Assert.Equal(call, fixture.Storage.ReadsOf(gateway));
        }

        Assert.Null(fixture.Storage.Stored("gateway", gateway));
    }

    [Theory]
    [InlineData(null, Caller.Authenticated, AdmissionVerdict.Admitted)]
    [InlineData(null, Caller.Anonymous, AdmissionVerdict.Unauthorized)]
    [InlineData(true, Caller.Authenticated, AdmissionVerdict.Admitted)]
    [InlineData(true, Caller.Anonymous, AdmissionVerdict.Unauthorized)]
    [InlineData(false, Caller.Authenticated, AdmissionVerdict.Admitted)]
    [InlineData(false, Caller.Anonymous, AdmissionVerdict.Admitted)]
    public async Task AdmitAsync_ByAuthenticationAndCaller_Decides(bool? authentication, Caller caller, AdmissionVerdict verdict)
    {
        var gateway = fixture.Gateway(await fixture.CreateAccountAsync());
        await gateway.CreateAsync(ClusterFixture.Configuration(authentication), _cancelled);

        var admission = await gateway.AdmitAsync(0, caller, _cancelled);

        Assert.Equal(verdict, admission.Verdict);
        Assert.Equal(1, admission.Version);
        Assert.Equal(verdict == AdmissionVerdict.Admitted, admission.Gateway is not null); // A stranger learns nothing.
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(0, true)]
    [InlineData(2, true)] // Seen on a store that was put back to an older copy since.
    public async Task AdmitAsync_BySeenVersion_BringsTheConfiguration(long seen, bool brings)
    {
        var gateway = fixture.Gateway(await fixture.CreateAccountAsync());
        await gateway.CreateAsync(ClusterFixture.Configuration(), _cancelled);

        var admission = await gateway.AdmitAsync(seen, Caller.Authenticated, _cancelled);

        Assert.Equal(1, admission.Version);
        Assert.Equal(brings, admission.Gateway is not null);
    }

    [Fact]
    public async Task UpdateAsync_HasReturned_HoldsForTheNextAdmissionOnEveryNode()
    {
        const int Trials = 500;
        var key = GrainKeys.Gateway(await fixture.CreateAccountAsync(), "main");
        var gateways = fixture.Doors.Select(door => door.GetGrain<IGatewayGrain>(key)).ToArray();
        await gateways[0].CreateAsync(ClusterFixture.Configuration(cacheTtl: 0), _cancelled);
        var seen = new long[gateways.Length];
        for (var trial = 1; trial <= Trials; trial++)
        {
            var change = await gateways[trial % gateways.Length].UpdateAsync(ClusterFixture.Configuration(cacheTtl: trial), _cancelled);
            Assert.Equal(GatewayChangeOutcome.Done, change.Outcome);
            Assert.Equal(trial + 1, change.Gateway!.Version);
            for (var door = 0; door < gateways.Length; door++)
            {
                var admission = await gateways[door].AdmitAsync(seen[door], Caller.Authenticated, _cancelled);
                Assert.Equal(trial, admission.Gateway!.Configuration.CacheTtl);
                seen[door] = admission.Version;
            }
        }
    }

    [Fact]
    public async Task AdmitAsync_DuringAWrite_DecidesByTheOldConfigurationWithoutWaiting()
    {
        var gateway = fixture.Gateway(await fixture.CreateAccountAsync());
        await gateway.CreateAsync(ClusterFixture.Configuration(authentication: true), _cancelled);
        var writing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var stored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        fixture.Storage.DuringWrite(gateway, () =>
        {
            writing.TrySetResult();
            return stored.Task;
        });

        var update = gateway.UpdateAsync(ClusterFixture.Configuration(authentication: false), _cancelled);
        await writing.Task.WaitAsync(_cancelled);
        Assert.Equal(AdmissionVerdict.Unauthorized, (await gateway.AdmitAsync(1, Caller.Anonymous, _cancelled)).Verdict);

        stored.SetResult();
        await update;
        Assert.Equal(AdmissionVerdict.Admitted, (await gateway.AdmitAsync(1, Caller.Anonymous, _cancelled)).Verdict);
    }
}
