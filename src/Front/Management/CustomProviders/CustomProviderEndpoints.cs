using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.CustomProviders;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Management.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GatewayActors.Front.Management.CustomProviders;

/// <summary>The providers that an account adds itself.</summary>
internal static class CustomProviderEndpoints
{
    private static readonly string[] RequiredFields = ["name", "slug", "base_url"];

    private static readonly string[] OptionalFields =
        ["description", "enable:boolean", "beta:boolean", "headers", "link", "logo", "curl_example", "js_example", "position:integer"];

    extension(IEndpointRouteBuilder routes)
    {
        /// <summary>Maps the custom providers of an account and their pricing rules.</summary>
        public void MapCustomProviders()
        {
            // Reading takes more than the metadata: the headers of a provider may hold its key.
            var group = routes.MapGroup("/accounts/{accountId}/ai-gateway/custom-providers")
                .WithTags("Custom providers")
                .RequirePermission(Permissions.GatewayRead);
            group.MapPricingRules();
            group.MapGet("/", ListAsync).WithName("ListCustomProviders")
                .WithQuery("page:integer", "per_page:integer", "search", "enable:boolean", "beta:boolean");
            group.MapPost("/", CreateAsync).WithName("CreateCustomProvider").RequirePermission(Permissions.GatewayWrite).WithBody(RequiredFields, OptionalFields);
            group.MapGet("/{providerId}", GetAsync).WithName("GetCustomProvider");
            group.MapPatch("/{providerId}", PatchAsync).WithName("EditCustomProvider").RequirePermission(Permissions.GatewayWrite)
                .WithBody([], [.. RequiredFields, .. OptionalFields]);
            group.MapDelete("/{providerId}", DeleteAsync).WithName("DeleteCustomProvider").RequirePermission(Permissions.GatewayWrite);
        }
    }

    internal static async Task<Results<Ok<Envelope<IReadOnlyList<CustomProviderResource>>>, ApiProblem>> ListAsync(
        string accountId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var query = new QueryReader(context.Request.Query);
        var paging = query.Paging(maxPerPage: 100);
        var (search, enable, beta) = (query.Text("search"), query.Boolean("enable"), query.Boolean("beta"));
        if (query.Problem is { } problem)
        {
            return problem;
        }

        var all = await Providers(grains, accountId).ListAsync(cancellationToken);
        if (all.Count == 0 && await grains.GetGrain<IAccountGrain>(GrainKeys.Account(accountId)).GetAsync(cancellationToken) is null)
        {
            return ApiProblem.AccountNotFound(context);
        }

        CustomProviderRecord[] found =
        [
            .. all
                .Where(provider => enable is null || provider.Definition.Enable == enable)
                .Where(provider => beta is null || (provider.Definition.Beta ?? false) == beta)
                .Where(provider => search is null || Mentions(provider, search))
                .OrderBy(provider => provider.Definition.Position ?? long.MaxValue)
                .ThenBy(provider => provider.Definition.Name, StringComparer.OrdinalIgnoreCase)
                .ThenBy(provider => provider.Id),
        ];
        return TypedResults.Ok(Envelope.Page<CustomProviderResource>(
            [.. paging.Of(found).Select(provider => CustomProviderResource.From(accountId, provider))], paging, found.Length));
    }

