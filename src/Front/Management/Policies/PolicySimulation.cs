using System.Text.Json;
using GatewayActors.Abstractions.Policies;
using GatewayActors.Front.Management.Http;
using GatewayActors.Front.Policies;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GatewayActors.Front.Management.Policies;

/// <summary>Says what a gateway's policies would do with a request. Nothing is spent, and no budget is asked.</summary>
internal static class PolicySimulation
{
    private const int MaxText = 1_024;
    private const int MaxGroups = 1_000;

    internal static async Task<Results<Ok<Envelope<PolicySimulationResource>>, ApiProblem>> SimulateAsync(
        string accountId, string gatewayId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (!PolicyEndpoints.TryReadFlag(context, "includeStaging", out var includeStaging, out var flagProblem))
        {
            return flagProblem!;
        }

        var (body, problem) = await JsonBody.ReadObjectAsync(context.Request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        List<ApiError> errors = [];
        var subject = ReadSubject(body, errors);
        var usage = ReadUsage(body, errors);
        if (errors.Count > 0)
        {
            return ApiProblem.Invalid(errors);
        }

        if (PolicyEndpoints.Find(grains, accountId, gatewayId) is not { } grain || await grain.ListAsync(cancellationToken) is not { } policies)
        {
            return ApiProblem.NotFound;
        }

        PolicyRule[] rules =
        [
            .. policies
                .Select(policy => (policy.Id, Definition: includeStaging ? policy.Draft ?? policy.Committed : policy.Committed))
                .Where(policy => policy.Definition is not null)
                .Select(policy => PolicyRule.Of(policy.Id, policy.Definition!)),
        ];
        // Without any policy everything is let through.
        var decision = rules.Length == 0 ? new PolicyDecision(PolicyVerdict.NoLimit) : PolicyDecision.Of(rules, subject);
        return TypedResults.Ok(Envelope.Of(PolicySimulationResource.From(decision, usage, rules.Length)));
    }

    private static PolicySubject ReadSubject(JsonElement body, List<ApiError> errors)
    {
        var reader = new ObjectReader(body, ["body"], errors);
        var identity = reader.Object("identity").Value;
        var metadata = identity?.Object("metadata").Value is null ? null : body.GetProperty("identity").GetProperty("metadata").GetRawText();
        return new()
        {
            Identity = identity?.Object("cf").Value is { } cf ? ReadIdentity(cf, body.GetProperty("identity").GetProperty("cf")) : null,
            Metadata = metadata,
            Provider = reader.Text("provider", 0, MaxText).Value ?? "",
            Model = reader.Text("model", 0, MaxText).Value,
        };
    }

    private static RequestIdentity ReadIdentity(ObjectReader cf, JsonElement json)
    {
        var user = cf.Object("user").Value;
        return new()
        {
            Subject = user?.Text("id", 0, MaxText).Value,
            Email = user?.Text("email", 0, MaxText).Value,
            Groups = user?.Texts("groups", 0, MaxGroups, MaxText).Value,
            Country = cf.Text("country", 0, MaxText).Value,
            Custom = cf.Object("custom").Value is null ? null : json.GetProperty("custom").EnumerateObject().DistinctBy(claim => claim.Name).ToDictionary(claim => claim.Name, claim => claim.Value),
        };
    }

    private static Dictionary<string, decimal> ReadUsage(JsonElement body, List<ApiError> errors)
    {
        var usage = new Dictionary<string, decimal>(StringComparer.Ordinal);
        if (new ObjectReader(body, ["body"], errors).Object("bucketUsage").Value is { } buckets)
        {
            foreach (var name in buckets.Names.Distinct(StringComparer.Ordinal))
            {
                usage[name] = buckets.Object(name, Need.NotNull).Value?.Number("spent", 0, decimal.MaxValue, Need.NotNull).Value ?? 0;
            }
        }

        return usage;
    }
}
