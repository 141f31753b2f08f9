using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.Policies;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Management.Audit;
using GatewayActors.Front.Management.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GatewayActors.Front.Management.Policies;

/// <summary>The policies of a gateway.</summary>
internal static class PolicyEndpoints
{
    private static readonly string[] Fields = ["name", "resource", "condition", "action:object"];

    extension(IEndpointRouteBuilder routes)
    {
        /// <summary>Maps the policies of a gateway.</summary>
        public void MapPolicies()
        {
            var group = routes.MapGroup("/accounts/{accountId}/ai-gateway/gateways/{gatewayId}/policies").WithTags("Policies").RequirePermission(Permissions.GatewayRead);
            group.MapGet("/", ListAsync).WithName("ListPolicies").WithQuery("includeStaging:boolean");
            group.MapPost("/", CreateAsync).WithName("CreatePolicy").RequirePermission(Permissions.GatewayWrite).WithQuery("commit:boolean").WithBody(Fields, "actor");
            group.MapPost("/commit", CommitAsync).WithName("CommitPolicies").RequirePermission(Permissions.GatewayWrite);
            group.MapPost("/simulate", PolicySimulation.SimulateAsync).WithName("SimulatePolicies").OnlyReads()
                .WithQuery("includeStaging:boolean").WithBody([], "identity:object", "model", "provider", "bucketUsage:object");
            group.MapGet("/{policyId}", GetAsync).WithName("GetPolicy").WithQuery("includeStaging:boolean");
            group.MapPut("/{policyId}", UpdateAsync).WithName("UpdatePolicy").RequirePermission(Permissions.GatewayWrite).WithQuery("commit:boolean").WithBody([], ["actor", .. Fields]);
            group.MapDelete("/{policyId}", DeleteAsync).WithName("DeletePolicy").RequirePermission(Permissions.GatewayWrite);
        }
    }

    internal static async Task<Results<Ok<Envelope<IReadOnlyList<PolicyResource>>>, ApiProblem>> ListAsync(
        string accountId, string gatewayId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (!TryReadFlag(context, "includeStaging", out var includeStaging, out var problem))
        {
            return problem!;
        }

        if (Find(grains, accountId, gatewayId) is not { } grain || await grain.ListAsync(cancellationToken) is not { } policies)
        {
            return ApiProblem.NotFound;
        }

        List<PolicyResource> found = [];
        foreach (var policy in policies)
        {
            if (policy.Committed is { } committed)
            {
                found.Add(PolicyResource.From(policy, committed));
            }

            if (includeStaging && policy.Draft is { } draft)
            {
                found.Add(PolicyResource.From(policy, draft) with { Staging = true });
            }
        }

        return TypedResults.Ok(Envelope.Of<IReadOnlyList<PolicyResource>>(found));
    }

    internal static async Task<Results<Ok<PolicyEnvelope>, ApiProblem>> CreateAsync(
        string accountId, string gatewayId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var (patch, commit, problem) = await ReadAsync(context, Need.NotNull, cancellationToken);
        return problem is not null ? problem
            : Find(grains, accountId, gatewayId) is { } grain ? Answer(await grain.CreateAsync(PolicyReader.Whole(patch!), commit, cancellationToken), commit)
            : ApiProblem.NotFound;
    }

    internal static async Task<Results<Ok<Envelope<PolicyResource>>, ApiProblem>> GetAsync(
        string accountId, string gatewayId, string policyId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (!TryReadFlag(context, "includeStaging", out var includeStaging, out var problem))
        {
            return problem!;
        }

        if (Find(grains, accountId, gatewayId) is not { } grain
            || !Guid.TryParseExact(policyId, "D", out var id)
            || (await grain.ListAsync(cancellationToken))?.FirstOrDefault(policy => policy.Id == id) is not { } policy)
        {
            return ApiProblem.NotFound;
        }

        return includeStaging && policy.Draft is not null ? TypedResults.Ok(Envelope.Of(PolicyResource.Newest(policy)))
            : policy.Committed is { } committed ? TypedResults.Ok(Envelope.Of(PolicyResource.From(policy, committed)))
            : ApiProblem.NotFound;
    }

