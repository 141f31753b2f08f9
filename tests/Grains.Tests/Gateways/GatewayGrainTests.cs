using GatewayActors.Abstractions.Gateways;
using GatewayActors.Grains.Gateways;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Storage;
using Xunit;

namespace GatewayActors.Grains.Tests.Gateways;

[Collection(typeof(ClusterTests))]
public sealed class GatewayGrainTests(ClusterFixture fixture)
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task CreateAsync_Twice_KeepsTheFirst()
    {
        var account = await fixture.CreateAccountAsync();
        var gateway = fixture.Gateway(account);

        var first = await gateway.CreateAsync(ClusterFixture.Configuration(cacheTtl: 60), _cancelled);
        var second = await gateway.CreateAsync(ClusterFixture.Configuration(cacheTtl: 120), _cancelled);

        Assert.Equal(GatewayChangeOutcome.Done, first.Outcome);
        Assert.Equal(GatewayChangeOutcome.AlreadyExists, second.Outcome);
        Assert.Equal(60, (await gateway.GetAsync(_cancelled))!.Configuration.CacheTtl);
        Assert.Equal(["main"], await fixture.Account(account).ListGatewaysAsync(_cancelled));
        Assert.False(first.Gateway!.IsDefault);
        Assert.Equal((account, "main"), (first.Gateway.AccountId, first.Gateway.Id));
    }

    [Fact]
    public async Task CreateAsync_AccountDoesNotExist_IsRefusedAndDoesNotStay()
    {
        var gateway = fixture.Gateway(ClusterFixture.NewAccountId());
        for (var call = 1; call <= 2; call++)
        {
            Assert.Equal(GatewayChangeOutcome.AccountNotFound, (await gateway.CreateAsync(ClusterFixture.Configuration(), _cancelled)).Outcome);
            Assert.Equal(call, fixture.Storage.ReadsOf(gateway));
        }

        Assert.Null(await gateway.GetAsync(_cancelled));
    }

    [Fact]
    public async Task CreateAsync_AccountIsFull_IsRefusedUntilOneIsDeleted()
    {
        var account = await fixture.CreateAccountAsync();
        for (var number = 0; number < ClusterFixture.MaxGateways; number++)
        {
            await fixture.Gateway(account, $"gateway-{number}").CreateAsync(ClusterFixture.Configuration(), _cancelled);
        }

        var last = fixture.Gateway(account, "one-too-many");
        Assert.Equal(GatewayChangeOutcome.TooManyGateways, (await last.CreateAsync(ClusterFixture.Configuration(), _cancelled)).Outcome);
        Assert.Equal(AdmissionVerdict.GatewayNotFound, (await last.AdmitAsync(0, Caller.Authenticated, _cancelled)).Verdict);
        Assert.Equal(AdmissionVerdict.GatewayNotFound, (await fixture.Gateway(account, "default").AdmitAsync(0, Caller.Authenticated, _cancelled)).Verdict);
        Assert.Equal(["gateway-2", "gateway-1", "gateway-0"], await fixture.Account(account).ListGatewaysAsync(_cancelled));

        await fixture.Gateway(account, "gateway-1").DeleteAsync(_cancelled);
        Assert.Equal(GatewayChangeOutcome.Done, (await last.CreateAsync(ClusterFixture.Configuration(), _cancelled)).Outcome);
    }

    [Fact]
    public async Task DeleteAsync_ThenCreateAsync_NeverRepeatsAVersionOrAnInternalId()
    {
        var account = await fixture.CreateAccountAsync();
        var gateway = fixture.Gateway(account);
        var versions = new List<long>();
        var ids = new List<Guid>();
        for (var life = 0; life < 3; life++)
        {
            var created = (await gateway.CreateAsync(ClusterFixture.Configuration(cacheTtl: life), _cancelled)).Gateway!;
            var updated = (await gateway.UpdateAsync(ClusterFixture.Configuration(cacheTtl: life), _cancelled)).Gateway!;
            versions.AddRange([created.Version, updated.Version]);
            ids.Add(created.InternalId);
            Assert.Equal(created.InternalId, updated.InternalId);
            Assert.Equal(created.CreatedAt, updated.CreatedAt);

            var deleted = await gateway.DeleteAsync(_cancelled);
            Assert.Equal(GatewayChangeOutcome.Done, deleted.Outcome);
            Assert.Equal(updated.Version, deleted.Gateway!.Version);
            Assert.Equal(AdmissionVerdict.GatewayNotFound, (await gateway.AdmitAsync(updated.Version, Caller.Authenticated, _cancelled)).Verdict);
            Assert.Empty(await fixture.Account(account).ListGatewaysAsync(_cancelled));
        }

        Assert.Equal(versions.Order(), versions);
        Assert.Equal(versions.Count, versions.Distinct().Count());
        Assert.Equal(3, ids.Distinct().Count());
    }

    [Fact]
    public async Task DeleteAsync_OfDefault_LetsTheNextAdmissionCreateItAnew()
    {
        var account = await fixture.CreateAccountAsync();
        var gateway = fixture.Gateway(account, "default");
        var first = (await gateway.AdmitAsync(0, Caller.Authenticated, _cancelled)).Gateway!;
        await gateway.DeleteAsync(_cancelled);

        var second = (await gateway.AdmitAsync(first.Version, Caller.Authenticated, _cancelled)).Gateway!;

        Assert.True(second.Version > first.Version);
        Assert.NotEqual(first.InternalId, second.InternalId);
    }

    [Fact]
    public async Task UpdateAndDelete_OfNothing_AreNotFound()
    {
        var gateway = fixture.Gateway(await fixture.CreateAccountAsync());

        Assert.Equal(GatewayChangeOutcome.NotFound, (await gateway.UpdateAsync(ClusterFixture.Configuration(), _cancelled)).Outcome);
        Assert.Equal(GatewayChangeOutcome.NotFound, (await gateway.DeleteAsync(_cancelled)).Outcome);
        Assert.Null(fixture.Storage.Stored("gateway", gateway));
    }

    [Fact]
    public async Task UpdateAsync_StorageFails_LeavesNothingUnsaved()
    {
        var gateway = fixture.Gateway(await fixture.CreateAccountAsync());
        await gateway.CreateAsync(ClusterFixture.Configuration(cacheTtl: 60), _cancelled);
        fixture.Storage.BeforeWrite(gateway, () => new IOException("disk full"));

        await Assert.ThrowsAsync<OrleansException>(() => gateway.UpdateAsync(ClusterFixture.Configuration(cacheTtl: 120), _cancelled));

        var admission = await gateway.AdmitAsync(0, Caller.Authenticated, _cancelled);
        Assert.Equal((1, 60), (admission.Version, admission.Gateway!.Configuration.CacheTtl));
        Assert.Equal(60, (await gateway.GetAsync(_cancelled))!.Configuration.CacheTtl);

        fixture.Storage.BeforeWrite(gateway, () => null);
        var change = await gateway.UpdateAsync(ClusterFixture.Configuration(cacheTtl: 180), _cancelled);
        Assert.Equal((2, 180), (change.Gateway!.Version, change.Gateway.Configuration.CacheTtl));
    }

    [Fact]
    public async Task UpdateAsync_AnotherActivationHasWritten_FailsAndTheNextCallReadsWhatIsStored()
    {
        var gateway = fixture.Gateway(await fixture.CreateAccountAsync());
        await gateway.CreateAsync(ClusterFixture.Configuration(cacheTtl: 60), _cancelled);
        var record = (await gateway.GetAsync(_cancelled))!;
        var other = new GatewayState { Gateway = record with { Version = 7, Configuration = ClusterFixture.Configuration(cacheTtl: 999) }, LastVersion = 7 };
        fixture.Storage.Store("gateway", gateway, Serializer.Serialize(other).ToArray());

        await Assert.ThrowsAsync<InconsistentStateException>(() => gateway.UpdateAsync(ClusterFixture.Configuration(cacheTtl: 120), _cancelled));

        var admission = await gateway.AdmitAsync(1, Caller.Authenticated, _cancelled);
        Assert.Equal((7, 999), (admission.Version, admission.Gateway!.Configuration.CacheTtl));
        Assert.Equal(2, fixture.Storage.ReadsOf(gateway));
    }

    [Fact]
    public async Task AdmitAsync_CreationOfDefaultFailsOnce_TheNextAdmissionCreatesIt()
    {
        var account = await fixture.CreateAccountAsync();
        var gateway = fixture.Gateway(account, "default");
        var failures = 0;
        fixture.Storage.BeforeWrite(gateway, () => Interlocked.Increment(ref failures) == 1 ? new IOException("disk full") : null);

        await Assert.ThrowsAsync<OrleansException>(async () => await gateway.AdmitAsync(0, Caller.Authenticated, _cancelled));
        var admission = await gateway.AdmitAsync(0, Caller.Authenticated, _cancelled);

        Assert.Equal(AdmissionVerdict.Admitted, admission.Verdict);
        Assert.Equal(1, admission.Version);
        Assert.Equal(["default"], await fixture.Account(account).ListGatewaysAsync(_cancelled));
    }

    [Fact]
    public async Task AdmitAsync_StateCannotBeRead_FailsAsInfrastructureThroughEveryDoor()
    {
        var account = await fixture.CreateAccountAsync();
        foreach (var door in fixture.Doors)
        {
            var gateway = door.GetGrain<IGatewayGrain>(Abstractions.GrainKeys.Gateway(account, "g" + Guid.CreateVersion7().ToString("N")));
            fixture.Storage.BeforeRead(gateway, () => new IOException("disk broken"));

            var failure = await Record.ExceptionAsync(async () => await gateway.AdmitAsync(0, Caller.Authenticated, _cancelled));
            Assert.IsAssignableFrom<OrleansException>(failure);
            failure = await Record.ExceptionAsync(async () => await gateway.GetAsync(_cancelled));
            Assert.IsAssignableFrom<OrleansException>(failure);

            fixture.Storage.BeforeRead(gateway, () => null);
            Assert.Null(await gateway.GetAsync(_cancelled));
        }
    }

    [Fact]
    public async Task DeleteAsync_AccountFailsToForgetIt_TheGatewayIsGoneAndCanBeDeletedFromTheListLater()
    {
        var account = await fixture.CreateAccountAsync();
        var gateway = fixture.Gateway(account);
        await gateway.CreateAsync(ClusterFixture.Configuration(), _cancelled);
        var failures = 0;
        fixture.Storage.BeforeWrite(fixture.Account(account), () => Interlocked.Increment(ref failures) == 1 ? new IOException("disk full") : null);

        await Assert.ThrowsAsync<OrleansException>(() => gateway.DeleteAsync(_cancelled));
        Assert.Equal(AdmissionVerdict.GatewayNotFound, (await gateway.AdmitAsync(0, Caller.Authenticated, _cancelled)).Verdict);

        Assert.Equal(GatewayChangeOutcome.NotFound, (await gateway.DeleteAsync(_cancelled)).Outcome);
        Assert.Empty(await fixture.Account(account).ListGatewaysAsync(_cancelled));
    }

    private OrleansGrainStorageSerializer Serializer => new(fixture.Silo.GetRequiredService<Serializer>());
}
