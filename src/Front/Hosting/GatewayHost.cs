using System.Diagnostics.CodeAnalysis;
using System.Text;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Binding;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.CustomDomains;
using GatewayActors.Front.Export;
using GatewayActors.Front.Guardrails.Engines.Rules;
using GatewayActors.Front.Health;
using GatewayActors.Front.Logging;
using GatewayActors.Front.Management;
using GatewayActors.Front.Management.Audit;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Secrets;
using GatewayActors.Front.Telemetry;
using GatewayActors.Front.Work;
using GatewayActors.Providers;
using GatewayActors.Providers.Pricing;
using GatewayActors.Silo;
using GatewayActors.Storage;

namespace GatewayActors.Front.Hosting;

/// <summary>Puts the process together: configuration, silo, storage, data plane, admin API, health and metrics.</summary>
internal static class GatewayHost
{
    public static async Task<int> RunAsync(string[] args)
    {
        // The content root is where the program lies, so that its settings are found from any working directory; the data directory
        // stays relative to where the operator starts it.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        var catalog = new ProviderCatalog(BuiltInProviders.All);
        var slugs = catalog.All.Select(provider => provider.Slug).ToHashSet(StringComparer.Ordinal);
        if (GatewayOptionsReader.Validate(builder.Configuration, slugs) is { Count: > 0 } mistakes)
        {
            foreach (var mistake in mistakes)
            {
                await Console.Error.WriteLineAsync(mistake);
            }

            return 1;
        }

        // Read once, before anything is derived from it: the metrics listener becomes one of the server's urls.
        var options = new GatewayOptions();
        GatewayOptionsReader.Read(builder.Configuration, slugs, options);
        builder.Services.AddSingleton(options);
        if (options.Mode == GatewayMode.Cluster)
        {
            await Console.Error.WriteLineAsync("Gateway:Mode = 'Cluster' is not part of this release; accepted: Embedded.");
            return 1;
        }

        var cacheConnection = builder.Configuration.GetConnectionString("cache") is { Length: > 0 } connection ? connection : null;
        if (cacheConnection is not null && !RedisCacheStoreServiceCollectionExtensions.IsRedisConnection(cacheConnection, out var problem))
        {
            // Not its value, which may hold a password.
            await Console.Error.WriteLineAsync($"ConnectionStrings:cache is not valid, {problem}; accepted: a Redis connection string, such as localhost:6379,defaultDatabase=1.");
            return 1;
        }

        if (!TryLoad("Gateway:DataDirectory", options.DataDirectory, () => BootstrapToken.LoadOrCreate(options), out var token)
            || !TryLoad("Gateway:DataDirectory", options.DataDirectory, () => new FileKeyRingStore(Path.Combine(options.DataDirectory, "keys")), out var ringStore)
            || !TryLoad("Gateway:Guardrails:Rules:File", options.Guardrails.Rules.File, () => RulesEngine.Load(options.Guardrails.Rules.File), out _)
            || !TryLoad("Gateway:Prices:File", options.Prices.File, () => LoadPrices(options.Prices.File), out var prices))
        {
            return 1;
        }

        if (prices.Errors.Count > 0)
        {
            foreach (var error in prices.Errors)
            {
                await Console.Error.WriteLineAsync($"Gateway:Prices:File = '{options.Prices.File}', line {error.Line}: {error.Message}");
            }

            return 1;
        }

        if (!TryLoad("Gateway:DataDirectory", options.DataDirectory, () => OpenRing(options.Secrets, ringStore), out var opened))
        {
            return 1;
        }

        if (opened.Item1 is not { } ring)
        {
            await Console.Error.WriteLineAsync(opened.Item2);
            return 1;
        }

        ConfigureServer(builder, options);
        AddServices(builder, options, cacheConnection, catalog, token, prices);
        builder.Services.AddSecretSealing(ring);
        await using var app = builder.Build();
        MapSurfaces(app);
        await app.RunAsync();
        return 0;
    }

    private static Tuple<KeyRing?, string?> OpenRing(SecretsOptions options, IKeyRingStore store) =>
        KeyRing.TryOpen(options, store, out var ring, out var problem) ? new(ring, null) : new(null, problem);

