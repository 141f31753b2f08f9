using GatewayActors.Abstractions;
using GatewayActors.Abstractions.CustomDomains;
using Orleans.Core.Internal;
using Xunit;

namespace GatewayActors.Grains.Tests.CustomDomains;

/// <summary>The grain of all domains. The key is one of the test's own: in the product there is one for the whole cluster.</summary>
[Collection(typeof(ClusterTests))]
public sealed class CustomDomainsGrainTests(ClusterFixture fixture)
{
    private const int Most = 5;

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private readonly string _key = $"test-{Guid.CreateVersion7():N}";

    [Fact]
    public async Task ActivateAsync_ByManyAccountsAtOnce_IsDoneForOne()
    {
        var accounts = Enumerable.Range(0, 12).Select(number => $"account-{number}").ToArray();
        await Task.WhenAll(accounts.Select((account, index) => Grain(index).CreateAsync(Domain(account), Most, _cancelled)));

        var changes = await Task.WhenAll(accounts.Select((account, index) => Grain(index).ActivateAsync(account, "g", "llm.example.com", _cancelled)));

        var done = Assert.Single(changes, change => change.Outcome == CustomDomainOutcome.Done).Domain!;
        Assert.Equal(11, changes.Count(change => change.Outcome == CustomDomainOutcome.Taken));
        Assert.Equal(GrainKeys.Gateway(done.AccountId, "g"), (await Grain().FindActiveAsync(0, _cancelled))!.Gateways["llm.example.com"]);
    }

    [Fact]
    public async Task CreateAsync_MoreThanAGatewayMayHave_IsRefused()
    {
        var changes = await Task.WhenAll(Enumerable.Range(0, 9).Select(number => Grain(number).CreateAsync(Domain("a", $"h{number}.example.com"), Most, _cancelled)));

        Assert.Equal((Most, 9 - Most), (changes.Count(change => change.Outcome == CustomDomainOutcome.Done), changes.Count(change => change.Outcome == CustomDomainOutcome.TooMany)));
    }

    [Fact]
    public async Task Domains_AfterAnotherActivation_AreThereUnderTheSameRevision()
    {
        await Grain().CreateAsync(Domain("a"), Most, _cancelled);
        await Grain().ActivateAsync("a", "g", "llm.example.com", _cancelled);
        var before = (await Grain().FindActiveAsync(0, _cancelled))!;

        await Grain().AsReference<IGrainManagementExtension>().DeactivateOnIdle(_cancelled);

        Assert.Null(await Grain().FindActiveAsync(before.Revision, _cancelled));
        Assert.Equal(before.Gateways, (await Grain().FindActiveAsync(0, _cancelled))!.Gateways);
    }

    [Fact]
    public async Task ActivateAsync_WhoseWriteFails_HasChangedNothing()
    {
        await Grain().CreateAsync(Domain("a"), Most, _cancelled);
        var failures = 1;
        fixture.Storage.BeforeWrite(Grain(), () => Interlocked.Decrement(ref failures) >= 0 ? new IOException("The disk is full.") : null);

        await Assert.ThrowsAnyAsync<Exception>(() => Grain().ActivateAsync("a", "g", "llm.example.com", _cancelled));

        Assert.Empty((await Grain().FindActiveAsync(0, _cancelled))!.Gateways);
        Assert.Single(await Grain().ListPendingAsync(_cancelled));
        Assert.Equal(CustomDomainOutcome.Done, (await Grain().ActivateAsync("a", "g", "llm.example.com", _cancelled)).Outcome);
    }

    [Fact]
    public async Task CreateAsync_AfterAWriteOfAnotherActivation_ReadsAnewAndLosesNothing()
    {
        await Grain().CreateAsync(Domain("a"), Most, _cancelled);
        fixture.Storage.Store("custom-domains", Grain(), fixture.Storage.Stored("custom-domains", Grain())!); // The same, under another ETag.

        await Assert.ThrowsAnyAsync<Exception>(() => Grain().CreateAsync(Domain("a", "other.example.com"), Most, _cancelled));
        await Grain().CreateAsync(Domain("a", "other.example.com"), Most, _cancelled);

        Assert.Equal(["other.example.com", "llm.example.com"], (await Grain().ListAsync("a", "g", _cancelled)).Select(domain => domain.Hostname));
    }

    [Fact]
    public async Task ClearAsync_OfOneAccount_LeavesAnothers()
    {
        await Grain().CreateAsync(Domain("a"), Most, _cancelled);
        await Grain().CreateAsync(Domain("b"), Most, _cancelled);

        Assert.Equal(CustomDomainOutcome.NotFound, (await Grain().DeleteAsync("b", "another", "llm.example.com", _cancelled)).Outcome);
        await Grain().ClearAsync("a", gatewayId: null, _cancelled);

        Assert.Empty(await Grain().ListAsync("a", "g", _cancelled));
        Assert.Single(await Grain().ListAsync("b", "g", _cancelled));
    }

    private static CustomDomain Domain(string account, string hostname = "llm.example.com") =>
        new() { Hostname = hostname, AccountId = account, GatewayId = "g", IsActive = false, CreatedAt = default, ModifiedAt = default };

    private ICustomDomainsGrain Grain(int door = 0) => fixture.Doors[door % fixture.Doors.Count].GetGrain<ICustomDomainsGrain>(_key);
}
