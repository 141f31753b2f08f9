using System.Collections.Frozen;
using GatewayActors.Front.AutoRouter;
using GatewayActors.Front.Billing;
using GatewayActors.Front.Caching;
using GatewayActors.Front.Compat;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.CustomDomains;
using GatewayActors.Front.CustomProviders;
using GatewayActors.Front.Dlp;
using GatewayActors.Front.DynamicRoutes.Running;
using GatewayActors.Front.Egress;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Export;
using GatewayActors.Front.Export.Tail;
using GatewayActors.Front.Gateways;
using GatewayActors.Front.Guardrails;
using GatewayActors.Front.Health;
using GatewayActors.Front.Inspection;
using GatewayActors.Front.Limits;
using GatewayActors.Front.Logging;
using GatewayActors.Front.Policies;
using GatewayActors.Front.Realtime;
using GatewayActors.Front.Replays;
using GatewayActors.Front.Rest;
using GatewayActors.Front.Run;
using GatewayActors.Front.Run.Background;
using GatewayActors.Front.Simulator;
using GatewayActors.Front.SingleSignOn;
using GatewayActors.Front.Sockets;
using GatewayActors.Front.StoredKeys;
using GatewayActors.Front.Supplies;
using GatewayActors.Front.Universal;
using GatewayActors.Front.Universal.Sockets;
using GatewayActors.Front.Upstreams;
using GatewayActors.Front.Upstreams.Health;
using GatewayActors.Providers;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebSockets;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace GatewayActors.Front.Pipeline;

/// <summary>Registration of the data plane.</summary>
internal static class DataPlaneExtensions
{
    extension(IServiceCollection services)
    {
        /// <summary>Adds the stages and what they need. Needs a <see cref="Secrets.SecretSealer"/>, a <see cref="Providers.Pricing.IPriceTable"/> and a <see cref="ProviderCatalog"/>.</summary>
        public IServiceCollection AddDataPlane()
        {
            services.TryAddSingleton<CustomDomainMap>();
            services.AddSingleton<GatewayHandles>();
            services.AddIssuers();
            services.AddSingleton<IdentityTokens>();
            services.AddSingleton<AuthenticationStage>();
            services.AddSingleton<AdmissionStage>();
            services.AddSingleton<RoutingStage>();
            services.TryAddSingleton<IHostResolver, SystemHostResolver>();
            services.AddSingleton<GuardedEgress>();
            services.AddSingleton<AccountProviders>();
            services.AddSingleton<AccountSecrets>();
            services.AddSingleton<StoredKeyStage>();
            services.AddSingleton<StoredKeyLimit>();
            services.AddSingleton<CustomProviderStage>();
            services.AddSingleton<GoogleAccessTokens>();
            services.AddSingleton<AccessTokenStage>();
            services.AddSingleton<CompatEndpoint>();
            services.AddSingleton<CompatModels>();
            services.AddSingleton<CacheShards>();
            services.AddSingleton<RecentAnswers>();
            services.AddSingleton<Flights>();
            services.AddSingleton<CacheStage>();
            services.AddSingleton<PolicyStage>();
            services.AddSingleton<LimitsStage>();
            services.AddSingleton<LimitSettlement>();
            services.AddHostedService(provider => provider.GetRequiredService<LimitSettlement>());
            services.AddSingleton<Credits>();
            services.AddHostedService(provider => provider.GetRequiredService<Credits>());
            services.AddSingleton<UpstreamGate>();
            services.AddSingleton<AttemptSender>();
            services.AddSingleton<AttemptEngine>();
            services.AddSingleton<ParallelCalls>();
            services.AddSingleton<BodyStage>();
            services.AddSingleton<StepRunner>();
            services.AddSingleton<AnswerInspection>();
            services.AddSingleton<InspectionStage>();
            services.AddDlp();
            services.AddGuardrails();
            services.AddSingleton(provider => new MediaFetcher(
                provider.GetRequiredService<GuardedEgress>().CreateHandler(),
                provider.GetRequiredService<GatewayOptions>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<MediaFetcher>>()));
            services.AddSingleton<ThoughtStore>();
            services.AddSingleton<SupplyStage>();
            services.AddSingleton<CompatTranslation>();
            services.AddSingleton<CompatRouting>();
            services.AddSingleton<ModelCalls>();
            services.TryAddSingleton(Random.Shared);
            services.AddSingleton<RouteServices>();
            services.AddSingleton<DynamicRouteRunner>();
            services.TryAddSingleton(CreateScorer);
            services.AddSingleton<AutoRanking>();
            services.AddSingleton<AutoChooser>();
            services.AddSingleton<AutoPool>();
            services.AddSingleton<AutoSessions>();
            services.AddSingleton<AutoRouting>();
            services.AddSingleton<UniversalEndpoint>();
            services.AddSingleton<SocketAcceptor>();
            services.AddSingleton<SocketStops>();
            services.AddSingleton<RealtimeEndpoint>();
            services.AddSingleton<UniversalSockets>();
            services.AddSingleton<SocketEndpoint>();
            services.AddSingleton<RestSurface>();
            services.AddSingleton<RunEndpoint>();
            services.AddSingleton<BackgroundRuns>();
            services.AddSingleton<RunWebhooks>();
            services.AddSingleton(provider => new Lazy<ExchangePipeline>(provider.GetRequiredService<ExchangePipeline>)); // It needs, by a detour, what asks for it.
            services.AddSpanExport();
            services.AddSingleton<ResponseRelay>();
            services.AddSingleton<Settlement>();
            services.AddSingleton<ExchangePipeline>();
            services.AddSingleton<IInFlightExchanges>(provider => provider.GetRequiredService<ExchangePipeline>());
            services.AddSingleton(CreateTransports);
            services.TryAddSingleton<LogTails>();
            services.AddSingleton<LogWriter>();
            services.AddSingleton<ILogFlush>(provider => provider.GetRequiredService<LogWriter>());
            services.AddHostedService(provider => provider.GetRequiredService<LogWriter>());
            services.AddSingleton<ReplaySender>();
            services.AddSingleton<ReplayRunner>();
            services.AddSingleton<IReplayRunner>(provider => provider.GetRequiredService<ReplayRunner>());
            services.AddHostedService(provider => provider.GetRequiredService<ReplayRunner>()); // Stops before the log writer.
            return services;
        }
    }

