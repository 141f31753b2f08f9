using GatewayActors.Abstractions.Gateways;
using GatewayActors.Abstractions.Logpush;
using GatewayActors.Grains.Accounts;
using GatewayActors.Grains.Billing;
using GatewayActors.Grains.CustomDomains;
using GatewayActors.Grains.CustomProviders;
using GatewayActors.Grains.Datasets;
using GatewayActors.Grains.Dlp;
using GatewayActors.Grains.DynamicRoutes;
using GatewayActors.Grains.Evaluations;
using GatewayActors.Grains.Gateways;
using GatewayActors.Grains.Limits;
using GatewayActors.Grains.Logpush;
using GatewayActors.Grains.Replays;
using GatewayActors.Grains.Secrets;
using GatewayActors.Grains.Work;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Xunit;

namespace GatewayActors.Grains.Tests;

/// <summary>State that an older release has stored: written by types that lack the newer fields.</summary>
[Collection(typeof(ClusterTests))]
public sealed class StoredStateTests(ClusterFixture fixture)
{
    [Fact]
    public void GatewayState_WithoutNewerFields_IsReadWithTheirDefaults()
    {
        var state = Read<OldGatewayState, GatewayState>(new() { LastVersion = 3 });

        Assert.Equal(3, state.LastVersion);
        Assert.Null(state.Gateway);
    }

    [Fact]
    public void AccountState_WithoutNewerFields_IsReadWithTheirDefaults()
    {
        var state = Read<OldAccountState, AccountState>(new() { GatewayIds = new List<string> { "main" } });

        Assert.Equal(["main"], state.GatewayIds);
        Assert.Null(state.Account);
        Assert.Empty(state.Tokens);
        Assert.False(state.Deleting);
    }

    [Fact]
    public void QuotaAndRateState_WithoutNewerFields_AreReadWithTheirDefaults()
    {
        var quota = Read<OldQuotaState, QuotaState>(new() { Used = 3.5m });
        Assert.Equal((3.5m, 0m, 0L, Guid.Empty), (quota.Used, quota.Held, quota.LastNumber, quota.Epoch));

        Assert.Empty(Read<OldRateState, RateState>(new()).Counts);
    }

    [Fact]
    public void CustomProvidersState_WithoutNewerFields_IsReadWithTheirDefaults()
    {
        var state = Read<OldCustomProvidersState, CustomProvidersState>(new() { Version = 7 });

        Assert.Equal(7, state.Version);
        Assert.Empty(state.Providers);
        Assert.Empty(state.Rules);
    }

    [Fact]
    public void DlpProfilesState_WithoutNewerFields_IsReadWithTheirDefaults()
    {
        var state = Read<OldDlpProfilesState, DlpProfilesState>(new() { Version = 7 });

        Assert.Equal(7, state.Version);
        Assert.Empty(state.Profiles);
        Assert.Empty(state.Predefined);
    }

    // Without any field: what a state of an older release lacks is what it has by default, and never null where there is none.
    [Fact]
    public void EveryOtherState_WithoutAnyField_IsReadWithItsDefaults()
    {
        Assert.Empty(Read<OldState, AccountDirectoryState>(new()).AccountIds);
        var credits = Read<OldRecordState, CreditsState>(new());
        Assert.Equal((0m, null, 0, 0), (credits.Usd, credits.AutoTopUp, credits.TopUps.Count, credits.Charges.Count));
        var domains = Read<OldRecordState, CustomDomainsState>(new());
        Assert.Equal((0L, 0), (domains.Revision, domains.Domains.Count));
        Assert.Empty(Read<OldRecordState, DatasetsState>(new()).Datasets);
        Assert.Empty(Read<OldState, DynamicRoutesState>(new()).Routes);
        Assert.Empty(Read<OldRecordState, EvaluationsState>(new()).Evaluations);
        var jobs = Read<OldRecordState, LogpushState>(new());
        Assert.Equal((0, 0), (jobs.LastId, jobs.Jobs.Count));
        Assert.Empty(Read<OldRecordState, PendingWorkState>(new()).Items);
        Assert.Null(Read<OldRecordState, ReplayRecordState>(new()).Replay);
        Assert.Empty(Read<OldRecordState, ReplaysState>(new()).Replays);
        var secrets = Read<OldRecordState, SecretsStoreState>(new());
        Assert.Equal((0L, null, 0), (secrets.Version, secrets.Store, secrets.Secrets.Count));
    }

