using System.Security.Cryptography;
using System.Text;

namespace GatewayActors.Front.Authentication;

/// <summary>The operator's API token: every permission on every account. Only its hash is kept.</summary>
internal sealed class OperatorToken
{
    /// <summary>Fewest characters an operator may choose.</summary>
    public const int MinLength = 8;

    private readonly byte[] _hash;

    /// <summary>Takes the value, which may be any text.</summary>
    /// <exception cref="ArgumentException">The value is shorter than <see cref="MinLength"/>.</exception>
    public OperatorToken(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Length < MinLength)
        {
            throw new ArgumentException($"The operator's token must have at least {MinLength} characters.", nameof(value));
        }

        _hash = SHA256.HashData(Encoding.UTF8.GetBytes(value));
        Principal = new()
        {
            TokenId = Convert.ToHexStringLower(_hash)[..32],
            AccountId = null,
            Permissions = Abstractions.Accounts.Permissions.All,
        };
    }

    /// <summary>What the token may do.</summary>
    public TokenPrincipal Principal { get; }

    /// <summary>Whether this is the token; takes as long for a near miss as for any other value.</summary>
    public bool Matches(ReadOnlySpan<char> value)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> utf8 = stackalloc byte[512];
        SHA256.HashData(
            Encoding.UTF8.GetMaxByteCount(value.Length) <= utf8.Length
                ? utf8[..Encoding.UTF8.GetBytes(value, utf8)]
                : Encoding.UTF8.GetBytes(value.ToString()),
            hash);
        return CryptographicOperations.FixedTimeEquals(hash, _hash);
    }
}
