using System.Text.Json;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.Secrets;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Management.Http;
using GatewayActors.Front.Secrets;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GatewayActors.Front.Management.Secrets;

/// <summary>The secrets of a store. Values come in and are sealed here; none goes out.</summary>
internal static class SecretEndpoints
{
    extension(IEndpointRouteBuilder routes)
    {
        /// <summary>Maps the secrets of a store.</summary>
        public void MapSecrets()
        {
            var group = routes.MapGroup("/accounts/{accountId}/secrets_store/stores/{storeId}/secrets")
                .WithTags("Secrets Store")
                .RequirePermission(Permissions.SecretsRead);
            group.MapGet("/", ListAsync).WithName("ListSecrets").WithQuery("page:integer", "per_page:integer", "order", "direction", "search", "scopes");
            group.MapPost("/", CreateAsync).WithName("CreateSecrets").RequirePermission(Permissions.SecretsWrite);
            group.MapDelete("/", DeleteManyAsync).WithName("DeleteSecrets").RequirePermission(Permissions.SecretsWrite);
            group.MapGet("/{secretId}", GetAsync).WithName("GetSecret");
            group.MapPatch("/{secretId}", PatchAsync).WithName("EditSecret").RequirePermission(Permissions.SecretsWrite)
                .WithBody([], "value", "scopes:array", "comment");
            group.MapDelete("/{secretId}", DeleteAsync).WithName("DeleteSecret").RequirePermission(Permissions.SecretsWrite);
            group.MapPost("/{secretId}/duplicate", DuplicateAsync).WithName("DuplicateSecret").RequirePermission(Permissions.SecretsWrite)
                .WithBody(["name", "scopes:array"], "comment");
        }
    }

    internal static async Task<Results<Ok<Envelope<IReadOnlyList<SecretResource>>>, ApiProblem>> ListAsync(
        string accountId, string storeId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (SecretQuery.Read(context.Request.Query, out var query) is { } problem)
        {
            return problem;
        }

        var contents = await SecretsStoreEndpoints.Secrets(grains, accountId).GetAsync(cancellationToken);
        if (contents.Store?.Id != storeId)
        {
            return SecretsProblems.StoreNotFound;
        }

        SecretRecord[] found = [.. query.Of(contents.Secrets)];
        return TypedResults.Ok(Envelope.Page<SecretResource>(
            [.. query.Paging.Of(found).Select(secret => SecretResource.From(storeId, secret))], query.Paging, found.Length));
    }

    internal static async Task<Results<Ok<Envelope<IReadOnlyList<SecretResource>>>, ApiProblem>> CreateAsync(
        string accountId, string storeId, HttpContext context, IGrainFactory grains, SecretSealer sealer, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadAsync(context.Request, cancellationToken);
        if (problem is not null || body.ValueKind != JsonValueKind.Array || body.GetArrayLength() == 0 || !body.EnumerateArray().All(IsObject))
        {
            return SecretsProblems.InvalidBody;
        }

        List<ApiError> errors = [];
        SecretDraft[] drafts = [.. body.EnumerateArray().Select((item, index) => new SecretReader(item, ["body", $"{index}"], errors).Draft(accountId, sealer))];
        if (errors.Count > 0)
        {
            return ApiProblem.Invalid(errors);
        }

        var change = await SecretsStoreEndpoints.Secrets(grains, accountId).CreateAsync(storeId, drafts, cancellationToken);
        return change.Outcome == SecretsOutcome.Done
            ? TypedResults.Ok(Envelope.Of<IReadOnlyList<SecretResource>>([.. change.Secrets.Select(secret => SecretResource.From(storeId, secret))]))
            : SecretsProblems.Of(change.Outcome, context);
    }

