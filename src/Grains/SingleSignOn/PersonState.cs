using GatewayActors.Abstractions.SingleSignOn;

namespace GatewayActors.Grains.SingleSignOn;

/// <summary>What is stored of a person. Fields are only added, each with the next free id. Replaced whole by every change.</summary>
[GenerateSerializer, Immutable, Alias("gateway.person.state")]
internal sealed record PersonState
{
    /// <summary>The sessions, oldest first; some may be over.</summary>
    [Id(0)] public IReadOnlyList<StoredSession> Sessions { get; init; } = [];
}

/// <summary>A session with its code and the hash of its token.</summary>
[GenerateSerializer, Immutable, Alias("gateway.person.stored-session")]
internal sealed record StoredSession
{
    [Id(0)] public required PersonSession Session { get; init; }

    /// <summary>Kept after it was taken, so that a second use is recognized.</summary>
    [Id(1)] public required SessionCode Code { get; init; }

    /// <summary>Null until the code was taken.</summary>
    [Id(2)] public string? ValueHash { get; init; }
}
