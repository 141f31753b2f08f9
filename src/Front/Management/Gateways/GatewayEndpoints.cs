using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.CustomDomains;
using GatewayActors.Abstractions.Datasets;
using GatewayActors.Abstractions.DynamicRoutes;
using GatewayActors.Abstractions.Evaluations;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Abstractions.Policies;
using GatewayActors.Abstractions.Replays;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Logging;
using GatewayActors.Front.Management.Dlp;
using GatewayActors.Front.Management.Http;
using GatewayActors.Front.Management.ProviderConfigs;
using GatewayActors.Front.Secrets;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GatewayActors.Front.Management.Gateways;

/// <summary>Gateways: create, read, update, delete, and their addresses.</summary>
internal static class GatewayEndpoints
{
    private static readonly string[] RequiredFields =
        ["cache_invalidate_on_update:boolean", "cache_ttl:integer", "collect_logs:boolean", "rate_limiting_interval:integer", "rate_limiting_limit:integer"];

    private static readonly string[] OptionalFields =
    [
        "authentication:boolean", "auto_router:object", "byok_only:boolean", "cache_shared_formats:boolean", "cache_single_flight:boolean",
        "cache_stale_if_error:integer", "cache_streaming:boolean", "log_retention_days:integer",
        "circuit_breaker:object", "collect_log_payload:boolean", "compatibility", "dlp:object", "guardrails:object", "guardrails_stream_mode", "hedge_delay:integer",
        "log_classification:boolean", "log_management:integer", "log_management_strategy", "logpush:boolean", "logpush_public_key", "otel:array",
        "rate_limiting_technique", "realtime_close_on_limit:boolean", "retry_backoff", "retry_delay:integer", "retry_max_attempts:integer", "spend_limits:object", "store_id",
        "stripe:object", "token_limits:object", "workers_ai_billing_mode", "zdr:boolean",
    ];

    extension(IEndpointRouteBuilder routes)
    {
        /// <summary>Maps the gateways of an account.</summary>
        public void MapGateways()
        {
            var group = routes.MapGroup("/accounts/{accountId}/ai-gateway/gateways")
                .WithTags("Gateways")
                .RequirePermission(Permissions.GatewayMetadataRead);
            group.MapGet("/", ListAsync).WithName("ListGateways").WithQuery("page:integer", "per_page:integer", "search");
            group.MapPost("/", CreateAsync).WithName("CreateGateway").RequirePermission(Permissions.GatewayWrite)
                .WithBody(["id", .. RequiredFields], OptionalFields);
            group.MapGet("/{gatewayId}", GetAsync).WithName("GetGateway");
            group.MapPut("/{gatewayId}", UpdateAsync).WithName("UpdateGateway").RequirePermission(Permissions.GatewayWrite)
                .WithBody(RequiredFields, OptionalFields);
            group.MapDelete("/{gatewayId}", DeleteAsync).WithName("DeleteGateway").RequirePermission(Permissions.GatewayWrite);
            group.MapDelete("/{gatewayId}/cache", PurgeCacheAsync).WithName("PurgeGatewayCache").RequirePermission(Permissions.GatewayWrite);
            group.MapGet("/{gatewayId}/url/{provider}", GatewayUrl.GetAsync).WithName("GetGatewayUrl");
        }
    }

    internal static async Task<Results<Ok<Envelope<IReadOnlyList<GatewayResource>>>, ApiProblem>> ListAsync(
        string accountId, HttpContext context, IGrainFactory grains, SecretSealer sealer, CancellationToken cancellationToken)
    {
        var query = new QueryReader(context.Request.Query);
        var paging = query.Paging(maxPerPage: 100);
        var search = query.Text("search");
        if (query.Problem is { } problem)
        {
            return problem;
        }

        var account = grains.GetGrain<IAccountGrain>(GrainKeys.Account(accountId));
        var ids = await account.ListGatewaysAsync(cancellationToken);
        if (ids.Count == 0 && await account.GetAsync(cancellationToken) is null)
        {
            return ApiProblem.AccountNotFound(context);
        }

        var found = search is null ? ids : [.. ids.Where(id => id.Contains(search, StringComparison.OrdinalIgnoreCase))];
        var gateways = await Task.WhenAll(paging.Of(found).Select(id => Gateway(grains, accountId, id).GetAsync(cancellationToken)));
        return TypedResults.Ok(Envelope.Page<GatewayResource>(
            [.. gateways.OfType<GatewayRecord>().Select(gateway => GatewayResource.From(sealer.Open(gateway)))], paging, found.Count));
    }