    [Fact]
    public void LogpushDefinition_WithoutFilterAndOutput_IsReadWithNone()
    {
        var definition = Read<OldLogpushDefinition, LogpushDefinition>(new() { Destination = "https://logs.example.com/", Enabled = true });

        Assert.Equal(("https://logs.example.com/", true, null, null), (definition.Destination, definition.Enabled, definition.Filter, definition.Output));
    }

    [Fact]
    public void GatewayRecord_WithoutRoutes_IsReadWithNone()
    {
        var state = Read<OldGatewayRecord, GatewayRecord>(new() { Id = "main", Version = 3 });

        Assert.Equal(("main", 3, 0), (state.Id, state.Version, state.RoutesRevision));
        Assert.Null(state.Routes);
    }

    [Fact]
    public void GatewayState_WithFieldsOfANewerRelease_IsReadWithoutThem()
    {
        var state = Read<NewGatewayState, GatewayState>(new() { LastVersion = 3, Later = "later" });

        Assert.Equal(3, state.LastVersion);
    }

    // Read as a field of its own type, as the storage does: the type's name is not part of what is stored.
    private TRead Read<TWritten, TRead>(TWritten written)
    {
        var stored = fixture.Silo.GetRequiredService<Serializer<TWritten>>().SerializeToArray(written);
        return fixture.Silo.GetRequiredService<Serializer<TRead>>().Deserialize(stored)!;
    }
}

[GenerateSerializer, Alias("test.old-gateway-state")]
internal sealed class OldGatewayState
{
    [Id(1)] public long LastVersion { get; set; }
}

[GenerateSerializer, Alias("test.old-custom-providers-state")]
internal sealed record OldCustomProvidersState
{
    [Id(0)] public long Version { get; init; }
}

[GenerateSerializer, Alias("test.old-dlp-profiles-state")]
internal sealed record OldDlpProfilesState
{
    [Id(0)] public long Version { get; init; }
}

[GenerateSerializer, Alias("test.old-state")]
internal sealed class OldState;

[GenerateSerializer, Alias("test.old-record-state")]
internal sealed record OldRecordState;

[GenerateSerializer, Alias("test.old-logpush-definition")]
internal sealed record OldLogpushDefinition
{
    [Id(1)] public required string Destination { get; init; }

    [Id(2)] public required bool Enabled { get; init; }
}

[GenerateSerializer, Alias("test.old-gateway-record")]
internal sealed record OldGatewayRecord
{
    [Id(1)] public required string Id { get; init; }

    [Id(3)] public required long Version { get; init; }
}

[GenerateSerializer, Alias("test.old-quota-state")]
internal sealed record OldQuotaState
{
    [Id(3)] public decimal Used { get; init; }
}

[GenerateSerializer, Alias("test.old-rate-state")]
internal sealed record OldRateState
{
    [Id(0)] public Guid GatewayId { get; init; }
}

[GenerateSerializer, Alias("test.new-gateway-state")]
internal sealed class NewGatewayState
{
    [Id(1)] public long LastVersion { get; set; }

    [Id(900)] public string? Later { get; set; }
}

[GenerateSerializer, Alias("test.old-account-state")]
internal sealed record OldAccountState // A record, as the real one: records have a layout of their own.
{
    [Id(2)] public IReadOnlyList<string> GatewayIds { get; init; } = [];
}
