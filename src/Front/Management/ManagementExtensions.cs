using System.Text.Json;
using System.Text.Json.Serialization;
using GatewayActors.Front.Analytics;
using GatewayActors.Front.CustomDomains;
using GatewayActors.Front.DynamicRoutes;
using GatewayActors.Front.Export.Downloads;
using GatewayActors.Front.Export.Tail;
using GatewayActors.Front.Management.Accounts;
using GatewayActors.Front.Management.Audit;
using GatewayActors.Front.Management.Billing;
using GatewayActors.Front.Management.CustomDomains;
using GatewayActors.Front.Management.CustomProviders;
using GatewayActors.Front.Management.Datasets;
using GatewayActors.Front.Management.Dlp;
using GatewayActors.Front.Management.DynamicRoutes;
using GatewayActors.Front.Management.Evaluations;
using GatewayActors.Front.Management.Gateways;
using GatewayActors.Front.Management.Http;
using GatewayActors.Front.Management.Logpush;
using GatewayActors.Front.Management.Logs;
using GatewayActors.Front.Management.Models;
using GatewayActors.Front.Management.Policies;
using GatewayActors.Front.Management.ProviderConfigs;
using GatewayActors.Front.Management.Replays;
using GatewayActors.Front.Management.Secrets;
using GatewayActors.Front.Rest;
using GatewayActors.Front.SingleSignOn;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace GatewayActors.Front.Management;

/// <summary>Registration of the admin API.</summary>
internal static class ManagementExtensions
{
    extension(IServiceCollection services)
    {
        /// <summary>
        /// Adds the admin API and its OpenAPI document. Needs token authentication, an <see cref="IGrainFactory"/>, an
        /// <see cref="Abstractions.Logs.ILogStore"/>, an <see cref="Abstractions.Logs.ILogOutbox"/>, an <see cref="Abstractions.Analytics.IAnalyticsStore"/>, an <see cref="Abstractions.Audit.IAuditStore"/>, an <see cref="Logging.ILogFlush"/>, a
        /// <see cref="Providers.ProviderCatalog"/>, a <see cref="Front.Secrets.SecretSealer"/>, a <see cref="Providers.Pricing.IPriceTable"/> <see cref="Configuration.GatewayOptions"/> and the keys that fronts share.
        /// </summary>
        public IServiceCollection AddManagement()
        {
            services.TryAddSingleton(TimeProvider.System);
            services.AddSingleton<RequestQuota>();
            services.AddSingleton<IdempotentAnswers>();
            services.AddSingleton<ReadingEndpoints>();
            services.TryAddSingleton(Random.Shared);
            services.AddSingleton<RouteExplainer>();
            services.ConfigureHttpJsonOptions(options =>
            {
                var json = options.SerializerOptions;
                json.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
                json.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
                json.NumberHandling = JsonNumberHandling.Strict;
                json.TypeInfoResolverChain.Insert(0, HttpJson.Default);
                json.TypeInfoResolverChain.Insert(0, AccountsJson.Default);
                json.TypeInfoResolverChain.Insert(0, GatewaysJson.Default);
                json.TypeInfoResolverChain.Insert(0, LogsJson.Default);
                json.TypeInfoResolverChain.Insert(0, CustomProvidersJson.Default);
                json.TypeInfoResolverChain.Insert(0, ModelsJson.Default);
                json.TypeInfoResolverChain.Insert(0, SecretsJson.Default);
                json.TypeInfoResolverChain.Insert(0, ProviderConfigsJson.Default);
                json.TypeInfoResolverChain.Insert(0, RoutesJson.Default);
                json.TypeInfoResolverChain.Insert(0, DatasetsJson.Default);
                json.TypeInfoResolverChain.Insert(0, PoliciesJson.Default);
                json.TypeInfoResolverChain.Insert(0, EvaluationsJson.Default);
                json.TypeInfoResolverChain.Insert(0, LogpushJson.Default);
                json.TypeInfoResolverChain.Insert(0, ReplaysJson.Default);
                json.TypeInfoResolverChain.Insert(0, AuditJson.Default);
                json.TypeInfoResolverChain.Insert(0, BillingJson.Default);
                json.TypeInfoResolverChain.Insert(0, CustomDomainsJson.Default);
                json.TypeInfoResolverChain.Insert(0, DlpJson.Default);
            });
            services.AddOpenApi("v1", options => options.AddDocumentTransformer((document, _, _) =>
            {
                (document.Info.Title, document.Info.Version) = ("AI gateway admin API", "v4");
                RestDocument.AddTo(document);
                return Task.CompletedTask;
            }));
            services.TryAddSingleton<CustomDomainMap>();
            services.TryAddSingleton<IDomainRecords>(_ => new DnsRecords());
            services.AddSingleton<CustomDomainDirectory>();
            services.AddSingleton<ModelCatalogue>();
            services.TryAddSingleton<LogTails>();
            services.AddAnalytics();
            services.AddSingleSignOn();
            return services;
        }
    }

    extension(WebApplication app)
    {
        /// <summary>
        /// Adds what comes before the endpoints: errors in the envelope, authentication, quota, the audit log, authorization, repeated requests. Call it once, after whatever
        /// needs none of it, such as the data plane, has been branched off.
        /// </summary>
        public WebApplication UseManagement()
        {
            app.UseMiddleware<ManagementMiddleware>();
            app.UseAuthentication();
            app.UseMiddleware<RequestQuotaMiddleware>();
            app.UseMiddleware<AuditMiddleware>();
            app.UseAuthorization();
            app.UseMiddleware<IdempotencyMiddleware>();
            app.UseMiddleware<AuditBeforeMiddleware>();
            return app;
        }
    }

    extension(IEndpointRouteBuilder routes)
    {
        /// <summary>Maps the admin API and its OpenAPI document.</summary>
        public IEndpointRouteBuilder MapManagement()
        {
            var group = routes.MapGroup(ManagementMiddleware.BasePath).WithMetadata(new ManagementEndpoint());
            group.MapIdentity();
            group.MapAccounts();
            group.MapTokens();
            group.MapGateways();
            group.MapLogs();
            group.MapLogDownload();
            group.MapLogTail();
            group.MapLogpush();
            group.MapCustomProviders();
            group.MapModels();
            group.MapDynamicRoutes();
            group.MapAnalytics();
            group.MapDatasets();
            group.MapEvaluations();
            group.MapEvaluationTypes();
            group.MapSecretsStores();
            group.MapSecrets();
            group.MapProviderConfigs();
            group.MapReplays();
            group.MapAuditLogs();
            group.MapCustomDomains();
            group.MapBilling();
            group.MapPolicies();
            group.MapDlp();
            routes.MapSingleSignOn();
            routes.MapOpenApi(PublicRoutes.OpenApi).AllowAnonymous();
            return routes;
        }
    }
}
