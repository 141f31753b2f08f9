using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Dlp;
using GatewayActors.Abstractions.Gateways;
using Orleans.Core.Internal;
using Orleans.Runtime;
using Xunit;

namespace GatewayActors.Grains.Tests.Dlp;

[Collection(typeof(ClusterTests))]
public sealed class DlpProfilesGrainTests(ClusterFixture fixture)
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task CreateAsync_AnAccount_IsStoredAndReadThroughEveryDoor()
    {
        var account = await fixture.CreateAccountAsync();
        var profiles = Grain(account);

        var created = (await profiles.CreateAsync(Profile("one"), _cancelled)).Profile!;
        await profiles.AsReference<IGrainManagementExtension>().DeactivateOnIdle(_cancelled);

        foreach (var door in fixture.Doors)
        {
            var set = (await door.GetGrain<IDlpProfilesGrain>(GrainKeys.DlpProfiles(account)).GetAsync(0, _cancelled))!;
            Assert.Equal((1, created.Id, "one"), (set.Version, Assert.Single(set.Profiles).Id, set.Profiles[0].Definition.Name));
            Assert.Equal("abc{1,3}", Assert.Single(set.Profiles[0].Definition.Entries).Regex);
            Assert.Null(await door.GetGrain<IDlpProfilesGrain>(GrainKeys.DlpProfiles(account)).GetAsync(set.Version, _cancelled));
        }
    }

    [Fact]
    public async Task CreateAsync_AccountDoesNotExist_IsRefusedAndNothingStored()
    {
        var profiles = Grain(ClusterFixture.NewAccountId());

        Assert.Equal(DlpProfileOutcome.AccountNotFound, (await profiles.CreateAsync(Profile("one"), _cancelled)).Outcome);
        Assert.Equal(DlpProfileOutcome.AccountNotFound, await profiles.SetPredefinedAsync(Settings(), _cancelled));
        Assert.Null(fixture.Storage.Stored("dlp-profiles", profiles));
    }

    [Fact]
    public async Task CreateAsync_NameTakenOrTooMany_IsRefused()
    {
        var (one, other) = (Grain(await fixture.CreateAccountAsync()), Grain(await fixture.CreateAccountAsync()));
        await one.CreateAsync(Profile("same"), _cancelled);

        Assert.Equal(DlpProfileOutcome.NameTaken, (await one.CreateAsync(Profile("Same"), _cancelled)).Outcome);
        Assert.Equal(DlpProfileOutcome.Done, (await other.CreateAsync(Profile("same"), _cancelled)).Outcome);
        Assert.Equal(DlpProfileOutcome.TooMany, (await one.CreateAsync(Profile("more", entries: DlpLimits.Entries), _cancelled)).Outcome);
    }

    [Fact]
    public async Task UpdateAsync_Outdated_IsRefused()
    {
        var profiles = Grain(await fixture.CreateAccountAsync());
        var created = (await profiles.CreateAsync(Profile("one"), _cancelled)).Profile!;

        var changed = (await profiles.UpdateAsync(created.Id, Profile("two"), created.Version, _cancelled)).Profile!;

        Assert.Equal((created.Id, "two", true), (changed.Id, changed.Definition.Name, changed.Version > created.Version));
        Assert.Equal(DlpProfileOutcome.Outdated, (await profiles.UpdateAsync(created.Id, Profile("three"), created.Version, _cancelled)).Outcome);
        Assert.Equal(DlpProfileOutcome.NotFound, (await profiles.UpdateAsync(Guid.Empty, Profile("three"), 1, _cancelled)).Outcome);
    }

    [Fact]
    public async Task Predefined_SetAndReset_ChangeTheSet()
    {
        var profiles = Grain(await fixture.CreateAccountAsync());

        await profiles.SetPredefinedAsync(Settings(), _cancelled);
        await profiles.SetPredefinedAsync(Settings() with { EnabledEntries = [] }, _cancelled);
        Assert.Empty(Assert.Single((await profiles.GetAsync(0, _cancelled))!.Predefined).EnabledEntries);

        await profiles.ResetPredefinedAsync(Settings().ProfileId, _cancelled);
        Assert.Equal((3, 0), ((await profiles.GetAsync(0, _cancelled))!.Version, (await profiles.GetAsync(0, _cancelled))!.Predefined.Count));
    }

    [Fact]
    public async Task AdmitAsync_OfAGatewayWithDlp_TellsEveryChangeAtOnce()
    {
        var account = await fixture.CreateAccountAsync();
        var gateway = fixture.Doors[0].GetGrain<IGatewayGrain>(GrainKeys.Gateway(account, "main"));
        await gateway.CreateAsync(Configuration(new() { Enabled = true, Profiles = [] }), _cancelled);
        Assert.Null((await gateway.AdmitAsync(Query(seenDlp: 0), _cancelled)).Dlp);

        await Grain(account).CreateAsync(Profile("one"), _cancelled);

        Assert.Equal(1, (await gateway.AdmitAsync(Query(seenDlp: 0), _cancelled)).Dlp);
        Assert.Null((await gateway.AdmitAsync(Query(seenDlp: 1), _cancelled)).Dlp);
        await gateway.AsReference<IGrainManagementExtension>().DeactivateOnIdle(_cancelled);
        Assert.Equal(1, (await gateway.AdmitAsync(Query(seenDlp: 0), _cancelled)).Dlp);
    }

    [Fact]
    public async Task AdmitAsync_OfAGatewayWithoutDlp_TellsNothing()
    {
        var account = await fixture.CreateAccountAsync();
        var gateway = fixture.Doors[0].GetGrain<IGatewayGrain>(GrainKeys.Gateway(account, "main"));
        await gateway.CreateAsync(Configuration(dlp: null), _cancelled);
        await Grain(account).CreateAsync(Profile("one"), _cancelled);

        Assert.Null((await gateway.AdmitAsync(Query(seenDlp: 0), _cancelled)).Dlp);

        await gateway.UpdateAsync(Configuration(new() { Enabled = true, Profiles = [] }), _cancelled);
        Assert.Equal(1, (await gateway.AdmitAsync(Query(seenDlp: 0), _cancelled)).Dlp);
    }

    [Fact]
    public async Task ClearAsync_LeavesNothingButTheVersion()
    {
        var profiles = Grain(await fixture.CreateAccountAsync());
        await profiles.CreateAsync(Profile("one"), _cancelled);

        await profiles.ClearAsync(_cancelled);

        var set = (await profiles.GetAsync(0, _cancelled))!;
        Assert.Equal((2, 0), (set.Version, set.Profiles.Count));
    }

    private IDlpProfilesGrain Grain(string account) => fixture.Doors[0].GetGrain<IDlpProfilesGrain>(GrainKeys.DlpProfiles(account));

    private static DlpPredefinedSettings Settings() => new() { ProfileId = new("11111111-1111-1111-1111-111111111111"), Thresholds = new() { AllowedMatchCount = 2 }, EnabledEntries = [Guid.Empty] };

    private static DlpProfileDefinition Profile(string name, int entries = 1) => new()
    {
        Name = name,
        Thresholds = new(),
        SharedEntries = [],
        Entries =
        [
            .. Enumerable.Range(0, entries).Select(i => new DlpCustomEntry
            {
                Id = Guid.CreateVersion7(DateTimeOffset.UnixEpoch), Name = $"entry {i}", Enabled = true, Regex = "abc{1,3}", CreatedAt = DateTimeOffset.UnixEpoch, ModifiedAt = DateTimeOffset.UnixEpoch,
            }),
        ],
    };

    private static GatewayConfiguration Configuration(DlpConfiguration? dlp) => new() { CacheInvalidateOnUpdate = false, CacheTtl = null, CollectLogs = true, RateLimitingInterval = null, RateLimitingLimit = null, Dlp = dlp };

    private static AdmissionQuery Query(long seenDlp) => new() { SeenVersion = 0, Caller = Caller.Authenticated, SeenDlp = seenDlp };
}
