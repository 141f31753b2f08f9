namespace GatewayActors.Abstractions.Policies;

/// <summary>A policy of a gateway: who may call what, and for how much money.</summary>
[GenerateSerializer, Immutable, Alias("gateway.policy")]
public sealed record Policy
{
    /// <summary>A UUIDv7.</summary>
    [Id(0)] public required Guid Id { get; init; }

    /// <summary>What exchanges run under; null for a policy that was never committed.</summary>
    [Id(1)] public PolicyDefinition? Committed { get; init; }

    /// <summary>What the next commit makes of it; null for no change.</summary>
    [Id(2)] public PolicyDefinition? Draft { get; init; }

    /// <summary>When it was created.</summary>
    [Id(3)] public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When <see cref="Committed"/> or <see cref="Draft"/> last changed.</summary>
    [Id(4)] public required DateTimeOffset ModifiedAt { get; init; }
}

/// <summary>What a policy says. Checked by the caller before it is stored.</summary>
[GenerateSerializer, Immutable, Alias("gateway.policy.definition")]
public sealed record PolicyDefinition
{
    /// <summary>For people; need not be unique.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>A text with <c>{field}</c> placeholders: requests that make the same text of it spend from the same budget. Empty for none.</summary>
    [Id(1)] public required string Actor { get; init; }

    /// <summary>What it is about, as JSON: <c>"*"</c>, or an object with <c>model</c>, <c>provider</c> or both, each a text or an array of texts.</summary>
    [Id(2)] public required string Resource { get; init; }

    /// <summary>A CEL expression that says whom it is about.</summary>
    [Id(3)] public required string Condition { get; init; }

    /// <summary>What it does.</summary>
    [Id(4)] public required PolicyAction Action { get; init; }
}

/// <summary>What a policy does to the requests that it is about.</summary>
[GenerateSerializer, Immutable, Alias("gateway.policy.action")]
public sealed record PolicyAction
{
    /// <summary>What it does.</summary>
    [Id(0)] public required PolicyActionKind Kind { get; init; }

    /// <summary>Only for a block: whether everything but the resource is blocked. Default: false.</summary>
    [Id(1)] public bool Except { get; init; }

    /// <summary>Only for a limit: US dollars per period, above 0.</summary>
    [Id(2)] public decimal Amount { get; init; }

    /// <summary>Only for a limit: the period.</summary>
    [Id(3)] public PolicyPeriod Period { get; init; }
}

/// <summary>The kinds of <see cref="PolicyAction"/>.</summary>
public enum PolicyActionKind
{
    /// <summary>Lets through, and lifts the caps of its budget.</summary>
    NoLimit,

    /// <summary>Refuses.</summary>
    Block,

    /// <summary>Lets through until the amount is spent.</summary>
    Limit,
}

/// <summary>Periods of the calendar, in UTC.</summary>
public enum PolicyPeriod
{
    /// <summary>From the full hour.</summary>
    Hourly,

    /// <summary>From midnight.</summary>
    Daily,

    /// <summary>From Monday, midnight.</summary>
    Weekly,

    /// <summary>From the first day of the month, midnight.</summary>
    Monthly,
}

/// <summary>What exchanges need of a policy: what it says once committed.</summary>
[GenerateSerializer, Immutable, Alias("gateway.policy.committed")]
public sealed record CommittedPolicy
{
    /// <summary><see cref="Policy.Id"/>.</summary>
    [Id(0)] public required Guid Id { get; init; }

    /// <summary><see cref="Policy.Committed"/>.</summary>
    [Id(1)] public required PolicyDefinition Definition { get; init; }
}