    internal static async Task<Results<Ok<Envelope<CustomProviderResource>>, ApiProblem>> CreateAsync(
        string accountId, HttpContext context, IGrainFactory grains, GatewayOptions options, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadObjectAsync(context.Request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        List<ApiError> errors = [];
        var definition = CustomProviderReader.Read(body, stored: null, options.Upstream.AllowPrivateNetworks, errors);
        return errors.Count > 0
            ? ApiProblem.Invalid(errors)
            : Answer(accountId, await Providers(grains, accountId).CreateAsync(definition, cancellationToken), context);
    }

    internal static async Task<Results<Ok<Envelope<CustomProviderResource>>, ApiProblem>> GetAsync(
        string accountId, string providerId, IGrainFactory grains, CancellationToken cancellationToken) =>
        await FindAsync(grains, accountId, providerId, cancellationToken) is { } provider
            ? TypedResults.Ok(Envelope.Of(CustomProviderResource.From(accountId, provider)))
            : ApiProblem.NotFound;

    internal static async Task<Results<Ok<Envelope<CustomProviderResource>>, ApiProblem>> PatchAsync(
        string accountId, string providerId, HttpContext context, IGrainFactory grains, GatewayOptions options, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadObjectAsync(context.Request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        while (await FindAsync(grains, accountId, providerId, cancellationToken) is { } stored)
        {
            List<ApiError> errors = [];
            var definition = CustomProviderReader.Read(body, stored.Definition, options.Upstream.AllowPrivateNetworks, errors);
            if (errors.Count > 0)
            {
                return ApiProblem.Invalid(errors);
            }

            var change = await Providers(grains, accountId).UpdateAsync(stored.Id, definition, stored.Version, cancellationToken);
            if (change.Outcome != CustomProviderOutcome.Outdated)
            {
                return Answer(accountId, change, context);
            }

            // Somebody else was faster: what this body leaves out must stay as they have made it.
        }

        return ApiProblem.NotFound;
    }

    internal static async Task<Results<Ok<Envelope<CustomProviderResource>>, ApiProblem>> DeleteAsync(
        string accountId, string providerId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        Guid.TryParseExact(providerId, "D", out var id)
            ? Answer(accountId, await Providers(grains, accountId).DeleteAsync(id, cancellationToken), context)
            : ApiProblem.NotFound;

    /// <summary>The provider of a route; null if there is none.</summary>
    private static async Task<CustomProviderRecord?> FindAsync(IGrainFactory grains, string accountId, string providerId, CancellationToken cancellationToken) =>
        Guid.TryParseExact(providerId, "D", out var id)
            ? (await Providers(grains, accountId).ListAsync(cancellationToken)).FirstOrDefault(provider => provider.Id == id)
            : null;

    private static bool Mentions(CustomProviderRecord provider, string search) =>
        provider.Definition.Name.Contains(search, StringComparison.OrdinalIgnoreCase)
        || provider.Definition.Slug.Contains(search, StringComparison.OrdinalIgnoreCase)
        || provider.Id.ToString("D").Contains(search, StringComparison.OrdinalIgnoreCase);

    private static ICustomProvidersGrain Providers(IGrainFactory grains, string accountId) =>
        grains.GetGrain<ICustomProvidersGrain>(GrainKeys.CustomProviders(accountId));

    private static Results<Ok<Envelope<CustomProviderResource>>, ApiProblem> Answer(string accountId, CustomProviderChange change, HttpContext context) =>
        change.Provider is { } provider
            ? TypedResults.Ok(Envelope.Of(CustomProviderResource.From(accountId, provider)))
            : CustomProviderProblems.Of(change.Outcome, "A custom provider with this slug already exists", "slug", context);
}

/// <summary>The answers to changes that were not made.</summary>
internal static class CustomProviderProblems
{
    public static ApiProblem Of(CustomProviderOutcome outcome, string duplicate, string field, HttpContext context) => outcome switch
    {
        CustomProviderOutcome.NotFound or CustomProviderOutcome.Outdated => ApiProblem.NotFound,
        // 400 rather than 409, which the official clients would try again.
        CustomProviderOutcome.AlreadyExists => ApiProblem.Invalid(duplicate, "body", field),
        CustomProviderOutcome.ProviderNotFound => ApiProblem.Invalid("The account has no custom provider of this id", "body", "account_provider_id"),
        CustomProviderOutcome.TooMany => ApiProblem.Invalid("The maximum number is reached", "body", field),
        CustomProviderOutcome.AccountNotFound => ApiProblem.AccountNotFound(context),
        CustomProviderOutcome.Done => throw new InvalidOperationException("A change that was made is answered with its result."),
    };
}
