using System.Net;
using GatewayActors.Abstractions.Accounts;

namespace GatewayActors.Front.Authentication;

/// <summary>Tells our API tokens from foreign keys, and what a token may do. Thread-safe.</summary>
internal interface ITokenVerifier
{
    /// <summary>Verifies a value.</summary>
    /// <param name="value">What may be a token, without a scheme.</param>
    /// <param name="client">Where the client calls from, for tokens that are bound to networks; null if unknown.</param>
    /// <param name="cancellationToken">Cancels a look-up.</param>
    /// <returns>The token, or null if this is not a valid token of ours right now.</returns>
    /// <remarks>Completes synchronously for a token that was seen lately. A revocation holds within one second on every node.</remarks>
    ValueTask<TokenPrincipal?> VerifyAsync(ReadOnlySpan<char> value, IPAddress? client, CancellationToken cancellationToken);
}

/// <summary>A verified API token.</summary>
internal sealed record TokenPrincipal
{
    /// <summary>32 hex digits.</summary>
    public required string TokenId { get; init; }

    /// <summary>What people call it.</summary>
    public string Name { get; init; } = "";

    /// <summary>The account it acts on; null for the operator's, which acts on all.</summary>
    public required string? AccountId { get; init; }

    /// <summary>What it may do there.</summary>
    public required Permissions Permissions { get; init; }

    /// <summary>Whether it is the operator's.</summary>
    public bool IsOperator => AccountId is null;

    /// <summary>Whether it may do all of this on this account.</summary>
    public bool Can(Permissions permissions, ReadOnlySpan<char> accountId) =>
        (Permissions & permissions) == permissions && (AccountId is null || accountId.SequenceEqual(AccountId));
}
