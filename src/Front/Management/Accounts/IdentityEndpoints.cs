using GatewayActors.Abstractions.Accounts;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Management.Http;
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
    internal static ApiProblem GetUser() => ApiProblem.Of(StatusCodes.Status403Forbidden, ApiErrors.Unauthorized);

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
        string[] roles = [.. PermissionGroups.All.Where(group => (token.Permissions & group.Grants) == group.Grants).Select(group => group.Name)];
        return TypedResults.Ok(Envelope.Page<MembershipResource>(
            [.. accounts.Select(account => new MembershipResource(account.Id, "accepted", new(account.Id, account.Name), roles))], query.Paging, totalCount));
    }
}
