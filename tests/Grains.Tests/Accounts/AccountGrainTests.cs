using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Grains.Tests.Gateways;
using Orleans.Core.Internal;
using Orleans.Runtime;
using Xunit;

namespace GatewayActors.Grains.Tests.Accounts;

[Collection(typeof(ClusterTests))]
public sealed class AccountGrainTests(ClusterFixture fixture)
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    private IAccountDirectoryGrain Directory => fixture.Client.GetGrain<IAccountDirectoryGrain>(GrainKeys.AccountDirectory);

    [Fact]
    public async Task CreateAsync_Twice_KeepsTheFirstNameAndListsItOnce()
    {
        var id = ClusterFixture.NewAccountId();
        var account = fixture.Account(id);

        var first = await account.CreateAsync("first", _cancelled);
        var second = await account.CreateAsync("second", _cancelled);

        Assert.Equal(first, second);
        Assert.Equal((id, "first"), (first.Id, first.Name));
        Assert.Single(await Directory.ListAsync(_cancelled), id);
    }

    [Fact]
    public async Task RenameAsync_OfAnAccount_IsStored()
    {
        var account = fixture.Account(await fixture.CreateAccountAsync());

        Assert.Equal("renamed", (await account.RenameAsync("renamed", _cancelled))!.Name);

        await DeactivateAsync(account);
        Assert.Equal("renamed", (await account.GetAsync(_cancelled))!.Name);
    }

    [Fact]
    public async Task Account_ThatDoesNotExist_AnswersNothingAndDoesNotStay()
    {
        var account = fixture.Account(ClusterFixture.NewAccountId());
        var calls = 0;

        Assert.Null(await account.GetAsync(_cancelled));
        Assert.Equal(++calls, fixture.Storage.ReadsOf(account));
        Assert.Null(await account.FindTokenAsync("hash", _cancelled));
        Assert.Equal(++calls, fixture.Storage.ReadsOf(account));
        Assert.Equal(GatewayRegistration.AccountNotFound, await account.RegisterGatewayAsync("main", _cancelled));
        Assert.Equal(++calls, fixture.Storage.ReadsOf(account));
        Assert.Null(await account.RenameAsync("name", _cancelled));
        Assert.Null(await account.CreateTokenAsync(Tokens.Definition(), "hash", _cancelled));
        Assert.False(await account.DeleteAsync(_cancelled));
        Assert.Empty(await account.ListTokensAsync(_cancelled));
        Assert.Null(fixture.Storage.Stored("account", account));
    }

    [Fact]
    public async Task DeleteAsync_OfAnAccount_TakesGatewaysTokensAndTheEntryInTheDirectory()
    {
        var id = await fixture.CreateAccountAsync();
        var account = fixture.Account(id);
        await account.CreateTokenAsync(Tokens.Definition(), "hash", _cancelled);
        await fixture.Gateway(id, "one").CreateAsync(ClusterFixture.Configuration(authentication: false), _cancelled);
        await fixture.Gateway(id, "two").CreateAsync(ClusterFixture.Configuration(), _cancelled);

        Assert.True(await account.DeleteAsync(_cancelled));

        await AssertGoneAsync(id);
        Assert.False(await account.DeleteAsync(_cancelled));
    }

    [Theory]
    [InlineData(1)] // the mark that a deletion has begun is never stored
    [InlineData(2)] // the mark is stored, the first gateway cannot be taken off the list
    [InlineData(3)]
    [InlineData(4)] // everything is gone but the account itself
    public async Task DeleteAsync_TheWriteFailsInBetween_IsFinishedByTheNextDeletion(int failing)
    {
        var id = await fixture.CreateAccountAsync();
        var account = fixture.Account(id);
        await account.CreateTokenAsync(Tokens.Definition(), "hash", _cancelled);
        await fixture.Gateway(id, "one").CreateAsync(ClusterFixture.Configuration(), _cancelled);
        await fixture.Gateway(id, "two").CreateAsync(ClusterFixture.Configuration(), _cancelled);
        var writes = 0;
        fixture.Storage.BeforeWrite(account, () => Interlocked.Increment(ref writes) == failing ? new IOException("disk full") : null);

        await Assert.ThrowsAsync<OrleansException>(() => account.DeleteAsync(_cancelled));

        // Once the deletion is on record, no token is valid, whatever is left.
        var isBegun = failing > 1;
        Assert.Equal(isBegun, await account.GetAsync(_cancelled) is null);
        Assert.Equal(isBegun, await account.FindTokenAsync("hash", _cancelled) is null);

        await DeactivateAsync(account);
        Assert.True(await account.DeleteAsync(_cancelled));
        await AssertGoneAsync(id);
    }

    [Theory]
    [InlineData(1)] // nothing is on record: the account lives on
    [InlineData(2)]
    [InlineData(3)]
    public async Task FinishDeletionAsync_DeletionWasInterrupted_EndsItWithoutBeingAskedAgain(int failing)
    {
        var id = await fixture.CreateAccountAsync();
        var account = fixture.Account(id);
        await fixture.Gateway(id, "one").CreateAsync(ClusterFixture.Configuration(), _cancelled);
        var writes = 0;
        fixture.Storage.BeforeWrite(account, () => Interlocked.Increment(ref writes) == failing ? new IOException("disk full") : null);
        await Assert.ThrowsAsync<OrleansException>(() => account.DeleteAsync(_cancelled));
        await DeactivateAsync(account);

        Assert.Equal(failing > 1, await account.FinishDeletionAsync(_cancelled));
        Assert.False(await account.FinishDeletionAsync(_cancelled));

        if (failing > 1)
        {
            await AssertGoneAsync(id);
        }
        else
        {
            Assert.NotNull(await account.GetAsync(_cancelled));
        }
    }

    [Fact]
    public async Task CreateAsync_DeletionWasInterrupted_FinishesItFirst()
    {
        var id = await fixture.CreateAccountAsync();
        var account = fixture.Account(id);
        await account.CreateTokenAsync(Tokens.Definition(), "hash", _cancelled);
        await fixture.Gateway(id, "one").CreateAsync(ClusterFixture.Configuration(), _cancelled);
        var writes = 0;
        fixture.Storage.BeforeWrite(account, () => Interlocked.Increment(ref writes) == 2 ? new IOException("disk full") : null);
        await Assert.ThrowsAsync<OrleansException>(() => account.DeleteAsync(_cancelled));

        var created = await account.CreateAsync("again", _cancelled);

        Assert.Equal("again", created.Name);
        Assert.Equal("again", (await account.GetAsync(_cancelled))!.Name);
        Assert.Null(await account.FindTokenAsync("hash", _cancelled));
        Assert.Empty(await account.ListGatewaysAsync(_cancelled));
        Assert.Equal(AdmissionVerdict.GatewayNotFound, (await fixture.Gateway(id, "one").AdmitAsync(0, Caller.Authenticated, _cancelled)).Verdict);
        Assert.Single(await Directory.ListAsync(_cancelled), id);
    }

    [Fact]
    public async Task CreateAsync_StorageFails_CreatesNoAccount()
    {
        var id = ClusterFixture.NewAccountId();
        var account = fixture.Account(id);
        var writes = 0;
        fixture.Storage.BeforeWrite(account, () => Interlocked.Increment(ref writes) == 1 ? new IOException("disk full") : null);

        await Assert.ThrowsAsync<OrleansException>(() => account.CreateAsync("name", _cancelled));

        Assert.Null(await account.GetAsync(_cancelled));
        Assert.Equal("name", (await account.CreateAsync("name", _cancelled)).Name);
        Assert.Single(await Directory.ListAsync(_cancelled), id);
    }

    [Theory]
    [InlineData("one")]
    [InlineData("one", "two")]
    [InlineData("one", "two", "three")]
    public async Task Gateways_SurviveTheActivation(params string[] gatewayIds)
    {
        var account = fixture.Account(await fixture.CreateAccountAsync());
        foreach (var gatewayId in gatewayIds)
        {
            await account.RegisterGatewayAsync(gatewayId, _cancelled);
        }

        await DeactivateAsync(account);

        Assert.Equal(gatewayIds.Reverse(), await account.ListGatewaysAsync(_cancelled));
        await account.UnregisterGatewayAsync("one", _cancelled);
        await DeactivateAsync(account);
        Assert.Equal(gatewayIds.Skip(1).Reverse(), await account.ListGatewaysAsync(_cancelled));
    }

    [Fact]
    public async Task RegisterGatewayAsync_Twice_ListsItOnce()
    {
        var account = fixture.Account(await fixture.CreateAccountAsync());

        Assert.Equal(GatewayRegistration.Registered, await account.RegisterGatewayAsync("main", _cancelled));
        Assert.Equal(GatewayRegistration.Registered, await account.RegisterGatewayAsync("main", _cancelled));
        Assert.Equal(["main"], await account.ListGatewaysAsync(_cancelled));

        await account.UnregisterGatewayAsync("main", _cancelled);
        await account.UnregisterGatewayAsync("main", _cancelled);
        Assert.Empty(await account.ListGatewaysAsync(_cancelled));
    }

    private async Task AssertGoneAsync(string id)
    {
        var account = fixture.Account(id);
        Assert.Null(await account.GetAsync(_cancelled));
        Assert.Null(await account.FindTokenAsync("hash", _cancelled));
        Assert.Empty(await account.ListGatewaysAsync(_cancelled));
        Assert.DoesNotContain(id, await Directory.ListAsync(_cancelled));
        foreach (var gateway in new[] { "one", "two" })
        {
            Assert.Equal(AdmissionVerdict.GatewayNotFound, (await fixture.Gateway(id, gateway).AdmitAsync(0, Caller.Authenticated, _cancelled)).Verdict);
        }
    }

    private static async Task DeactivateAsync(IAccountGrain account) => await account.AsReference<IGrainManagementExtension>().DeactivateOnIdle(TestContext.Current.CancellationToken);
}