    extension(WebApplication app)
    {
        /// <summary>
        /// Serves <c>/v1/…</c>, custom domains and the inference routes of the API host. Stands before routing: the path must be read as it was received, and no other middleware has business
        /// with it.
        /// </summary>
        public WebApplication UseDataPlane()
        {
            var pipeline = app.Services.GetRequiredService<ExchangePipeline>();
            var domains = app.Services.GetRequiredService<CustomDomainMap>();
            var sockets = new WebSocketMiddleware(pipeline.InvokeAsync, Options.Create(new WebSocketOptions()), app.Services.GetRequiredService<ILoggerFactory>());
            app.Use(next => context =>
            {
                var request = context.Features.GetRequiredFeature<IHttpRequestFeature>();
                if (!DataPlanePath.IsDataPlane(request.RawTarget))
                {
                    RequestTarget.Normalize(request);
                }

                domains.Route(request);
                return !DataPlanePath.IsDataPlane(request.RawTarget) && !RestPath.IsInference(request.RawTarget) ? next(context)
                    : WebSocketHandshake.IsRequested(context.Request) ? sockets.Invoke(context) // Gives the request what it takes to become one.
                    : pipeline.InvokeAsync(context);
            });
            return app;
        }

        /// <summary>Answers every path that nothing else serves.</summary>
        public WebApplication MapUnknownPaths()
        {
            var error = new GatewayError(GatewayErrorKind.RouteNotFound, "No route for that URI.");
            var body = GatewayErrorWriter.Write(error, error.Status(strict: false));
            app.MapFallback("{**path}", async context =>
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                context.Response.ContentType = "application/json";
                await context.Response.BodyWriter.WriteAsync(body, context.RequestAborted);
            }).AllowAnonymous();
            return app;
        }
    }

    private static IAutoScorer CreateScorer(IServiceProvider services)
    {
        var options = services.GetRequiredService<GatewayOptions>();
        return options.AutoRouter.ScorerUrl is { } url ? new HttpAutoScorer(new(url), options) : new HeuristicScorer();
    }

    private static UpstreamTransports CreateTransports(IServiceProvider services)
    {
        var inProcess = new Dictionary<string, Func<HttpMessageHandler>>(StringComparer.Ordinal)
        {
            [GatewayOptions.SimulatorSlug] = () => new SimulatorHandler(services.GetRequiredService<TimeProvider>()),
        };
        return new(services.GetRequiredService<ProviderCatalog>(), services.GetRequiredService<GatewayOptions>(), services.GetRequiredService<GuardedEgress>(), inProcess.ToFrozenDictionary(StringComparer.Ordinal));
    }
}
