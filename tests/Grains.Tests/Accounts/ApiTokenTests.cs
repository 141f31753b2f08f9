using GatewayActors.Abstractions.Accounts;
using Orleans.Core.Internal;
using Orleans.Runtime;
using Xunit;

namespace GatewayActors.Grains.Tests.Accounts;

[Collection(typeof(ClusterTests))]
public sealed class ApiTokenTests(ClusterFixture fixture)
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task CreateTokenAsync_OfAnAccount_CanBeFoundByItsHashOnly()
    {
        var id = await fixture.CreateAccountAsync();
        var account = fixture.Account(id);

        var token = (await account.CreateTokenAsync(Tokens.Definition("first"), "hash-1", _cancelled))!;
        await account.CreateTokenAsync(Tokens.Definition("second"), "hash-2", _cancelled);

        Assert.Equal(32, token.Id.Length);
        Assert.Equal(id, token.AccountId);
        Assert.Equal("first", (await account.FindTokenAsync("hash-1", _cancelled))!.Definition.Name);
        Assert.Null(await account.FindTokenAsync("hash-3", _cancelled));
        Assert.Equal(["first", "second"], (await account.ListTokensAsync(_cancelled)).Select(stored => stored.Definition.Name));
        Assert.Null(await fixture.Account(await fixture.CreateAccountAsync()).FindTokenAsync("hash-1", _cancelled));
    }

    [Fact]
    public async Task UpdateTokenAsync_ReplacesWhatItMayDo_AndKeepsItsValue()
    {
        var account = fixture.Account(await fixture.CreateAccountAsync());
        var token = (await account.CreateTokenAsync(Tokens.Definition("before"), "hash", _cancelled))!;

        var updated = (await account.UpdateTokenAsync(token.Id, Tokens.Definition("after") with { Disabled = true }, _cancelled))!;

        Assert.Equal(token.Id, updated.Id);
        Assert.Equal(token.IssuedOn, updated.IssuedOn);
        Assert.True(updated.ModifiedOn >= token.ModifiedOn);
        var found = (await account.FindTokenAsync("hash", _cancelled))!;
        Assert.Equal(("after", true), (found.Definition.Name, found.Definition.Disabled));
    }

    [Fact]
    public async Task RollTokenAsync_GivesANewValue_AndTheOldOneIsRefused()
    {
        var account = fixture.Account(await fixture.CreateAccountAsync());
        var token = (await account.CreateTokenAsync(Tokens.Definition(), "old", _cancelled))!;

        Assert.Equal(token.Id, (await account.RollTokenAsync(token.Id, "new", _cancelled))!.Id);

        Assert.Null(await account.FindTokenAsync("old", _cancelled));
        Assert.Equal(token.Id, (await account.FindTokenAsync("new", _cancelled))!.Id);
        Assert.Single(await account.ListTokensAsync(_cancelled));
    }

    [Fact]
    public async Task DeleteTokenAsync_OfOne_LeavesTheOthers()
    {
        var account = fixture.Account(await fixture.CreateAccountAsync());
        var token = (await account.CreateTokenAsync(Tokens.Definition("first"), "hash-1", _cancelled))!;
        await account.CreateTokenAsync(Tokens.Definition("second"), "hash-2", _cancelled);

        Assert.True(await account.DeleteTokenAsync(token.Id, _cancelled));
        Assert.False(await account.DeleteTokenAsync(token.Id, _cancelled));

        Assert.Null(await account.FindTokenAsync("hash-1", _cancelled));
        Assert.NotNull(await account.FindTokenAsync("hash-2", _cancelled));
    }

    [Fact]
    public async Task Changes_OfAnUnknownToken_AnswerNothing()
    {
        var account = fixture.Account(await fixture.CreateAccountAsync());

        Assert.Null(await account.UpdateTokenAsync("unknown", Tokens.Definition(), _cancelled));
        Assert.Null(await account.RollTokenAsync("unknown", "hash", _cancelled));
        Assert.False(await account.DeleteTokenAsync("unknown", _cancelled));
    }

    [Fact]
    public async Task RollTokenAsync_StorageFails_KeepsTheOldValue()
    {
        var account = fixture.Account(await fixture.CreateAccountAsync());
        var token = (await account.CreateTokenAsync(Tokens.Definition(), "old", _cancelled))!;
        fixture.Storage.BeforeWrite(account, () => new IOException("disk full"));

        await Assert.ThrowsAsync<OrleansException>(() => account.RollTokenAsync(token.Id, "new", _cancelled));

        Assert.NotNull(await account.FindTokenAsync("old", _cancelled));
        Assert.Null(await account.FindTokenAsync("new", _cancelled));
    }

    [Fact]
    public async Task Tokens_SurviveTheActivation()
    {
        var account = fixture.Account(await fixture.CreateAccountAsync());
        var token = (await account.CreateTokenAsync(Tokens.Definition(), "hash", _cancelled))!;

        await account.AsReference<IGrainManagementExtension>().DeactivateOnIdle(TestContext.Current.CancellationToken);

        Assert.Equal(token.Id, (await account.FindTokenAsync("hash", _cancelled))!.Id);
        Assert.Equal(2, fixture.Storage.ReadsOf(account));
    }
}
