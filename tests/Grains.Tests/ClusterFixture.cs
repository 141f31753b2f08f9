using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Grains.Accounts;
using GatewayActors.Grains.Caching;
using GatewayActors.Grains.Tests.Evaluations;
using GatewayActors.Testing.Grains;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.TestingHost;
using Xunit;

namespace GatewayActors.Grains.Tests;

[CollectionDefinition]
public sealed class ClusterTests : ICollectionFixture<ClusterFixture>;

/// <summary>Two silos over one storage. Tests share them, each with accounts of its own.</summary>
public sealed class ClusterFixture : IAsyncLifetime
{
    /// <summary>How many gateways an account may have here.</summary>
    public const int MaxGateways = 3;

    private InProcessTestCluster? _cluster;

    public SharedGrainStorage Storage { get; } = new();

    /// <summary>What the silos read of the request log.</summary>
    internal AggregatesOnly Logs { get; } = new();

    /// <summary>Ways into the cluster: through each of the silos, and from outside.</summary>
    public IReadOnlyList<IGrainFactory> Doors { get; private set; } = [];

    public IGrainFactory Client => _cluster!.Client;

    /// <summary>The services of a silo.</summary>
    public IServiceProvider Silo => _cluster!.Silos[0].ServiceProvider;

    public async ValueTask InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(2);
        builder.ConfigureSilo((_, silo) =>
        {
            Storage.AddTo(silo.Services);
            silo.Services.AddSingleton(TimeProvider.System);
            silo.Services.Configure<AccountOptions>(options => options.MaxGateways = MaxGateways);
            silo.Services.AddCacheShards();
            silo.UseInMemoryReminderService();
            silo.Services.AddSingleton<ILogStore>(Logs);
        });
        _cluster = builder.Build();
        await _cluster.DeployAsync();
        Doors = [.. _cluster.Silos.Select(silo => silo.ServiceProvider.GetRequiredService<IGrainFactory>()), _cluster.Client];
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    /// <summary>An account id that no other test uses.</summary>
    public static string NewAccountId() => Guid.CreateVersion7().ToString("N");

    /// <summary>Creates an account and answers its id.</summary>
    public async Task<string> CreateAccountAsync()
    {
        var id = NewAccountId();
        await Account(id).CreateAsync("tenant", TestContext.Current.CancellationToken);
        return id;
    }

    public IAccountGrain Account(string accountId) => Client.GetGrain<IAccountGrain>(GrainKeys.Account(accountId));

    public IGatewayGrain Gateway(string accountId, string gatewayId = "main") => Client.GetGrain<IGatewayGrain>(GrainKeys.Gateway(accountId, gatewayId));

    /// <summary>Where a grain lives right now; null if nowhere.</summary>
    public ValueTask<SiloAddress?> WhereIsAsync(IAddressable grain) => Client.GetGrain<IManagementGrain>(0).GetActivationAddress(grain);

    public static GatewayConfiguration Configuration(bool? authentication = true, long? cacheTtl = 0) => new()
    {
        CacheInvalidateOnUpdate = false,
        CacheTtl = cacheTtl,
        CollectLogs = true,
        RateLimitingInterval = null,
        RateLimitingLimit = null,
        Authentication = authentication,
    };
}
