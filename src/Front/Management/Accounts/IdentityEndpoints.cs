using GatewayActors.Abstractions.Accounts;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Management.Http;
using GatewayActors.Front.SingleSignOn;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GatewayActors.Front.Management.Accounts;

/// <summary>What clients ask about themselves before real work.</summary>
internal static class IdentityEndpoints
{
    extension(IEndpointRouteBuilder routes)
    {
        /// <summary>Maps the routes without an account.</summary>
        public void MapIdentity()
        {
            var group = routes.MapGroup("").WithTags("Identity").RequireAnyToken();
            group.MapGet("/user", GetUser).WithName("GetUser");
            group.MapGet("/user/tokens/verify", TokenEndpoints.VerifyOwnAsync).WithName("VerifyUserToken");
            group.MapGet("/memberships", ListMembershipsAsync).WithName("ListMemberships").WithQuery("page:integer", "per_page:integer", "name", "direction");
        }
    }

    // Tokens belong to accounts: there is no user behind them. Clients know this answer and go on without one.
    internal static Results<Ok<Envelope<UserResource>>, ApiProblem> GetUser(HttpContext context) => context.User.RequireToken().Person is { } person
        ? TypedResults.Ok(Envelope.Of(new UserResource(person.ActorId, person.Email, person.GivenName, person.FamilyName)))
        : ApiProblem.Of(StatusCodes.Status403Forbidden, ApiErrors.Unauthorized);

    internal static async Task<Results<Ok<Envelope<IReadOnlyList<MembershipResource>>>, ApiProblem>> ListMembershipsAsync(
        HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var reader = new QueryReader(context.Request.Query);
        var query = AccountQuery.Read(reader);
        if (reader.Problem is { } problem)
        {
            return problem;
        }

        var token = context.User.RequireToken();
        var (accounts, totalCount) = await AccountCatalog.ListAsync(grains, token, query, cancellationToken);
        return TypedResults.Ok(Envelope.Page<MembershipResource>(
            [.. accounts.Select(account => new MembershipResource(account.Id, "accepted", new(account.Id, account.Name), RolesOn(token, account.Id)))], query.Paging, totalCount));
    }

    // People have roles, tokens have the permission groups that they were given.
    private static string[] RolesOn(TokenPrincipal token, string accountId)
    {
        var permissions = token.On(accountId) ?? Permissions.None;
        return token.Person is null ? [.. PermissionGroups.All.Where(group => (permissions & group.Grants) == group.Grants).Select(group => group.Name)]
            : [.. Roles.Of(permissions).Select(Roles.WordOf)];
    }
}
