namespace GatewayActors.Abstractions.Secrets;

/// <summary>The one Secrets Store of an account.</summary>
[GenerateSerializer, Immutable, Alias("gateway.secrets.store")]
public sealed record SecretsStoreRecord
{
    /// <summary>32 hex digits; never used again.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>Its name.</summary>
    [Id(1)] public required string Name { get; init; }

    /// <summary>When it was created.</summary>
    [Id(2)] public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last changed.</summary>
    [Id(3)] public required DateTimeOffset ModifiedAt { get; init; }
}

/// <summary>What is known of a secret without its value.</summary>
[GenerateSerializer, Immutable, Alias("gateway.secrets.record")]
public sealed record SecretRecord
{
    /// <summary>32 hex digits; never used again.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>Unique in the account.</summary>
    [Id(1)] public required string Name { get; init; }

    /// <summary>Who may use it, in the order of the caller.</summary>
    [Id(2)] public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>For people; null if it was never set.</summary>
    [Id(3)] public string? Comment { get; init; }

    /// <summary>What may be shown of the value.</summary>
    [Id(4)] public required string Preview { get; init; }

    /// <summary>When it was created.</summary>
    [Id(5)] public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last changed.</summary>
    [Id(6)] public required DateTimeOffset ModifiedAt { get; init; }

    /// <summary>Whether exchanges may use it as a provider's key.</summary>
    public bool IsUsable => Scopes.Contains(SecretScopes.AiGateway);
}

/// <summary>A secret that is to be stored; checked by the caller.</summary>
[GenerateSerializer, Immutable, Alias("gateway.secrets.draft")]
public sealed record SecretDraft
{
    /// <summary>See <see cref="SecretRecord.Name"/>.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>The value as the front has sealed it for the account. Grains cannot open it.</summary>
    [Id(1)] public required byte[] Sealed { get; init; }

    /// <summary>See <see cref="SecretRecord.Preview"/>.</summary>
    [Id(2)] public required string Preview { get; init; }

    /// <summary>See <see cref="SecretRecord.Scopes"/>.</summary>
    [Id(3)] public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>See <see cref="SecretRecord.Comment"/>.</summary>
    [Id(4)] public string? Comment { get; init; }
}

/// <summary>What of a secret is to be changed; null leaves it.</summary>
[GenerateSerializer, Immutable, Alias("gateway.secrets.patch")]
public sealed record SecretPatch
{
    /// <summary>The new value, sealed.</summary>
    [Id(0)] public byte[]? Sealed { get; init; }

    /// <summary>Goes with <see cref="Sealed"/>.</summary>
    [Id(1)] public string? Preview { get; init; }

    /// <summary>The new scopes.</summary>
    [Id(2)] public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>Whether <see cref="Comment"/> is the new comment, null included.</summary>
    [Id(3)] public bool SetsComment { get; init; }

    /// <summary>The new comment; null takes it away.</summary>
    [Id(4)] public string? Comment { get; init; }
}

/// <summary>The scopes of secrets, by the names of the admin API.</summary>
public static class SecretScopes
{
    /// <summary>Exchanges may use the secret as a provider's key.</summary>
    public const string AiGateway = "ai_gateway";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = ["workers", AiGateway, "dex", "access", "containers", "websearch"];
}
