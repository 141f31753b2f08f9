using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.CustomDomains;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.CustomDomains;
using GatewayActors.Front.Management.Gateways;
using GatewayActors.Front.Management.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GatewayActors.Front.Management.CustomDomains;

/// <summary>The hostnames of a gateway.</summary>
internal static class CustomDomainEndpoints
{
    private static readonly Words<DomainStatus> Statuses = new(
        (DomainStatus.Initializing, "initializing"), (DomainStatus.PendingDcv, "pending_dcv"), (DomainStatus.Active, "active"), (DomainStatus.Blocked, "blocked"),
        (DomainStatus.Error, "error"));

    private static readonly Words<TlsVersion> TlsVersions = new((TlsVersion.V10, "1.0"), (TlsVersion.V11, "1.1"), (TlsVersion.V12, "1.2"), (TlsVersion.V13, "1.3"));

    extension(IEndpointRouteBuilder routes)
    {
        /// <summary>Maps the custom domains of a gateway.</summary>
        public void MapCustomDomains()
        {
            var group = routes.MapGroup("/accounts/{accountId}/ai-gateway/gateways/{gatewayId}/custom-domains")
                .WithTags("Custom domains")
                .RequirePermission(Permissions.GatewayRead);
            group.MapGet("/", ListAsync).WithName("ListCustomDomains").WithQuery("page:integer", "per_page:integer", "status", "search");
            group.MapPost("/", CreateAsync).WithName("CreateCustomDomain").RequirePermission(Permissions.GatewayWrite).WithBody(["domain"], "zone_id", "minTLS");
            group.MapGet("/{hostname}", GetAsync).WithName("GetCustomDomain");
            group.MapDelete("/{hostname}", DeleteAsync).WithName("DeleteCustomDomain").RequirePermission(Permissions.GatewayWrite);
        }
    }

    internal static async Task<Results<Ok<Envelope<IReadOnlyList<CustomDomainResource>>>, ApiProblem>> ListAsync(
        string accountId, string gatewayId, HttpContext context, IGrainFactory grains, CustomDomainDirectory domains, GatewayOptions options, CancellationToken cancellationToken)
    {
        var query = new QueryReader(context.Request.Query);
        var paging = query.Paging(maxPerPage: 100);
        var (status, search) = (query.Word("status", Statuses), query.Text("search"));
        if (query.Problem is { } problem)
        {
            return problem;
        }

        if (await GatewayEndpoints.FindAsync(grains, accountId, gatewayId, cancellationToken) is null)
        {
            return ApiProblem.NotFound;
        }

        CustomDomain[] found =
        [
            .. (await domains.Grain.ListAsync(accountId, gatewayId, cancellationToken))
                .Where(domain => status is null || status == (domain.IsActive ? DomainStatus.Active : DomainStatus.PendingDcv))
                .Where(domain => search is null || domain.Hostname.Contains(search, StringComparison.OrdinalIgnoreCase)),
        ];
        var target = Target(context, options);
        return TypedResults.Ok(Envelope.Page<CustomDomainResource>([.. paging.Of(found).Select(domain => CustomDomainResource.From(domain, target))], paging, found.Length));
    }

    internal static async Task<Results<Ok<Envelope<CustomDomainResource>>, ApiProblem>> CreateAsync(
        string accountId, string gatewayId, HttpContext context, IGrainFactory grains, CustomDomainDirectory domains, GatewayOptions options, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadObjectAsync(context.Request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        List<ApiError> errors = [];
        var reader = new ObjectReader(body, ["body"], errors);
        var hostname = reader.Text("domain", 1, 1024, Need.NotNull).Value is { } text ? Hostname.Normalize(text) : null;
        if (hostname is not null && Mistake(hostname, context, options) is { } mistake)
        {
            reader.Fail("domain", mistake);
        }

        reader.Text("zone_id", 0, 64); // Of the reference's zones, which there are none of here.
        var tls = reader.Word("minTLS", TlsVersions).Value;
        if (errors.Count > 0)
        {
            return ApiProblem.Invalid(errors);
        }

        if (await GatewayEndpoints.FindAsync(grains, accountId, gatewayId, cancellationToken) is null)
        {
            return ApiProblem.NotFound;
        }

        var now = timeProvider.GetUtcNow();
        var change = await domains.Grain.CreateAsync(
            new()
            {
                Hostname = hostname!,
                AccountId = accountId,
                GatewayId = gatewayId,
                IsActive = !options.CustomDomains.Verify,
                MinTls = TlsVersions.Format(tls),
                CreatedAt = now,
                ModifiedAt = now,
            },
            options.CustomDomains.MaxPerGateway,
            cancellationToken);
        if (change.Domain is { } created)
        {
            change = change with { Domain = await domains.VerifyAsync(created, cancellationToken) };
            await domains.RefreshAsync(cancellationToken);
        }

        return Answer(change, context, options);
    }

    internal static async Task<Results<Ok<Envelope<CustomDomainResource>>, ApiProblem>> GetAsync(
        string accountId, string gatewayId, string hostname, HttpContext context, CustomDomainDirectory domains, GatewayOptions options, CancellationToken cancellationToken)
    {
        var name = Hostname.Normalize(hostname);
        var all = await domains.Grain.ListAsync(accountId, gatewayId, cancellationToken);
        return all.FirstOrDefault(domain => domain.Hostname == name) is { } found
            ? TypedResults.Ok(Envelope.Of(CustomDomainResource.From(await domains.VerifyAsync(found, cancellationToken), Target(context, options))))
            : ApiProblem.NotFound;
    }

    internal static async Task<Results<Ok<Envelope<CustomDomainResource>>, ApiProblem>> DeleteAsync(
        string accountId, string gatewayId, string hostname, HttpContext context, CustomDomainDirectory domains, GatewayOptions options, CancellationToken cancellationToken)
    {
        var change = await domains.Grain.DeleteAsync(accountId, gatewayId, Hostname.Normalize(hostname), cancellationToken);
        await domains.RefreshAsync(cancellationToken);
        return Answer(change, context, options);
    }

    private static Results<Ok<Envelope<CustomDomainResource>>, ApiProblem> Answer(CustomDomainChange change, HttpContext context, GatewayOptions options) => change.Outcome switch
    {
        CustomDomainOutcome.Done => TypedResults.Ok(Envelope.Of(CustomDomainResource.From(change.Domain!, Target(context, options)))),
        CustomDomainOutcome.NotFound => ApiProblem.NotFound,
        // 400 rather than 409, which the official clients would try again.
        CustomDomainOutcome.Taken => ApiProblem.Invalid("The domain is already in use", "body", "domain"),
        CustomDomainOutcome.TooMany => ApiProblem.Invalid("The gateway has as many custom domains as it may have; delete one first", "body", "domain"),
    };

    // A tenant that had our own name would get everybody's requests.
    private static string? Mistake(string hostname, HttpContext context, GatewayOptions options) =>
        Hostname.Mistake(hostname)
        ?? (hostname == Target(context, options) || hostname == Hostname.Normalize(context.Request.Host.Host) ? "The domain is the gateway's own" : null);

    private static string Target(HttpContext context, GatewayOptions options) =>
        Hostname.Normalize(options.PublicUrl is { } url ? new Uri(url).Host : context.Request.Host.Host);

    private enum DomainStatus
    {
        Initializing,
        PendingDcv,
        Active,
        Blocked,
        Error,
    }

    private enum TlsVersion
    {
        V10,
        V11,
        V12,
        V13,
    }
}
