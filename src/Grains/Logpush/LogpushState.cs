using GatewayActors.Abstractions.Logpush;

namespace GatewayActors.Grains.Logpush;

/// <summary>What is stored of an account's push jobs. Fields are only added, each with the next free id. Replaced whole by every change.</summary>
[GenerateSerializer, Immutable, Alias("gateway.logpush.state")]
internal sealed record LogpushState
{
    /// <summary>The last id given out, also after its job was deleted.</summary>
    [Id(0)] public int LastId { get; init; }

    /// <summary>Oldest first.</summary>
    [Id(1)] public IReadOnlyList<LogpushJob> Jobs { get; init; } = [];
}
