using System.Text;
using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Abstractions.Secrets;
using GatewayActors.Grains.Gateways;
using Orleans.Core.Internal;
using Xunit;

namespace GatewayActors.Grains.Tests.Secrets;

[Collection(typeof(ClusterTests))]
public sealed class SecretsStoreGrainTests(ClusterFixture fixture)
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task CreateAsync_ASecret_IsStoredAndReadThroughEveryDoor()
    {
        var account = await fixture.CreateAccountAsync();
        var grain = Grain(account);
        var store = (await grain.CreateStoreAsync("store", _cancelled)).Store!;

        var made = Assert.Single((await grain.CreateAsync(store.Id, [Draft("a")], _cancelled)).Secrets);
        await grain.Cast<IGrainManagementExtension>().DeactivateOnIdle(_cancelled);

        foreach (var door in fixture.Doors)
        {
            var other = door.GetGrain<ISecretsStoreGrain>(GrainKeys.SecretsStore(account));
            Assert.Equal(made.Id, Assert.Single((await other.GetAsync(_cancelled)).Secrets).Id);
            var usable = (await other.GetUsableAsync(0, _cancelled))!;
            Assert.Equal((made.Id, "a", "sealed a"), (usable.Secrets[0].Id, usable.Secrets[0].Name, Encoding.UTF8.GetString(usable.Secrets[0].Sealed)));
            Assert.Null(await other.GetUsableAsync(usable.Version, _cancelled));
        }
    }

    [Fact]
    public async Task CreateAsync_AccountDoesNotExist_IsRefused()
    {
        var grain = Grain(ClusterFixture.NewAccountId());

        Assert.Equal(SecretsOutcome.AccountNotFound, (await grain.CreateStoreAsync("store", _cancelled)).Outcome);
        Assert.Equal(SecretsOutcome.AccountNotFound, (await grain.PutKeyAsync(null, Draft("a"), _cancelled)).Outcome);
    }

    [Fact]
    public async Task Change_OfAUsableSecret_IsKnownToTheNextAdmissionOfEveryGateway()
    {
        var account = await fixture.CreateAccountAsync();
        var gateways = new[] { "one", "two" }.Select(id => Gateway(account, id)).ToArray();
        foreach (var gateway in gateways)
        {
            await gateway.CreateAsync(DefaultGateway.Configuration, _cancelled);
            Assert.Null((await AdmitAsync(gateway, 0)).Secrets);
        }

        var grain = Grain(account);
        var store = (await grain.CreateStoreAsync("store", _cancelled)).Store!;
        var seen = 0L;
        for (var trial = 0; trial < 20; trial++)
        {
            await grain.PutKeyAsync(store.Id, Draft("a"), _cancelled);
            foreach (var gateway in gateways)
            {
                Assert.True((await AdmitAsync(gateway, seen)).Secrets > seen);
            }

            seen = await grain.GetVersionAsync(_cancelled);
            Assert.Null((await AdmitAsync(gateways[0], seen)).Secrets);
        }

        await grain.CreateAsync(store.Id, [Draft("of-workers") with { Scopes = ["workers"] }], _cancelled);
        Assert.Null((await AdmitAsync(gateways[0], seen)).Secrets); // No exchange can use that one.
    }

    [Fact]
    public async Task Gateway_ActivatedOrCreatedLater_KnowsTheVersion()
    {
        var account = await fixture.CreateAccountAsync();
        var (early, grain) = (Gateway(account, "early"), Grain(account));
        await early.CreateAsync(DefaultGateway.Configuration, _cancelled);
        await early.Cast<IGrainManagementExtension>().DeactivateOnIdle(_cancelled);
        await grain.PutKeyAsync(null, Draft("a"), _cancelled);
        var version = await grain.GetVersionAsync(_cancelled);
        var late = Gateway(account, "late");
        await late.CreateAsync(DefaultGateway.Configuration, _cancelled);

        Assert.Equal((version, version), ((await AdmitAsync(early, 0)).Secrets, (await AdmitAsync(late, 0)).Secrets));
        Assert.Equal(version, (await AdmitAsync(Gateway(account, Identifiers.DefaultGatewayId), 0)).Secrets);
    }

    [Fact]
    public async Task Version_AfterTheStoreWasDeleted_IsNotRepeated()
    {
        var grain = Grain(await fixture.CreateAccountAsync());
        var store = (await grain.PutKeyAsync(null, Draft("a"), _cancelled)).Store!;
        var before = await grain.GetVersionAsync(_cancelled);

        Assert.Equal(SecretsOutcome.StoreNotEmpty, (await grain.DeleteStoreAsync(store.Id, force: false, _cancelled)).Outcome);
        Assert.Equal(SecretsOutcome.Done, (await grain.DeleteStoreAsync(store.Id, force: true, _cancelled)).Outcome);
        await grain.Cast<IGrainManagementExtension>().DeactivateOnIdle(_cancelled);

        Assert.Empty((await grain.GetUsableAsync(before, _cancelled))!.Secrets);
        Assert.True(await grain.GetVersionAsync(_cancelled) > before);
    }

    [Fact]
    public async Task CreateAsync_OneNameIsTaken_CreatesNone()
    {
        var grain = Grain(await fixture.CreateAccountAsync());
        var store = (await grain.CreateStoreAsync("store", _cancelled)).Store!;

        await grain.CreateAsync(store.Id, [Draft("a"), Draft("b")], _cancelled);
        var change = await grain.CreateAsync(store.Id, [Draft("c"), Draft("a")], _cancelled);

        Assert.Equal(SecretsOutcome.NameTaken, change.Outcome);
        Assert.Equal(["a", "b"], (await grain.GetAsync(_cancelled)).Secrets.Select(secret => secret.Name));
    }

    [Fact]
    public async Task ProviderConfig_Added_RidesOnTheNextAdmission()
    {
        var gateway = Gateway(await fixture.CreateAccountAsync(), "g");
        var made = (await gateway.CreateAsync(DefaultGateway.Configuration, _cancelled)).Gateway!;
        var config = Config("openai", "a");

        Assert.Equal(ProviderConfigOutcome.Done, (await gateway.AddProviderConfigAsync(config, _cancelled)).Outcome);
        Assert.Equal(ProviderConfigOutcome.AlreadyExists, (await gateway.AddProviderConfigAsync(Config("openai", "a"), _cancelled)).Outcome);
        await gateway.Cast<IGrainManagementExtension>().DeactivateOnIdle(_cancelled);

        var admission = await gateway.AdmitAsync(new() { SeenVersion = made.Version, Caller = Caller.Authenticated }, _cancelled);
        Assert.Equal(config, Assert.Single(admission.Gateway!.ProviderConfigs!));
        Assert.Equal("other", (await gateway.SetProviderConfigSecretAsync(config.Id, "other", false, _cancelled)).Config!.SecretId);
        Assert.Equal(ProviderConfigOutcome.Done, (await gateway.RemoveProviderConfigAsync(config.Id, _cancelled)).Outcome);
        Assert.Equal(ProviderConfigOutcome.ConfigNotFound, (await gateway.RemoveProviderConfigAsync(config.Id, _cancelled)).Outcome);
        Assert.Null((await gateway.GetAsync(_cancelled))!.ProviderConfigs);
        Assert.Equal(ProviderConfigOutcome.GatewayNotFound, (await Gateway(ClusterFixture.NewAccountId(), "g").AddProviderConfigAsync(config, _cancelled)).Outcome);
    }

    private ISecretsStoreGrain Grain(string account) => fixture.Doors[0].GetGrain<ISecretsStoreGrain>(GrainKeys.SecretsStore(account));

    private IGatewayGrain Gateway(string account, string id) => fixture.Doors[0].GetGrain<IGatewayGrain>(GrainKeys.Gateway(account, id));

    private ValueTask<Admission> AdmitAsync(IGatewayGrain gateway, long seenSecrets) =>
        gateway.AdmitAsync(new() { SeenVersion = 0, Caller = Caller.Authenticated, SeenSecrets = seenSecrets }, _cancelled);

    private static SecretDraft Draft(string name) => new() { Name = name, Sealed = Encoding.UTF8.GetBytes("sealed " + name), Preview = "****", Scopes = [SecretScopes.AiGateway] };

    private static ProviderConfig Config(string provider, string alias) => new()
    {
        Id = Guid.CreateVersion7(),
        ProviderSlug = provider,
        Alias = alias,
        IsDefault = false,
        SecretId = "secret",
        OwnsSecret = false,
        ModifiedAt = DateTimeOffset.UnixEpoch,
    };
}
