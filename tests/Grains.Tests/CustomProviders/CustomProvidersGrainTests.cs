using GatewayActors.Abstractions;
using GatewayActors.Abstractions.CustomProviders;
using GatewayActors.Grains.CustomProviders;
using Orleans.Core.Internal;
using Orleans.Runtime;
using Xunit;

namespace GatewayActors.Grains.Tests.CustomProviders;

[Collection(typeof(ClusterTests))]
public sealed class CustomProvidersGrainTests(ClusterFixture fixture)
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task CreateAsync_AnAccount_IsStoredAndReadThroughEveryDoor()
    {
        var account = await fixture.CreateAccountAsync();
        var providers = Grain(account);

        var created = (await providers.CreateAsync(Provider("one"), _cancelled)).Provider!;
        await DeactivateAsync(providers);

        foreach (var door in fixture.Doors)
        {
            var grain = door.GetGrain<ICustomProvidersGrain>(GrainKeys.CustomProviders(account));
            Assert.Equal(created, Assert.Single(await grain.ListAsync(_cancelled)));
            var routes = await grain.GetRoutesAsync(0, _cancelled);
            Assert.Equal((created.Id, "one", true), (routes!.Providers[0].Id, routes.Providers[0].Slug, routes.Providers[0].IsEnabled));
            Assert.Null(await grain.GetRoutesAsync(routes.Version, _cancelled));
        }
    }

    [Fact]
    public async Task CreateAsync_AccountDoesNotExist_IsRefused()
    {
        var providers = Grain(ClusterFixture.NewAccountId());

        Assert.Equal(CustomProviderOutcome.AccountNotFound, (await providers.CreateAsync(Provider("one"), _cancelled)).Outcome);
        Assert.Null(await providers.GetRoutesAsync(0, _cancelled));
        Assert.Null(fixture.Storage.Stored("custom-providers", providers));
    }

    [Fact]
    public async Task CreateAsync_SlugIsTaken_IsRefusedWhateverItsCaseButNotInAnotherAccount()
    {
        var (one, other) = (Grain(await fixture.CreateAccountAsync()), Grain(await fixture.CreateAccountAsync()));
        await one.CreateAsync(Provider("same"), _cancelled);

        Assert.Equal(CustomProviderOutcome.AlreadyExists, (await one.CreateAsync(Provider("Same"), _cancelled)).Outcome);
        Assert.Equal(CustomProviderOutcome.Done, (await other.CreateAsync(Provider("same") with { BaseUrl = "https://other.example.com" }, _cancelled)).Outcome);
        Assert.Equal("https://models.example.com", Assert.Single(await one.ListAsync(_cancelled)).Definition.BaseUrl);
    }

    [Fact]
    public async Task CreateAsync_AccountIsFull_IsRefused()
    {
        var providers = Grain(await fixture.CreateAccountAsync());
        for (var number = 0; number < CustomProvidersGrain.MaxProviders; number++)
        {
            Assert.Equal(CustomProviderOutcome.Done, (await providers.CreateAsync(Provider($"p{number}"), _cancelled)).Outcome);
        }

        Assert.Equal(CustomProviderOutcome.TooMany, (await providers.CreateAsync(Provider("last"), _cancelled)).Outcome);
    }

    [Fact]
    public async Task UpdateAsync_BasedOnAnOlderVersion_IsRefused()
    {
        var providers = Grain(await fixture.CreateAccountAsync());
        var read = (await providers.CreateAsync(Provider("one"), _cancelled)).Provider!;
        var first = await providers.UpdateAsync(read.Id, read.Definition with { Enable = false }, read.Version, _cancelled);
        var second = await providers.UpdateAsync(read.Id, read.Definition with { Name = "lost" }, read.Version, _cancelled);

        Assert.Equal((CustomProviderOutcome.Done, CustomProviderOutcome.Outdated), (first.Outcome, second.Outcome));
        Assert.False(Assert.Single(await providers.ListAsync(_cancelled)).Definition.Enable);
        Assert.Equal(read.CreatedAt, first.Provider!.CreatedAt);
    }

    [Fact]
    public async Task Changes_All_GiveANewVersionThatNeverRepeats()
    {
        var providers = Grain(await fixture.CreateAccountAsync());
        List<long> versions = [0];
        for (var life = 0; life < 3; life++)
        {
            var provider = (await providers.CreateAsync(Provider("one"), _cancelled)).Provider!;
            await NoteAsync();
            var rule = (await providers.CreateRuleAsync(Rule(provider.Id), _cancelled)).Rule!;
            await NoteAsync();
            await providers.UpdateRuleAsync(rule.Id, rule.Definition with { CostIn = 2 }, rule.Version, _cancelled);
            await NoteAsync();
            await providers.DeleteRuleAsync(rule.Id, _cancelled);
            await NoteAsync();
            await providers.DeleteAsync(provider.Id, _cancelled);
            await NoteAsync();
            await DeactivateAsync(providers);
        }

        Assert.Equal(versions.Order().Distinct(), versions);

        async Task NoteAsync() => versions.Add((await providers.GetRoutesAsync(versions[^1], _cancelled))!.Version);
    }

    [Fact]
    public async Task DeleteAsync_WithRules_TakesThemAlong()
    {
        var providers = Grain(await fixture.CreateAccountAsync());
        var (gone, stays) = ((await providers.CreateAsync(Provider("gone"), _cancelled)).Provider!, (await providers.CreateAsync(Provider("stays"), _cancelled)).Provider!);
        await providers.CreateRuleAsync(Rule(gone.Id), _cancelled);
        var rule = (await providers.CreateRuleAsync(Rule(stays.Id), _cancelled)).Rule!;

        Assert.Equal(gone, (await providers.DeleteAsync(gone.Id, _cancelled)).Provider);

        Assert.Equal(rule.Id, Assert.Single(await providers.ListRulesAsync(_cancelled)).Id);
        Assert.Equal(CustomProviderOutcome.NotFound, (await providers.DeleteAsync(gone.Id, _cancelled)).Outcome);
        Assert.Equal(CustomProviderOutcome.ProviderNotFound, (await providers.CreateRuleAsync(Rule(gone.Id), _cancelled)).Outcome);
    }

    [Fact]
    public async Task CreateRuleAsync_SameModelTwice_IsRefusedUnlessItComparesInAnotherWay()
    {
        var providers = Grain(await fixture.CreateAccountAsync());
        var id = (await providers.CreateAsync(Provider("one"), _cancelled)).Provider!.Id;
        await providers.CreateRuleAsync(Rule(id), _cancelled);

        Assert.Equal(CustomProviderOutcome.AlreadyExists, (await providers.CreateRuleAsync(Rule(id) with { Model = "LLAMA" }, _cancelled)).Outcome);
        Assert.Equal(CustomProviderOutcome.Done, (await providers.CreateRuleAsync(Rule(id) with { Match = ModelMatch.Contains }, _cancelled)).Outcome);
    }

    [Fact]
    public async Task Routes_RuleIsDisabled_AreWithoutIt()
    {
        var providers = Grain(await fixture.CreateAccountAsync());
        var id = (await providers.CreateAsync(Provider("one"), _cancelled)).Provider!.Id;
        await providers.CreateRuleAsync(Rule(id) with { TokenPricing = new Dictionary<string, decimal> { ["input_tokens"] = 0.5m } }, _cancelled);
        await providers.CreateRuleAsync(Rule(id) with { Model = "off", Enable = false }, _cancelled);

        var rule = Assert.Single((await providers.GetRoutesAsync(0, _cancelled))!.Providers[0].Rules);

        Assert.Equal(("llama", 0.5m), (rule.Model, rule.TokenPricing!["input_tokens"]));
    }

    [Fact]
    public async Task WriteFails_NothingOfItIsTold()
    {
        var providers = Grain(await fixture.CreateAccountAsync());
        var before = (await providers.CreateAsync(Provider("one"), _cancelled)).Provider!;
        var failures = 1;
        fixture.Storage.BeforeWrite(providers, () => failures-- > 0 ? new IOException("disk") : null);

        await Assert.ThrowsAnyAsync<Exception>(() => providers.UpdateAsync(before.Id, before.Definition with { BaseUrl = "https://never.example.com" }, before.Version, _cancelled));

        Assert.Equal(before, Assert.Single(await providers.ListAsync(_cancelled)));
        Assert.Equal("https://models.example.com", (await providers.GetRoutesAsync(0, _cancelled))!.Providers[0].BaseUrl);
    }

    [Fact]
    public async Task Account_Deleted_TakesItsProvidersAlong()
    {
        var account = await fixture.CreateAccountAsync();
        var providers = Grain(account);
        await providers.CreateAsync(Provider("one"), _cancelled);

        Assert.True(await fixture.Account(account).DeleteAsync(_cancelled));

        Assert.Empty(await providers.ListAsync(_cancelled));
        Assert.Empty((await providers.GetRoutesAsync(0, _cancelled))!.Providers);
        Assert.Equal(CustomProviderOutcome.AccountNotFound, (await providers.CreateAsync(Provider("two"), _cancelled)).Outcome);
    }

    private ICustomProvidersGrain Grain(string account) => fixture.Client.GetGrain<ICustomProvidersGrain>(GrainKeys.CustomProviders(account));

    private static CustomProviderDefinition Provider(string slug) => new() { Name = slug, Slug = slug, BaseUrl = "https://models.example.com", Enable = true };

    private static PricingRuleDefinition Rule(Guid provider) => new() { ProviderId = provider, Model = "llama", Match = ModelMatch.Equals, Enable = true, CostIn = 1 };

    private static async Task DeactivateAsync(ICustomProvidersGrain grain) =>
        await grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle(TestContext.Current.CancellationToken);
}
