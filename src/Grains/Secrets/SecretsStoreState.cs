using GatewayActors.Abstractions.Secrets;

namespace GatewayActors.Grains.Secrets;

/// <summary>What is stored of an account's secrets: no value that could be read. Fields are only added, each with the next free id. Replaced whole by every change.</summary>
[GenerateSerializer, Immutable, Alias("gateway.secrets.state")]
internal sealed record SecretsStoreState
{
    /// <summary>The last version of the usable secrets, also after everything was deleted.</summary>
    [Id(0)] public long Version { get; init; }

    /// <summary>Null for none.</summary>
    [Id(1)] public SecretsStoreRecord? Store { get; init; }

    /// <summary>Oldest first.</summary>
    [Id(2)] public IReadOnlyList<StoredSecret> Secrets { get; init; } = [];
}

/// <summary>A secret with its sealed value.</summary>
[GenerateSerializer, Immutable, Alias("gateway.secrets.stored")]
internal sealed record StoredSecret
{
    /// <summary>What is known of it.</summary>
    [Id(0)] public required SecretRecord Record { get; init; }

    /// <summary>The sealed value.</summary>
    [Id(1)] public required byte[] Sealed { get; init; }
}