    internal static async Task<Results<Ok<Envelope<SecretResource>>, ApiProblem>> GetAsync(
        string accountId, string storeId, string secretId, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var contents = await SecretsStoreEndpoints.Secrets(grains, accountId).GetAsync(cancellationToken);
        return contents.Store?.Id != storeId ? SecretsProblems.StoreNotFound
            : contents.Secrets.FirstOrDefault(secret => secret.Id == secretId) is { } found ? TypedResults.Ok(Envelope.Of(SecretResource.From(storeId, found)))
            : SecretsProblems.SecretNotFound;
    }

    internal static async Task<Results<Ok<Envelope<SecretResource>>, ApiProblem>> PatchAsync(
        string accountId, string storeId, string secretId, HttpContext context, IGrainFactory grains, SecretSealer sealer, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadObjectAsync(context.Request, cancellationToken);
        if (problem is not null)
        {
            return SecretsProblems.InvalidBody;
        }

        List<ApiError> errors = [];
        var reader = new SecretReader(body, ["body"], errors);
        var patch = reader.Patch(accountId, sealer);
        var secrets = SecretsStoreEndpoints.Secrets(grains, accountId);
        if (reader.Has("name") && reader.Name() is { } name
            && (await secrets.GetAsync(cancellationToken)).Secrets.FirstOrDefault(secret => secret.Id == secretId) is { } stored && stored.Name != name)
        {
            reader.Fail("secret_name_immutable", "name");
        }

        return errors.Count > 0
            ? ApiProblem.Invalid(errors)
            : Answer(storeId, await secrets.UpdateAsync(storeId, secretId, patch, cancellationToken), context);
    }

    internal static async Task<Results<Ok<Envelope<SecretResource>>, ApiProblem>> DuplicateAsync(
        string accountId, string storeId, string secretId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadObjectAsync(context.Request, cancellationToken);
        if (problem is not null)
        {
            return SecretsProblems.InvalidBody;
        }

        List<ApiError> errors = [];
        var reader = new SecretReader(body, ["body"], errors);
        var (name, scopes, comment) = (reader.Name(), reader.Scopes(), reader.Comment());
        return errors.Count > 0
            ? ApiProblem.Invalid(errors)
            : Answer(storeId, await SecretsStoreEndpoints.Secrets(grains, accountId).DuplicateAsync(storeId, secretId, name!, scopes!, comment, cancellationToken), context);
    }

    internal static Task<Results<Accepted<Envelope<string?>>, ApiProblem>> DeleteAsync(
        string accountId, string storeId, string secretId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        DropAsync(accountId, storeId, [secretId], context, grains, cancellationToken);

    internal static async Task<Results<Accepted<Envelope<string?>>, ApiProblem>> DeleteManyAsync(
        string accountId, string storeId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        // Without ids nothing is deleted: a client that forgets the body must not lose everything.
        var (body, problem) = await JsonBody.ReadAsync(context.Request, cancellationToken);
        return problem is null && SecretIds.Read(body) is { Count: > 0 } ids
            ? await DropAsync(accountId, storeId, ids, context, grains, cancellationToken)
            : SecretsProblems.InvalidBody;
    }

    private static async Task<Results<Accepted<Envelope<string?>>, ApiProblem>> DropAsync(
        string accountId, string storeId, IReadOnlyList<string> ids, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var change = await SecretsStoreEndpoints.Secrets(grains, accountId).DeleteAsync(storeId, ids, cancellationToken);
        return change.Outcome == SecretsOutcome.Done ? TypedResults.Accepted((string?)null, Envelope.Of<string?>(null)) : SecretsProblems.Of(change.Outcome, context);
    }

    private static Results<Ok<Envelope<SecretResource>>, ApiProblem> Answer(string storeId, SecretsChange change, HttpContext context) =>
        change.Outcome == SecretsOutcome.Done
            ? TypedResults.Ok(Envelope.Of(SecretResource.From(storeId, change.Secrets[0])))
            : SecretsProblems.Of(change.Outcome, context);

    private static bool IsObject(JsonElement item) => item.ValueKind == JsonValueKind.Object;
}
