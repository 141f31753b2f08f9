using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.CustomProviders;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Management.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GatewayActors.Front.Management.CustomProviders;

/// <summary>What models of custom providers cost.</summary>
internal static class PricingRuleEndpoints
{
    private static readonly string[] RequiredFields = ["account_provider_id", "model"];

    private static readonly string[] OptionalFields =
        ["model_rule", "cost_type", "cost_in:number", "cost_out:number", "enable:boolean", "token_pricing:object"];

    extension(RouteGroupBuilder providers)
    {
        /// <summary>Maps the pricing rules of the custom providers of an account.</summary>
        public void MapPricingRules()
        {
            var group = providers.MapGroup("/costs");
            group.MapGet("/", ListAsync).WithName("ListPricingRules")
                .WithQuery("page:integer", "per_page:integer", "search", "enable:boolean", "account_provider_id", "model_rule", "cost_type");
            group.MapPost("/", CreateAsync).WithName("CreatePricingRule").RequirePermission(Permissions.GatewayWrite).WithBody(RequiredFields, OptionalFields);
            group.MapGet("/{ruleId}", GetAsync).WithName("GetPricingRule");
            group.MapPatch("/{ruleId}", PatchAsync).WithName("EditPricingRule").RequirePermission(Permissions.GatewayWrite)
                .WithBody([], [.. RequiredFields, .. OptionalFields]);
            group.MapDelete("/{ruleId}", DeleteAsync).WithName("DeletePricingRule").RequirePermission(Permissions.GatewayWrite);
        }
    }

    internal static async Task<Results<Ok<Envelope<IReadOnlyList<PricingRuleResource>>>, ApiProblem>> ListAsync(
        string accountId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var query = new QueryReader(context.Request.Query);
        var paging = query.Paging(maxPerPage: 100);
        var (search, enable, providerId) = (query.Text("search"), query.Boolean("enable"), query.Text("account_provider_id"));
        var match = query.Word("model_rule", PricingRuleWords.Matches);
        query.Word("cost_type", PricingRuleWords.Kinds);
        if (query.Problem is { } problem)
        {
            return problem;
        }

        var all = await Providers(grains, accountId).ListRulesAsync(cancellationToken);
        if (all.Count == 0 && await grains.GetGrain<IAccountGrain>(GrainKeys.Account(accountId)).GetAsync(cancellationToken) is null)
        {
            return ApiProblem.AccountNotFound(context);
        }

        PricingRuleRecord[] found =
        [
            .. all
                .Where(rule => enable is null || rule.Definition.Enable == enable)
                .Where(rule => match is null || rule.Definition.Match == match)
                .Where(rule => providerId is null || rule.Definition.ProviderId.ToString("D").Equals(providerId, StringComparison.OrdinalIgnoreCase))
                .Where(rule => search is null
                    || rule.Definition.Model.Contains(search, StringComparison.OrdinalIgnoreCase)
                    || PricingRuleResource.Manual.Contains(search, StringComparison.OrdinalIgnoreCase)),
        ];
        return TypedResults.Ok(Envelope.Page<PricingRuleResource>([.. paging.Of(found).Select(PricingRuleResource.From)], paging, found.Length));
    }

    internal static async Task<Results<Ok<Envelope<PricingRuleResource>>, ApiProblem>> CreateAsync(
        string accountId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadObjectAsync(context.Request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        List<ApiError> errors = [];
        var definition = PricingRuleReader.Read(body, stored: null, errors);
        return errors.Count > 0
            ? ApiProblem.Invalid(errors)
            : Answer(await Providers(grains, accountId).CreateRuleAsync(definition, cancellationToken), context);
    }

    internal static async Task<Results<Ok<Envelope<PricingRuleResource>>, ApiProblem>> GetAsync(
        string accountId, string ruleId, IGrainFactory grains, CancellationToken cancellationToken) =>
        await FindAsync(grains, accountId, ruleId, cancellationToken) is { } rule
            ? TypedResults.Ok(Envelope.Of(PricingRuleResource.From(rule)))
            : ApiProblem.NotFound;

    internal static async Task<Results<Ok<Envelope<PricingRuleResource>>, ApiProblem>> PatchAsync(
        string accountId, string ruleId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadObjectAsync(context.Request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        while (await FindAsync(grains, accountId, ruleId, cancellationToken) is { } stored)
        {
            List<ApiError> errors = [];
            var definition = PricingRuleReader.Read(body, stored.Definition, errors);
            if (errors.Count > 0)
            {
                return ApiProblem.Invalid(errors);
            }

            var change = await Providers(grains, accountId).UpdateRuleAsync(stored.Id, definition, stored.Version, cancellationToken);
            if (change.Outcome != CustomProviderOutcome.Outdated)
            {
                return Answer(change, context);
            }
        }

        return ApiProblem.NotFound;
    }

    internal static async Task<Results<Ok<Envelope<PricingRuleResource>>, ApiProblem>> DeleteAsync(
        string accountId, string ruleId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        Guid.TryParseExact(ruleId, "D", out var id)
            ? Answer(await Providers(grains, accountId).DeleteRuleAsync(id, cancellationToken), context)
            : ApiProblem.NotFound;

    private static async Task<PricingRuleRecord?> FindAsync(IGrainFactory grains, string accountId, string ruleId, CancellationToken cancellationToken) =>
        Guid.TryParseExact(ruleId, "D", out var id)
            ? (await Providers(grains, accountId).ListRulesAsync(cancellationToken)).FirstOrDefault(rule => rule.Id == id)
            : null;

    private static ICustomProvidersGrain Providers(IGrainFactory grains, string accountId) =>
        grains.GetGrain<ICustomProvidersGrain>(GrainKeys.CustomProviders(accountId));

    private static Results<Ok<Envelope<PricingRuleResource>>, ApiProblem> Answer(PricingRuleChange change, HttpContext context) =>
        change.Rule is { } rule
            ? TypedResults.Ok(Envelope.Of(PricingRuleResource.From(rule)))
            : CustomProviderProblems.Of(change.Outcome, "The provider has a rule for this model already", "model", context);
}
