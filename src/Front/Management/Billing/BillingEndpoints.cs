using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.Billing;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Management.Audit;
using GatewayActors.Front.Management.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GatewayActors.Front.Management.Billing;

/// <summary>The credits of an account. Only the operator adds any.</summary>
internal static class BillingEndpoints
{
    private const long MinTopUpCents = 1_000;
    private const long MaxTopUpCents = 100_000_000;
    private const long MinThresholdCents = 500;

    /// <summary>The reference's code of refusals by its billing, with a word for the reason.</summary>
    private const int RefusalCode = 1000;

    extension(IEndpointRouteBuilder routes)
    {
        /// <summary>Maps what is about credits.</summary>
        public void MapBilling()
        {
            var group = routes.MapGroup("/accounts/{accountId}/ai-gateway/billing").WithTags("Billing").RequirePermission(Permissions.GatewayRead);
            group.MapGet("/credit-balance", GetBalanceAsync).WithName("GetCreditBalance");
            group.MapBillingHistory();
            group.MapPost("/topup", TopUpAsync).WithName("CreateTopup").RequirePermission(Permissions.GatewayWrite).WithBody(["amount:integer"], "payment_method_id");
            group.MapPost("/topup/status", GetTopUpAsync).WithName("GetTopupStatus").WithBody(["payment_intent_id"]).OnlyReads();
            group.MapGet("/topup/config", GetConfigAsync).WithName("GetTopupConfig");
            group.MapPost("/topup/config", SetConfigAsync).WithName("SetTopupConfig").RequirePermission(Permissions.GatewayWrite).WithBody(["amount:integer", "threshold:integer"]);
            group.MapDelete("/topup/config", DeleteConfigAsync).WithName("DeleteTopupConfig").RequirePermission(Permissions.GatewayWrite);
            group.MapGet("/topup/limits", GetLimits).WithName("GetTopupLimits");
            group.MapGet("/spending-limit", GetSpendingLimit).WithName("GetSpendingLimit");
            group.MapPost("/spending-limit", RefuseSpendingLimit).WithName("SetSpendingLimit").RequirePermission(Permissions.GatewayWrite)
                .WithBody(["amount:integer", "duration", "strategy"]);
            group.MapDelete("/spending-limit", DeleteSpendingLimit).WithName("DeleteSpendingLimit").RequirePermission(Permissions.GatewayWrite);
        }
    }