    internal static async Task<Results<Ok<Envelope<GatewayResource>>, ApiProblem>> CreateAsync(
        string accountId, HttpContext context, IGrainFactory grains, SecretSealer sealer, GatewayOptions options, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadObjectAsync(context.Request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        List<ApiError> errors = [];
        var id = new ObjectReader(body, ["body"], errors).Text("id", 1, 64, Need.NotNull).Value;
        if (id is not null && !Identifiers.IsNewGatewayId(id))
        {
            errors.Add(ApiErrors.Invalid("Invalid id: lower-case letters, digits and underscores, in words joined by single hyphens", "body", "id"));
        }

        var configuration = GatewayConfigurationReader.Read(body, stored: null, options.Upstream.AllowPrivateNetworks, errors);
        await DlpProfileUse.CheckAsync(grains, accountId, configuration.Dlp, errors, cancellationToken);
        return errors.Count > 0
            ? ApiProblem.Invalid(errors)
            : Answer(await Gateway(grains, accountId, id!).CreateAsync(sealer.Seal(accountId, configuration, stored: null), cancellationToken), context, sealer);
    }

    internal static async Task<Results<Ok<Envelope<GatewayResource>>, ApiProblem>> GetAsync(
        string accountId, string gatewayId, HttpContext context, IGrainFactory grains, SecretSealer sealer, CancellationToken cancellationToken) =>
        await FindAsync(grains, accountId, gatewayId, cancellationToken) is { } gateway
            ? TypedResults.Ok(Envelope.Of(GatewayResource.From(sealer.Open(gateway))))
            : ApiProblem.NotFound;

    internal static async Task<Results<Ok<Envelope<GatewayResource>>, ApiProblem>> UpdateAsync(
        string accountId, string gatewayId, HttpContext context, IGrainFactory grains, SecretSealer sealer, GatewayOptions options, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadObjectAsync(context.Request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        if (await FindAsync(grains, accountId, gatewayId, cancellationToken) is not { } stored)
        {
            return ApiProblem.NotFound;
        }

        List<ApiError> errors = [];
        var id = new ObjectReader(body, ["body"], errors).Text("id", 0, 1024);
        if (id.IsSet && id.Value is not null && id.Value != gatewayId)
        {
            errors.Add(ApiErrors.Invalid("The id must be the one in the path; a gateway cannot be renamed", "body", "id"));
        }

        var configuration = GatewayConfigurationReader.Read(body, sealer.Open(stored).Configuration, options.Upstream.AllowPrivateNetworks, errors);
        if (configuration.Dlp != stored.Configuration.Dlp)
        {
            await DlpProfileUse.CheckAsync(grains, accountId, configuration.Dlp, errors, cancellationToken);
        }

        return errors.Count > 0
            ? ApiProblem.Invalid(errors)
            : Answer(await Gateway(grains, accountId, gatewayId).UpdateAsync(sealer.Seal(accountId, configuration, stored.Configuration), cancellationToken), context, sealer);
    }

    internal static async Task<Results<Ok<Envelope<GatewayResource>>, ApiProblem>> DeleteAsync(
        string accountId, string gatewayId, HttpContext context, IGrainFactory grains, ILogStore logs, ILogFlush flush, SecretSealer sealer, CancellationToken cancellationToken)
    {
        if (!Identifiers.IsUrlId(gatewayId))
        {
            return ApiProblem.NotFound;
        }

        var change = await Gateway(grains, accountId, gatewayId).DeleteAsync(cancellationToken);

        foreach (var config in change.Gateway?.ProviderConfigs ?? [])
        {
            await ProviderConfigEndpoints.DropSecretAsync(grains, accountId, config, cancellationToken);
        }

        // Also when the gateway was gone before: an earlier deletion may have failed between the gateway and what belongs to it.
        var key = GrainKeys.Gateway(accountId, gatewayId);
        await grains.GetGrain<IDynamicRoutesGrain>(key).ClearAsync(cancellationToken);
        await grains.GetGrain<IPoliciesGrain>(key).ClearAsync(cancellationToken);
        await grains.GetGrain<IDatasetsGrain>(key).ClearAsync(cancellationToken);
        await grains.GetGrain<IEvaluationsGrain>(key).ClearAsync(cancellationToken);
        await grains.GetGrain<IReplaysGrain>(key).ClearAsync(cancellationToken);
        await grains.GetGrain<ICustomDomainsGrain>(GrainKeys.CustomDomains).ClearAsync(accountId, gatewayId, cancellationToken);
        await flush.FlushAsync(cancellationToken);
        await logs.DeleteAllAsync(accountId, gatewayId, cancellationToken);
        return Answer(change, context, sealer);
    }

    internal static async Task<Results<Ok<Envelope<GatewayResource>>, ApiProblem>> PurgeCacheAsync(
        string accountId, string gatewayId, HttpContext context, IGrainFactory grains, SecretSealer sealer, CancellationToken cancellationToken) =>
        Identifiers.IsUrlId(gatewayId)
            ? Answer(await Gateway(grains, accountId, gatewayId).PurgeCacheAsync(cancellationToken), context, sealer)
            : ApiProblem.NotFound;

    /// <summary>The gateway of a route; null if there is none.</summary>
    internal static async Task<GatewayRecord?> FindAsync(IGrainFactory grains, string accountId, string gatewayId, CancellationToken cancellationToken) =>
        Identifiers.IsUrlId(gatewayId) ? await Gateway(grains, accountId, gatewayId).GetAsync(cancellationToken) : null;

    private static IGatewayGrain Gateway(IGrainFactory grains, string accountId, string gatewayId) =>
        grains.GetGrain<IGatewayGrain>(GrainKeys.Gateway(accountId, gatewayId));

    private static Results<Ok<Envelope<GatewayResource>>, ApiProblem> Answer(GatewayChange change, HttpContext context, SecretSealer sealer) => change.Outcome switch
    {
        GatewayChangeOutcome.Done => TypedResults.Ok(Envelope.Of(GatewayResource.From(sealer.Open(change.Gateway!)))),
        GatewayChangeOutcome.NotFound => ApiProblem.NotFound,
        // 400 rather than 409, which the official clients would try again.
        GatewayChangeOutcome.AlreadyExists => ApiProblem.Invalid("A gateway with this id already exists", "body", "id"),
        GatewayChangeOutcome.TooManyGateways => ApiProblem.Invalid("The maximum number of gateways is reached", "body", "id"),
        GatewayChangeOutcome.AccountNotFound => ApiProblem.AccountNotFound(context),
    };
}
