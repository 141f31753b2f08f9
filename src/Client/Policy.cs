using System.Text.Json;
using System.Text.Json.Serialization;

namespace GatewayActors.Client;

/// <summary>Whether what is not committed is meant as well.</summary>
public enum PolicyDrafts
{
    /// <summary>Only what requests run under.</summary>
    Excluded,

    /// <summary>Drafts as well.</summary>
    Included,
}

/// <summary>When a change of a policy holds.</summary>
public enum PolicyCommit
{
    /// <summary>With the next commit.</summary>
    Later,

    /// <summary>At once.</summary>
    Now,
}

/// <summary>What a policy is to be; where one is changed, null leaves what it is.</summary>
public sealed record PolicyDefinition
{
    /// <summary>For people.</summary>
    public string? Name { get; init; }

    /// <summary>The budget, such as <c>user:{metadata.user_id}</c>.</summary>
    public string? Actor { get; init; }

    /// <summary>What it is about: <c>"*"</c>, or an object with <c>model</c>, <c>provider</c> or both.</summary>
    public JsonElement? Resource { get; init; }

    /// <summary>Whom it is about, in CEL.</summary>
    public string? Condition { get; init; }

    /// <summary>What it does.</summary>
    public PolicyAction? Action { get; init; }
}

/// <summary>What a policy does.</summary>
public sealed record PolicyAction
{
    /// <summary><c>no-limit</c>, <c>block</c> or <c>limit</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Of a block: whether everything but the resource is blocked.</summary>
    public bool? Except { get; init; }

    /// <summary>Of a limit: USD per period.</summary>
    public decimal? Amount { get; init; }

    /// <summary>Of a limit: <c>hourly</c>, <c>daily</c>, <c>weekly</c> or <c>monthly</c>.</summary>
    public string? Period { get; init; }
}

/// <summary>A policy.</summary>
public sealed record Policy
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The budget; empty for none.</summary>
    public string? Actor { get; init; }

    /// <summary>What it is about.</summary>
    public JsonElement? Resource { get; init; }

    /// <summary>Whom it is about.</summary>
    public required string Condition { get; init; }

    /// <summary>What it does.</summary>
    public required PolicyAction Action { get; init; }

    /// <summary>Whether this is a draft, in lists.</summary>
    public bool Staging { get; init; }

    /// <summary>Whether this is a draft, of one policy.</summary>
    public bool Uncommitted { get; init; }

    /// <summary>Everything else, by the names of the API.</summary>
    [JsonExtensionData] public IDictionary<string, JsonElement>? Others { get; set; }
}

/// <summary>What would become of a request.</summary>
public sealed record PolicySimulation
{
    /// <summary>What the policies say: <c>decision</c> and <c>buckets</c>.</summary>
    public required JsonElement Evaluation { get; init; }

    /// <summary>What that means.</summary>
    public required PolicyEnforcement Enforcement { get; init; }

    /// <summary>How many policies there are.</summary>
    [JsonPropertyName("policiesEvaluated")] public int PoliciesEvaluated { get; init; }
}

/// <summary>Whether a request would be let through.</summary>
public sealed record PolicyEnforcement
{
    /// <summary>Whether it would; null where the gateway's <c>policy_failure_mode</c> decides.</summary>
    public bool? Allowed { get; init; }

    /// <summary>Why not.</summary>
    public string? Reason { get; init; }

    /// <summary>The budget that has no room.</summary>
    public string? Bucket { get; init; }

    /// <summary>The policy that refuses.</summary>
    [JsonPropertyName("policyName")] public string? PolicyName { get; init; }
}

internal sealed record PolicyCommitResult(IReadOnlyList<Policy> Policies);