    private static PriceTable LoadPrices(string? path)
    {
        if (path is null)
        {
            return PriceTable.BuiltIn;
        }

        using var file = File.OpenText(path);
        return PriceTable.Parse(file, PriceTable.BuiltIn);
    }

    private static bool TryLoad<T>(string key, string? value, Func<T> load, [NotNullWhen(true)] out T? loaded) where T : class
    {
        try
        {
            loaded = load();
            return true;
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"{key} = '{value}' cannot be used: {exception.Message}");
            loaded = null;
            return false;
        }
    }

    private static void ConfigureServer(WebApplicationBuilder builder, GatewayOptions options)
    {
        builder.UseGatewayUrls();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // The server counts the framing of chunks too. The exact limit is kept by whoever reads the body.
            kestrel.Limits.MaxRequestBodySize = options.Upstream.MaxRequestBodyBytes + (options.Upstream.MaxRequestBodyBytes / 16) + (64 * 1024);
            kestrel.Limits.MaxRequestHeadersTotalSize = 128 * 1024;
            kestrel.Limits.MaxRequestHeaderCount = 200;
            kestrel.Limits.MaxRequestLineSize = 32 * 1024;

            // Header bytes pass as they are: what is no ASCII must neither be refused nor changed.
            kestrel.RequestHeaderEncodingSelector = _ => Encoding.Latin1;
            kestrel.ResponseHeaderEncodingSelector = _ => Encoding.Latin1;
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.DrainTimeout + Drain.TimeToEnd);
    }

    private static void AddServices(WebApplicationBuilder builder, GatewayOptions options, string? cacheConnection, ProviderCatalog catalog, BootstrapToken token, PriceTable prices)
    {
        var services = builder.Services;

        // The order matters for the stop, which goes backwards: server, log writer, silo. So a last exchange is still decided and logged.
        builder.AddEmbeddedSilo(new SiloSettings
        {
            ClusterId = options.Cluster.ClusterId,
            ServiceId = options.Cluster.ServiceId,
            DataDirectory = options.DataDirectory,
            MaxGatewaysPerAccount = options.MaxGatewaysPerAccount,
            MaxDatasetsPerGateway = options.MaxDatasetsPerGateway,
            MaxEvaluationsPerGateway = options.MaxEvaluationsPerGateway,
            MaxSecretsPerAccount = options.Secrets.MaxPerAccount,
            LogRetentionDays = options.Logs.RetentionDays,
            MaxCacheBytes = options.Cache.MaxBytes,
            MaxCacheBytesPerAccount = options.Cache.MaxBytesPerAccount ?? options.Cache.MaxBytes,
            MaxCacheBytesPerGateway = options.Cache.MaxBytesPerGateway,
            CacheConnection = cacheConnection,
        });
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(catalog);
        services.AddSingleton(token);
        services.AddSingleton<IPriceTable>(prices);
        services.AddSingleton(new OperatorToken(token.Value));
        services.AddSqliteLogStore(store => store.Path = Path.Combine(options.DataDirectory, "logs.db"));
        services.AddSqliteAuditStore(store => store.Path = Path.Combine(options.DataDirectory, "audit.db"));
        services.AddGatewayTelemetry(builder.Configuration);
        services.AddGatewayHealth();
        services.AddTokenAuthentication();
        services.AddManagement();
        services.AddDataPlane();
        services.AddLogpush();
        services.AddHostedService<Bootstrap>();
        services.AddHostedService<Drain>();
        services.AddHostedService<UnfinishedDeletions>();
        services.AddHostedService<PendingWorkWaker>();
        services.AddHostedService<LogRetentionStart>();
        services.AddHostedService<AuditRetention>();
        services.AddHostedService<CustomDomainRefresh>();
    }

    private static void MapSurfaces(WebApplication app)
    {
        app.UseGatewayMetricsListener();
        app.UseWorkersBinding();
        app.UseDataPlane();

        // Said here, or the host would put it before everything else: exchanges have no use for a look-up among the other endpoints.
        app.UseRouting();
        app.UseManagement();
        app.MapGatewayHealth();
        app.MapGatewayMetrics();
        app.MapGatewayStartPage();
        app.MapManagement();
        app.MapUnknownPaths();
    }
}
