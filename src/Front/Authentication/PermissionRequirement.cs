using GatewayActors.Abstractions.Accounts;
using Microsoft.AspNetCore.Authorization;

namespace GatewayActors.Front.Authentication;

/// <summary>
/// Asks for a token of the account that the route names, with these permissions. <see cref="Permissions.None"/> asks for the account only.
/// </summary>
/// <param name="permissions">What the token must allow.</param>
/// <param name="orThese">What will do as well; null for nothing.</param>
internal sealed class PermissionRequirement(Permissions permissions, Permissions? orThese = null) : IAuthorizationRequirement
{
    /// <summary>The route parameter that names the account.</summary>
    public const string AccountParameter = "accountId";

    /// <summary>Whether a token meets it on an account.</summary>
    public bool IsMetBy(TokenPrincipal token, string accountId) => token.Can(permissions, accountId) || (orThese is { } others && token.Can(others, accountId));
}

/// <summary>Asks for the operator's token.</summary>
internal sealed class OperatorRequirement : IAuthorizationRequirement;

/// <summary>Answers both requirements; what it does not grant is refused.</summary>
internal sealed class TokenAuthorizationHandler : IAuthorizationHandler
{
    /// <inheritdoc/>
    public Task HandleAsync(AuthorizationHandlerContext context)
    {
        if (context.User.Token is { } token)
        {
            foreach (var requirement in context.PendingRequirements.ToArray())
            {
                var granted = requirement switch
                {
                    OperatorRequirement => token.IsOperator,
                    PermissionRequirement needed => context.Resource is HttpContext { Request.RouteValues: var values }
                        && values[PermissionRequirement.AccountParameter] is string accountId
                        && needed.IsMetBy(token, accountId),
                    _ => false,
                };
                if (granted)
                {
                    context.Succeed(requirement);
                }
            }
        }

        return Task.CompletedTask;
    }
}