    internal static async Task<Results<Ok<PolicyEnvelope>, ApiProblem>> UpdateAsync(
        string accountId, string gatewayId, string policyId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var (patch, commit, problem) = await ReadAsync(context, Need.Optional, cancellationToken);
        return problem is not null ? problem
            : Find(grains, accountId, gatewayId) is { } grain && Guid.TryParseExact(policyId, "D", out var id) ? Answer(await grain.UpdateAsync(id, patch!, commit, cancellationToken), commit)
            : ApiProblem.NotFound;
    }

    internal static async Task<Results<Ok<PolicyEnvelope>, ApiProblem>> DeleteAsync(
        string accountId, string gatewayId, string policyId, IGrainFactory grains, CancellationToken cancellationToken) =>
        Find(grains, accountId, gatewayId) is { } grain && Guid.TryParseExact(policyId, "D", out var id)
            ? Answer(await grain.DeleteAsync(id, cancellationToken), PolicyCommit.Now)
            : ApiProblem.NotFound;

    internal static async Task<Results<Ok<Envelope<PolicyCommitResource>>, ApiProblem>> CommitAsync(
        string accountId, string gatewayId, IGrainFactory grains, CancellationToken cancellationToken) =>
        Find(grains, accountId, gatewayId) is { } grain && await grain.CommitAsync(cancellationToken) is { } changed
            ? TypedResults.Ok(Envelope.Of(new PolicyCommitResource(changed.Count, Failed: 0, [.. changed.Select(PolicyResource.Newest)]))) // Drafts were checked when they were written.
            : ApiProblem.NotFound;

    /// <summary>The grain of a gateway's policies; null for an id that no gateway can have.</summary>
    internal static IPoliciesGrain? Find(IGrainFactory grains, string accountId, string gatewayId) =>
        Identifiers.IsUrlId(gatewayId) ? grains.GetGrain<IPoliciesGrain>(GrainKeys.Gateway(accountId, gatewayId)) : null;

    internal static bool TryReadFlag(HttpContext context, string name, out bool flag, out ApiProblem? problem)
    {
        var query = new QueryReader(context.Request.Query);
        flag = query.Boolean(name) ?? false;
        problem = query.Problem;
        return problem is null;
    }

    private static async Task<(PolicyPatch? Patch, PolicyCommit Commit, ApiProblem? Problem)> ReadAsync(HttpContext context, Need need, CancellationToken cancellationToken)
    {
        if (!TryReadFlag(context, "commit", out var commit, out var problem))
        {
            return (null, default, problem);
        }

        var (body, malformed) = await JsonBody.ReadObjectAsync(context.Request, cancellationToken);
        if (malformed is not null)
        {
            return (null, default, malformed);
        }

        List<ApiError> errors = [];
        var patch = PolicyReader.Read(body, need, errors);
        return errors.Count > 0 ? (null, default, ApiProblem.Invalid(errors)) : (patch, commit ? PolicyCommit.Now : PolicyCommit.Later, null);
    }

    private static Results<Ok<PolicyEnvelope>, ApiProblem> Answer(PolicyChange change, PolicyCommit commit) => change.Outcome switch
    {
        PolicyOutcome.Done => TypedResults.Ok(new PolicyEnvelope(PolicyResource.Newest(change.Policy!), commit == PolicyCommit.Now)),
        PolicyOutcome.GatewayNotFound or PolicyOutcome.NotFound => ApiProblem.NotFound,
        PolicyOutcome.NotCommitted => ApiProblem.Invalid("Only committed policies can be updated; commit it first, or delete it", "params", "policy_id"),
        PolicyOutcome.ActorMissing => ApiProblem.Invalid("Required: only a policy that blocks has no budget", "body", "actor"),
        PolicyOutcome.TooMany => ApiProblem.Invalid($"The gateway has {PolicyLimits.MaxPolicies} policies; delete one first", "body"),
    };
}
