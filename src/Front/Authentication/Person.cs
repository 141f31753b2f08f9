using System.Collections.Frozen;
using GatewayActors.Abstractions.Accounts;

namespace GatewayActors.Front.Authentication;

/// <summary>Somebody whom an identity provider has signed on, or a machine that shows a token of one, with what they may do. Immutable.</summary>
internal sealed class Person
{
    private readonly FrozenDictionary<string, Permissions> _byAccount;
    private readonly FrozenDictionary<string, Permissions>.AlternateLookup<ReadOnlySpan<char>> _bySpan;
    private readonly Permissions? _onEveryAccount;

    /// <summary>Makes a person.</summary>
    /// <param name="byAccount">What they may do on accounts that the operator names.</param>
    /// <param name="onEveryAccount">What they may do on every account; null for nothing.</param>
    public Person(IReadOnlyDictionary<string, Permissions> byAccount, Permissions? onEveryAccount)
    {
        _byAccount = byAccount.ToFrozenDictionary(StringComparer.Ordinal);
        _bySpan = _byAccount.GetAlternateLookup<ReadOnlySpan<char>>();
        _onEveryAccount = onEveryAccount;
        AccountIds = [.. _byAccount.Keys.Order(StringComparer.Ordinal)];
    }

    /// <summary>The name of the sign-on.</summary>
    public required string SignOn { get; init; }

    /// <summary>Who, as the identity provider identifies people.</summary>
    public required string Subject { get; init; }

    /// <summary>Their address.</summary>
    public string? Email { get; init; }

    /// <summary>Their name.</summary>
    public string? Name { get; init; }

    /// <summary>Their given name.</summary>
    public string? GivenName { get; init; }

    /// <summary>Their family name.</summary>
    public string? FamilyName { get; init; }

    /// <summary>Their groups, as far as they are known.</summary>
    public IReadOnlyList<string>? Groups { get; init; }

    /// <summary>When they must sign on again.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Whether they may make and delete accounts.</summary>
    public bool IsOperator { get; init; }

    /// <summary>Whether they are signed on here, rather than showing a token of their identity provider.</summary>
    public bool HasSession { get; init; }

    /// <summary>The accounts that the operator names for them.</summary>
    public IReadOnlyList<string> AccountIds { get; }

    /// <summary>Whether every account is open to them.</summary>
    public bool HasEveryAccount => _onEveryAccount is not null;

    /// <summary>What the audit log calls them: no id of a token has a colon.</summary>
    public string ActorId => IdOf(SignOn, Subject);

    /// <summary>What people call them.</summary>
    public string ActorName => Email ?? Name ?? Subject;

    /// <summary>What the audit log calls somebody.</summary>
    public static string IdOf(string signOn, string subject) => $"{signOn}:{subject}";

    /// <summary>Whether an id of the audit log is that of a person rather than a token.</summary>
    public static bool IsId(string actorId) => actorId.Contains(':', StringComparison.Ordinal);

    /// <summary>What they may do on an account; null if it is closed to them.</summary>
    public Permissions? On(ReadOnlySpan<char> accountId) =>
        _bySpan.TryGetValue(accountId, out var permissions) ? permissions | (_onEveryAccount ?? Permissions.None) : _onEveryAccount;
}
