namespace GatewayActors.Abstractions.CustomDomains;

/// <summary>A hostname under which a gateway is reached without account and gateway in the path.</summary>
[GenerateSerializer, Immutable, Alias("gateway.custom-domain")]
public sealed record CustomDomain
{
    /// <summary>Lower case, without a final dot.</summary>
    [Id(0)] public required string Hostname { get; init; }

    /// <summary>The account.</summary>
    [Id(1)] public required string AccountId { get; init; }

    /// <summary>The gateway.</summary>
    [Id(2)] public required string GatewayId { get; init; }

    /// <summary>Whether requests are taken for it: its owner has proved to be that.</summary>
    [Id(3)] public required bool IsActive { get; init; }

    /// <summary>The oldest version of TLS that its owner wants; null if that was not said.</summary>
    [Id(4)] public string? MinTls { get; init; }

    /// <summary>When it was created.</summary>
    [Id(5)] public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last changed.</summary>
    [Id(6)] public required DateTimeOffset ModifiedAt { get; init; }
}

/// <summary>The active domains of all accounts, as the fronts hold them.</summary>
[GenerateSerializer, Immutable, Alias("gateway.custom-domain.snapshot")]
public sealed record CustomDomainSnapshot
{
    /// <summary>Grows with every change.</summary>
    [Id(0)] public required long Revision { get; init; }

    /// <summary>The key of the gateway (<see cref="GrainKeys.Gateway"/>) by hostname.</summary>
    [Id(1)] public required IReadOnlyDictionary<string, string> Gateways { get; init; }
}

/// <summary>What became of a change.</summary>
[GenerateSerializer, Immutable, Alias("gateway.custom-domain.change")]
public sealed record CustomDomainChange
{
    /// <summary>Whether it was made.</summary>
    [Id(0)] public required CustomDomainOutcome Outcome { get; init; }

    /// <summary>The domain; null if nothing was done.</summary>
    [Id(1)] public CustomDomain? Domain { get; init; }
}

/// <summary>Answers to changes of domains.</summary>
public enum CustomDomainOutcome
{
    /// <summary>It is stored.</summary>
    Done,

    /// <summary>The gateway has no such domain.</summary>
    NotFound,

    /// <summary>The account has the domain already, or it is active for another one.</summary>
    Taken,

    /// <summary>The gateway has as many domains as it may have.</summary>
    TooMany,
}
