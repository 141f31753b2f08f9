using System.Text.Json;
using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.Secrets;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Management.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GatewayActors.Front.Management.Secrets;

/// <summary>The Secrets Store of an account, and how much it may hold.</summary>
internal static class SecretsStoreEndpoints
{
    private const string Tag = "Secrets Store";

    private static readonly Words<StoreOrder> Orders = new((StoreOrder.Name, "name"), (StoreOrder.Created, "created"), (StoreOrder.Modified, "modified"));

    extension(IEndpointRouteBuilder routes)
    {
        /// <summary>Maps the stores of an account.</summary>
        public void MapSecretsStores()
        {
            var group = routes.MapGroup("/accounts/{accountId}/secrets_store").WithTags(Tag).RequirePermission(Permissions.SecretsRead);
            group.MapGet("/quota", GetQuotaAsync).WithName("GetSecretsStoreQuota");
            group.MapGet("/stores", ListAsync).WithName("ListSecretsStores").WithQuery("page:integer", "per_page:integer", "order", "direction");
            group.MapPost("/stores", CreateAsync).WithName("CreateSecretsStore").RequirePermission(Permissions.SecretsWrite).WithBody(["name"]);
            group.MapGet("/stores/{storeId}", GetAsync).WithName("GetSecretsStore");
            group.MapDelete("/stores/{storeId}", DeleteAsync).WithName("DeleteSecretsStore").RequirePermission(Permissions.SecretsWrite).WithQuery("force:boolean");
        }
    }

    internal static async Task<Results<Ok<Envelope<SecretsQuotaResource>>, ApiProblem>> GetQuotaAsync(
        string accountId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var contents = await Secrets(grains, accountId).GetAsync(cancellationToken);
        return contents.Store is null && !await ExistsAsync(grains, accountId, cancellationToken)
            ? ApiProblem.AccountNotFound(context)
            : TypedResults.Ok(Envelope.Of(new SecretsQuotaResource(new(contents.Quota, contents.Secrets.Count))));
    }

    internal static async Task<Results<Ok<Envelope<IReadOnlyList<SecretsStoreResource>>>, ApiProblem>> ListAsync(
        string accountId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var query = new QueryReader(context.Request.Query);
        var paging = query.Paging(maxPerPage: 100);
        _ = (query.Word("order", Orders), query.Word("direction", SortDirections.Words)); // Of one store there is one order.
        if (query.Problem is { } problem)
        {
            return problem;
        }

        var contents = await Secrets(grains, accountId).GetAsync(cancellationToken);
        if (contents.Store is null && !await ExistsAsync(grains, accountId, cancellationToken))
        {
            return ApiProblem.AccountNotFound(context);
        }

        SecretsStoreRecord[] all = contents.Store is { } store ? [store] : [];
        return TypedResults.Ok(Envelope.Page<SecretsStoreResource>(
            [.. paging.Of(all).Select(found => SecretsStoreResource.From(accountId, found))], paging, all.Length));
    }

    internal static async Task<Results<Ok<Envelope<SecretsStoreResource>>, Ok<Envelope<IReadOnlyList<SecretsStoreResource>>>, ApiProblem>> CreateAsync(
        string accountId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadAsync(context.Request, cancellationToken);
        if (problem is not null)
        {
            return SecretsProblems.InvalidBody;
        }

        // Older clients send an array of one and expect one.
        var isArray = body.ValueKind == JsonValueKind.Array && body.GetArrayLength() == 1;
        var item = isArray ? body[0] : body;
        if (item.ValueKind != JsonValueKind.Object)
        {
            return SecretsProblems.InvalidBody;
        }

        if (!item.TryGetProperty("name", out var name) || name.ValueKind != JsonValueKind.String || name.GetString() is not { Length: > 0 } text)
        {
            return SecretsProblems.Invalid("store_name_empty", "body", "name");
        }

        if (!SecretReader.IsName(text))
        {
            return SecretsProblems.Invalid("store_name_invalid", "body", "name");
        }

        var change = await Secrets(grains, accountId).CreateStoreAsync(text, cancellationToken);
        if (change.Store is not { } store)
        {
            return SecretsProblems.Of(change.Outcome, context);
        }

        var made = SecretsStoreResource.From(accountId, store);
        if (isArray)
        {
            return TypedResults.Ok(Envelope.Of<IReadOnlyList<SecretsStoreResource>>([made]));
        }

        return TypedResults.Ok(Envelope.Of(made));
    }

    internal static async Task<Results<Ok<Envelope<SecretsStoreResource>>, ApiProblem>> GetAsync(
        string accountId, string storeId, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await Secrets(grains, accountId).GetAsync(cancellationToken)).Store is { } store && store.Id == storeId
            ? TypedResults.Ok(Envelope.Of(SecretsStoreResource.From(accountId, store)))
            : SecretsProblems.StoreNotFound;

    internal static async Task<Results<Ok<Envelope<string?>>, ApiProblem>> DeleteAsync(
        string accountId, string storeId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var query = new QueryReader(context.Request.Query);
        var force = query.Boolean("force") ?? false;
        if (query.Problem is { } problem)
        {
            return problem;
        }

        var change = await Secrets(grains, accountId).DeleteStoreAsync(storeId, force, cancellationToken);
        return change.Outcome == SecretsOutcome.Done ? TypedResults.Ok(Envelope.Of<string?>(null)) : SecretsProblems.Of(change.Outcome, context);
    }

    /// <summary>The grain of an account's secrets.</summary>
    internal static ISecretsStoreGrain Secrets(IGrainFactory grains, string accountId) => grains.GetGrain<ISecretsStoreGrain>(GrainKeys.SecretsStore(accountId));

    private static ValueTask<bool> ExistsAsync(IGrainFactory grains, string accountId, CancellationToken cancellationToken) =>
        grains.GetGrain<IAccountGrain>(GrainKeys.Account(accountId)).ExistsAsync(cancellationToken);

    private enum StoreOrder
    {
        Name,
        Created,
        Modified,
    }
}
