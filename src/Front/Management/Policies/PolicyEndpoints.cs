using GatewayActors.Abstractions.Accounts;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Management.Audit;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.Policies;

/// <summary>Identity policies, which this gateway does not have: clients get to know that, rather than that they have mistyped a path.</summary>
internal static class PolicyEndpoints
{
    private const int NotServedCode = 7000;

    extension(IEndpointRouteBuilder routes)
    {
        /// <summary>Maps the routes of policies.</summary>
        public void MapPolicies()
        {
            var group = routes.MapGroup("/accounts/{accountId}/ai-gateway/gateways/{gatewayId}/policies").WithTags("Policies").RequirePermission(Permissions.GatewayRead);
            group.MapGet("/", Refuse).WithName("ListPolicies");
            group.MapPost("/", Refuse).WithName("CreatePolicy").RequirePermission(Permissions.GatewayWrite);
            group.MapPost("/commit", Refuse).WithName("CommitPolicies").RequirePermission(Permissions.GatewayWrite);
            group.MapPost("/simulate", Refuse).WithName("SimulatePolicies").OnlyReads();
            group.MapGet("/{policyId}", Refuse).WithName("GetPolicy");
            group.MapPut("/{policyId}", Refuse).WithName("UpdatePolicy").RequirePermission(Permissions.GatewayWrite);
            group.MapDelete("/{policyId}", Refuse).WithName("DeletePolicy").RequirePermission(Permissions.GatewayWrite);
        }
    }

    internal static ApiProblem Refuse() => ApiProblem.Of(
        StatusCodes.Status501NotImplemented, new(NotServedCode, "Identity policies are not served by this gateway; spend limits and dynamic routes bound what callers may spend"));
}
