using System.Security.Cryptography;
using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Logging;
using GatewayActors.Front.Management.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GatewayActors.Front.Management.Accounts;

/// <summary>Accounts. Only the operator creates and deletes them.</summary>
internal static class AccountEndpoints
{
    private const int MaxNameLength = 160;

    extension(IEndpointRouteBuilder routes)
    {
        /// <summary>Maps the accounts.</summary>
        public void MapAccounts()
        {
            var group = routes.MapGroup("/accounts").WithTags("Accounts");
            group.MapGet("/", ListAsync).WithName("ListAccounts").RequireAnyToken().WithQuery("page:integer", "per_page:integer", "name", "direction");
            group.MapPost("/", CreateAsync).WithName("CreateAccount").RequireOperator().WithBody(["name"], "type");
            group.MapGet("/{accountId}", GetAsync).WithName("GetAccount").RequireOwnAccount();
            group.MapPut("/{accountId}", UpdateAsync).WithName("UpdateAccount").RequirePermission(Permissions.AccountWrite).WithBody(["name"], "id", "type");
            group.MapDelete("/{accountId}", DeleteAsync).WithName("DeleteAccount").RequireOwnAccount().RequireOperator();
        }
    }

    internal static async Task<Results<Ok<Envelope<IReadOnlyList<AccountResource>>>, ApiProblem>> ListAsync(
        HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var reader = new QueryReader(context.Request.Query);
        var query = AccountQuery.Read(reader);
        if (reader.Problem is { } problem)
        {
            return problem;
        }

        var (accounts, totalCount) = await AccountCatalog.ListAsync(grains, context.User.RequireToken(), query, cancellationToken);
        return TypedResults.Ok(Envelope.Page<AccountResource>([.. accounts.Select(AccountResource.From)], query.Paging, totalCount));
    }

    internal static async Task<Results<Ok<Envelope<AccountResource>>, ApiProblem>> CreateAsync(
        HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var (name, problem) = await ReadNameAsync(context, pathId: null, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        var id = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var account = await grains.GetGrain<IAccountGrain>(GrainKeys.Account(id)).CreateAsync(name!, cancellationToken);
        return TypedResults.Ok(Envelope.Of(AccountResource.From(account)));
    }

    internal static async Task<Results<Ok<Envelope<AccountResource>>, ApiProblem>> GetAsync(
        string accountId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        Answer(await grains.GetGrain<IAccountGrain>(GrainKeys.Account(accountId)).GetAsync(cancellationToken), context);

    internal static async Task<Results<Ok<Envelope<AccountResource>>, ApiProblem>> UpdateAsync(
        string accountId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var (name, problem) = await ReadNameAsync(context, accountId, cancellationToken);
        return problem is not null
            ? problem
            : Answer(await grains.GetGrain<IAccountGrain>(GrainKeys.Account(accountId)).RenameAsync(name!, cancellationToken), context);
    }

    internal static async Task<Results<Ok<Envelope<Reference>>, ApiProblem>> DeleteAsync(
        string accountId, HttpContext context, IGrainFactory grains, ILogStore logs, ILogFlush flush, CancellationToken cancellationToken)
    {
        // Before the account too: once it is gone, a crash would leave entries that nobody knows of.
        await logs.DeleteAllAsync(accountId, gatewayId: null, cancellationToken);
        var deleted = await grains.GetGrain<IAccountGrain>(GrainKeys.Account(accountId)).DeleteAsync(cancellationToken);

        // Also when the account was gone before: an earlier deletion may have failed between the account and its logs.
        await flush.FlushAsync(cancellationToken);
        await logs.DeleteAllAsync(accountId, gatewayId: null, cancellationToken);
        return deleted ? TypedResults.Ok(Envelope.Of(new Reference(accountId))) : ApiProblem.AccountNotFound(context);
    }

    private static Results<Ok<Envelope<AccountResource>>, ApiProblem> Answer(AccountRecord? account, HttpContext context) =>
        account is null ? ApiProblem.AccountNotFound(context) : TypedResults.Ok(Envelope.Of(AccountResource.From(account)));

    private static async Task<(string? Name, ApiProblem? Problem)> ReadNameAsync(HttpContext context, string? pathId, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadObjectAsync(context.Request, cancellationToken);
        if (problem is not null)
        {
            return (null, problem);
        }

        List<ApiError> errors = [];
        var reader = new ObjectReader(body, ["body"], errors);
        var name = reader.Text("name", 1, MaxNameLength, Need.NotNull).Value;
        if (name is not null && string.IsNullOrWhiteSpace(name))
        {
            reader.Fail("name", "The name must not be blank");
        }

        reader.Word("type", AccountTypes);
        if (pathId is not null && reader.Text("id", 0, 64).Value is { } id && id != pathId)
        {
            reader.Fail("id", "The id must be the one in the path");
        }

        return errors.Count > 0 ? (null, ApiProblem.Invalid(errors)) : (name, null);
    }

    private static readonly Words<AccountType> AccountTypes = new((AccountType.Standard, "standard"), (AccountType.Enterprise, "enterprise"));

    private enum AccountType
    {
        Standard,
        Enterprise,
    }
}
