using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace GatewayActors.Front.Authentication;

/// <summary>The operator's API token: every permission on every account.</summary>
internal sealed class OperatorToken
{
    /// <summary>Fewest characters an operator may choose.</summary>
    public const int MinLength = 8;

    private readonly char[] _value;

    /// <summary>Takes the value, which may be any text.</summary>
    /// <exception cref="ArgumentException">The value is shorter than <see cref="MinLength"/>.</exception>
    public OperatorToken(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Length < MinLength)
        {
            throw new ArgumentException($"The operator's token must have at least {MinLength} characters.", nameof(value));
        }

        _value = value.ToCharArray();
        Principal = new()
        {
            TokenId = Abstractions.Accounts.TokenValue.Hash(value)[..32],
            Name = "operator",
            AccountId = null,
            Permissions = Abstractions.Accounts.Permissions.All,
        };
    }

    /// <summary>What the token may do.</summary>
    public TokenPrincipal Principal { get; }

    /// <summary>
    /// Whether this is the token. Takes as long for a near miss as for any other value of its length. Asked for every key that passes,
    /// so nothing is hashed.
    /// </summary>
    public bool Matches(ReadOnlySpan<char> value) =>
        value.Length == _value.Length && CryptographicOperations.FixedTimeEquals(MemoryMarshal.AsBytes(value), MemoryMarshal.AsBytes(_value.AsSpan()));
}
