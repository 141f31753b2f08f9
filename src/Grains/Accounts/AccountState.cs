using GatewayActors.Abstractions.Accounts;

namespace GatewayActors.Grains.Accounts;

/// <summary>What is stored of an account. Fields are only added, each with the next free id. Replaced whole by every change.</summary>
[GenerateSerializer, Immutable, Alias("gateway.account.state")]
internal sealed record AccountState
{
    /// <summary>The account; null if it does not exist.</summary>
    [Id(0)] public AccountRecord? Account { get; init; }

    /// <summary>The API tokens, oldest first.</summary>
    [Id(1)] public IReadOnlyList<StoredApiToken> Tokens { get; init; } = [];

    /// <summary>The ids of the gateways, newest first.</summary>
    [Id(2)] public IReadOnlyList<string> GatewayIds { get; init; } = [];

    /// <summary>A deletion has begun; it is finished by whoever next asks for the account.</summary>
    [Id(3)] public bool Deleting { get; init; }
}

/// <summary>An API token with the hash of its value.</summary>
[GenerateSerializer, Immutable, Alias("gateway.account.stored-token")]
internal sealed record StoredApiToken
{
    [Id(0)] public required ApiTokenRecord Token { get; init; }

    [Id(1)] public required string ValueHash { get; init; }
}