    internal static async Task<Results<Ok<Envelope<CreditBalanceResource>>, ApiProblem>> GetBalanceAsync(
        string accountId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        await ExistsAsync(grains, accountId, cancellationToken)
            ? TypedResults.Ok(Envelope.Of(CreditBalanceResource.From(await Credits(grains, accountId).GetAsync(cancellationToken))))
            : ApiProblem.AccountNotFound(context);

    internal static async Task<Results<Ok<Envelope<TopUpResource>>, ApiProblem>> TopUpAsync(
        string accountId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadObjectAsync(context.Request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        List<ApiError> errors = [];
        var reader = new ObjectReader(body, ["body"], errors);
        var amount = reader.Integer("amount", MinTopUpCents, MaxTopUpCents, Need.NotNull).Value;
        reader.Text("payment_method_id", 0, 256); // Nothing is paid here.
        if (errors.Count > 0)
        {
            return ApiProblem.Invalid(errors);
        }

        if (await RefusalAsync(context, grains, accountId, "manual_topup_not_allowed", cancellationToken) is { } refusal)
        {
            return refusal;
        }

        var topUp = await Credits(grains, accountId).TopUpAsync(amount!.Value, cancellationToken);
        return TypedResults.Ok(Envelope.Of(new TopUpResource(topUp.Id, ClientSecret: null, Onboarding: false)));
    }

    internal static async Task<Results<Ok<Envelope<TopUpStatusResource>>, ApiProblem>> GetTopUpAsync(
        string accountId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadObjectAsync(context.Request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        List<ApiError> errors = [];
        var id = new ObjectReader(body, ["body"], errors).Text("payment_intent_id", 1, 256, Need.NotNull).Value;
        return errors.Count > 0 ? ApiProblem.Invalid(errors)
            : await Credits(grains, accountId).FindTopUpAsync(id!, cancellationToken) is { } topUp ? TypedResults.Ok(Envelope.Of(new TopUpStatusResource(topUp.Id, "completed")))
            : ApiProblem.NotFound;
    }

    internal static async Task<Results<Ok<Envelope<TopUpConfigResource>>, ApiProblem>> GetConfigAsync(
        string accountId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        await ExistsAsync(grains, accountId, cancellationToken)
            ? TypedResults.Ok(Envelope.Of(TopUpConfigResource.From((await Credits(grains, accountId).GetAsync(cancellationToken)).AutoTopUp)))
            : ApiProblem.AccountNotFound(context);

    internal static async Task<Results<Ok<Envelope<TopUpConfigResource>>, ApiProblem>> SetConfigAsync(
        string accountId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadObjectAsync(context.Request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        List<ApiError> errors = [];
        var reader = new ObjectReader(body, ["body"], errors);
        var amount = reader.Integer("amount", MinTopUpCents, MaxTopUpCents, Need.NotNull).Value;
        var threshold = reader.Integer("threshold", MinThresholdCents, MaxTopUpCents, Need.NotNull).Value;
        foreach (var name in reader.Names.Where(name => name is not ("amount" or "threshold")))
        {
            reader.Fail(name, "Unrecognized key");
        }

        if (errors.Count > 0)
        {
            return ApiProblem.Invalid(errors);
        }

        if (await RefusalAsync(context, grains, accountId, "auto_topup_not_allowed", cancellationToken) is { } refusal)
        {
            return refusal;
        }

        var balance = await Credits(grains, accountId).SetAutoTopUpAsync(new() { AmountCents = amount!.Value, ThresholdCents = threshold!.Value }, cancellationToken);
        return TypedResults.Ok(Envelope.Of(TopUpConfigResource.From(balance.AutoTopUp)));
    }

    internal static async Task<Results<Ok<Envelope<NoContent>>, ApiProblem>> DeleteConfigAsync(
        string accountId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (await RefusalAsync(context, grains, accountId, "auto_topup_not_allowed", cancellationToken) is { } refusal)
        {
            return refusal;
        }

        await Credits(grains, accountId).SetAutoTopUpAsync(null, cancellationToken);
        return TypedResults.Ok(Envelope.Of(new NoContent()));
    }

    internal static Results<Ok<Envelope<TopUpLimitsResource>>, ApiProblem> GetLimits() =>
        TypedResults.Ok(Envelope.Of(new TopUpLimitsResource(MinTopUpCents, MaxTopUpCents, MinThresholdCents)));

    // Never set, because it cannot be.
    internal static Results<Ok<Envelope<SpendingLimitResource>>, ApiProblem> GetSpendingLimit() =>
        TypedResults.Ok(Envelope.Of(new SpendingLimitResource(false, new(null, null, null))));

    internal static Results<Ok<Envelope<NoContent>>, ApiProblem> DeleteSpendingLimit() => TypedResults.Ok(Envelope.Of(new NoContent()));

    internal static ApiProblem RefuseSpendingLimit() => ApiProblem.Of(
        StatusCodes.Status403Forbidden, new(RefusalCode, "Account spending limits are deprecated; use the spend limits of a gateway"));

    // The operator is who gives credits away; a tenant's token would give them to itself.
    private static async Task<ApiProblem?> RefusalAsync(HttpContext context, IGrainFactory grains, string accountId, string reason, CancellationToken cancellationToken) =>
        !context.User.RequireToken().IsOperator ? ApiProblem.Of(StatusCodes.Status403Forbidden, new(RefusalCode, reason))
        : await ExistsAsync(grains, accountId, cancellationToken) ? null
        : ApiProblem.AccountNotFound(context);

    private static async Task<bool> ExistsAsync(IGrainFactory grains, string accountId, CancellationToken cancellationToken) =>
        await grains.GetGrain<IAccountGrain>(GrainKeys.Account(accountId)).ExistsAsync(cancellationToken);

    private static ICreditsGrain Credits(IGrainFactory grains, string accountId) => grains.GetGrain<ICreditsGrain>(GrainKeys.Credits(accountId));
}
