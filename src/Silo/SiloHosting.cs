using System.Net;
using System.Net.Sockets;
using GatewayActors.Grains.Accounts;
using GatewayActors.Grains.Caching;
using GatewayActors.Grains.Datasets;
using GatewayActors.Grains.Logs;
using GatewayActors.Grains.Secrets;
using GatewayActors.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Providers;

namespace GatewayActors.Silo;

/// <summary>What a silo needs to know of its host.</summary>
public sealed record SiloSettings
{
    /// <summary>Orleans' id of the cluster.</summary>
    public required string ClusterId { get; init; }

    /// <summary>Orleans' id of the service.</summary>
    public required string ServiceId { get; init; }

    /// <summary>The directory of the embedded state.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Most gateways an account may have.</summary>
    public required int MaxGatewaysPerAccount { get; init; }

    /// <summary>Most datasets a gateway may have.</summary>
    public required int MaxDatasetsPerGateway { get; init; }

    /// <summary>Most evaluations a gateway may have.</summary>
    public required int MaxEvaluationsPerGateway { get; init; }

    /// <summary>Most secrets an account may have.</summary>
    public required int MaxSecretsPerAccount { get; init; }

    /// <summary>Days that log entries are kept where a gateway's configuration says nothing; null keeps them.</summary>
    public required int? LogRetentionDays { get; init; }

    /// <summary>Bytes that the cached answers of the silo take at most.</summary>
    public required long MaxCacheBytes { get; init; }

    /// <summary>Bytes that the cached answers of one account take at most.</summary>
    public required long MaxCacheBytesPerAccount { get; init; }

    /// <summary>Bytes that the cached answers of one gateway take at most.</summary>
    public required long MaxCacheBytesPerGateway { get; init; }

    /// <summary>The Redis that keeps cached answers too; null for none.</summary>
    public string? CacheConnection { get; init; }
}

/// <summary>Puts a silo into a host.</summary>
public static class SiloHosting
{
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(5);

    extension(IHostApplicationBuilder builder)
    {
        /// <summary>
        /// Adds the one silo of an embedded gateway: no other server, grain state in a SQLite file, reachable from this machine's
        /// loopback only.
        /// </summary>
        public IHostApplicationBuilder AddEmbeddedSilo(SiloSettings settings)
        {
            builder.UseOrleans(silo =>
            {
                var port = FreeLoopbackPort();
                silo.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (settings.ClusterId, settings.ServiceId));
                silo.ConfigureEndpoints(IPAddress.Loopback, port, gatewayPort: 0);
                silo.UseDevelopmentClustering(new IPEndPoint(IPAddress.Loopback, port));
                silo.Configure<SiloMessagingOptions>(options =>
                {
                    options.ResponseTimeout = ResponseTimeout;
                    options.CancelRequestOnTimeout = true;
                });
                silo.Services.AddSqliteGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, options => options.Path = Path.Combine(settings.DataDirectory, "state.db"));
                silo.Services.Configure<AccountOptions>(options => options.MaxGateways = settings.MaxGatewaysPerAccount);
                silo.Services.Configure<DatasetOptions>(options =>
                    (options.MaxDatasets, options.MaxEvaluations) = (settings.MaxDatasetsPerGateway, settings.MaxEvaluationsPerGateway));
                silo.Services.Configure<SecretsStoreOptions>(options => options.MaxSecrets = settings.MaxSecretsPerAccount);
                silo.Services.Configure<LogRetentionOptions>(options => options.RetentionDays = settings.LogRetentionDays);
                silo.AddSqliteReminders(options => options.Path = Path.Combine(settings.DataDirectory, "reminders.db"));
                silo.Services.AddCacheShards(options =>
                    (options.MaxBytes, options.MaxBytesPerAccount, options.MaxBytesPerGateway) =
                        (settings.MaxCacheBytes, settings.MaxCacheBytesPerAccount, settings.MaxCacheBytesPerGateway));
                if (settings.CacheConnection is { } cache)
                {
                    silo.Services.AddRedisCacheStore(cache);
                }
            });
            return builder;
        }
    }

    /// <summary>A port for the silo's own endpoint, which nobody else uses in this mode; several gateways may share a machine.</summary>
    private static int FreeLoopbackPort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
