using System.Text.Json;
using System.Text.Json.Serialization;
using GatewayActors.Abstractions.Policies;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.Policies;

/// <summary>The policy of the admin API.</summary>
internal sealed record PolicyResource
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public required string Actor { get; init; }

    public required JsonElement Resource { get; init; }

    public required string Condition { get; init; }

    public required PolicyActionResource Action { get; init; }

    /// <summary>Seconds since 1970: clients of this resource read numbers.</summary>
    public required long CreatedAt { get; init; }

    public required long UpdatedAt { get; init; }

    /// <summary>True for what the next commit makes of a policy, in lists.</summary>
    public bool? Staging { get; init; }

    /// <summary>The same for a single policy.</summary>
    public bool? Uncommitted { get; init; }

    public static PolicyResource From(Policy policy, PolicyDefinition definition) => new()
    {
        Id = policy.Id,
        Name = definition.Name,
        Actor = definition.Actor,
        Resource = JsonElement.Parse(definition.Resource),
        Condition = definition.Condition,
        Action = PolicyActionResource.From(definition.Action),
        CreatedAt = policy.CreatedAt.ToUnixTimeSeconds(),
        UpdatedAt = policy.ModifiedAt.ToUnixTimeSeconds(),
    };

    /// <summary>What a change has made of a policy.</summary>
    public static PolicyResource Newest(Policy policy) => policy.Draft is { } draft
        ? From(policy, draft) with { Uncommitted = true }
        : From(policy, policy.Committed!);
}

/// <summary>What a policy does.</summary>
internal sealed record PolicyActionResource(string Type, bool? Except = null, decimal? Amount = null, string? Period = null, string? Technique = null)
{
    public static PolicyActionResource From(PolicyAction action) => action.Kind switch
    {
        PolicyActionKind.NoLimit => new("no-limit"),
        PolicyActionKind.Block => new("block", Except: action.Except ? true : null),
        PolicyActionKind.Limit => new("limit", Amount: action.Amount, Period: PolicyReader.Periods.Format(action.Period), Technique: "named-interval"),
    };
}

/// <summary>The answer to a change of a policy.</summary>
/// <param name="Result">The policy.</param>
/// <param name="Committed">Whether exchanges run under it.</param>
internal sealed record PolicyEnvelope(PolicyResource Result, bool Committed)
{
    public bool Success { get; } = true;

    public IReadOnlyList<ApiError> Errors { get; } = [];

    public IReadOnlyList<ApiMessage> Messages { get; } = [];
}

/// <summary>What a commit has changed.</summary>
internal sealed record PolicyCommitResource(int Committed, int Failed, IReadOnlyList<PolicyResource> Policies);

/// <summary>How answers about policies are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PolicyEnvelope))]
[JsonSerializable(typeof(Envelope<PolicyResource>))]
[JsonSerializable(typeof(Envelope<IReadOnlyList<PolicyResource>>))]
[JsonSerializable(typeof(Envelope<PolicyCommitResource>))]
[JsonSerializable(typeof(Envelope<PolicySimulationResource>))]
internal sealed partial class PoliciesJson : JsonSerializerContext;
