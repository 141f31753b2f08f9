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

    /// <summary>Forgets what is known about a value that was revoked here, so that this node refuses it at once.</summary>
    void Forget(string value);
}

/// <summary>A verified API token.</summary>
internal sealed record TokenPrincipal
{
    /// <summary>32 hex digits.</summary>
    public required string TokenId { get; init; }

    /// <summary>What people call it.</summary>
    public string Name { get; init; } = "";

    /// <summary>The account it acts on; null for the operator's, which acts on all, and for people, who have no one account.</summary>
    public required string? AccountId { get; init; }

    /// <summary>What it may do there. Nothing for people, whose permissions differ from account to account: ask <see cref="On"/>.</summary>
    public required Permissions Permissions { get; init; }

    /// <summary>Who stands behind it, where an identity provider tells; null for API tokens.</summary>
    public Person? Person { get; init; }

    /// <summary>Whether it is the operator's, or somebody's whom the operator has made one.</summary>
    public bool IsOperator => Person is { } person ? person.IsOperator : AccountId is null;

    /// <summary>Whether it may do all of this on this account.</summary>
    public bool Can(Permissions permissions, ReadOnlySpan<char> accountId) => On(accountId) is { } own && (own & permissions) == permissions;

    /// <summary>What it may do on an account; null if the account is closed to it.</summary>
    public Permissions? On(ReadOnlySpan<char> accountId) =>
        Person is { } person ? person.On(accountId)
        : AccountId is null || accountId.SequenceEqual(AccountId) ? Permissions
        : null;
}
