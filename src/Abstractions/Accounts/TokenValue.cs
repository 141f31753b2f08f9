using System.Buffers.Text;
using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;

namespace GatewayActors.Abstractions.Accounts;

/// <summary>
/// The values of API tokens: <c>gwa_{account}_{secret}{checksum}</c>. The prefix and the checksum let a front tell its own tokens
/// from foreign keys without a look-up, and the account says which grain knows it. Tokens of sessions have the same form, with
/// <c>gws_</c> and the person's key in place of the account.
/// </summary>
public static class TokenValue
{
    private const string Prefix = "gwa_";
    private const string SessionPrefix = "gws_"; // As long as the other one.
    private const int AccountLength = 32;
    private const int SecretBytes = 32;
    private const int SecretLength = 43; // Base64Url of 32 bytes, without padding.
    private const int ChecksumLength = 8;
    private const int SecretStart = 4 + AccountLength + 1;
    private const int Length = SecretStart + SecretLength + ChecksumLength;

    /// <summary>Makes a new value with 256 bits of randomness.</summary>
    public static string Create(string accountId) => Create(Prefix, accountId);

    /// <summary>Makes a new value for a session of a person (<see cref="GrainKeys.Person"/>).</summary>
    public static string CreateSession(string personKey) => Create(SessionPrefix, personKey);

    private static string Create(string prefix, string owner)
    {
        var head = string.Concat(prefix, owner, "_", Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes)));
        return head + Checksum(head);
    }

    /// <summary>Whether this has the form and the checksum of our tokens, and whose it would be. Says nothing about its being valid.</summary>
    public static bool TryParse(ReadOnlySpan<char> value, out string accountId) => TryParse(value, Prefix, out accountId);

    /// <summary>The same for the token of a session: whose it would be.</summary>
    public static bool TryParseSession(ReadOnlySpan<char> value, out string personKey) => TryParse(value, SessionPrefix, out personKey);

    /// <summary>Whether this has the form of a token of ours, of an account or of a session: nobody else may see it.</summary>
    public static bool IsOurs(ReadOnlySpan<char> value) => TryParse(value, out _) || TryParseSession(value, out _);

    private static bool TryParse(ReadOnlySpan<char> value, string prefix, out string owner)
    {
        owner = "";
        if (value.Length != Length || !value.StartsWith(prefix, StringComparison.Ordinal) || value[SecretStart - 1] != '_')
        {
            return false;
        }

        var account = value.Slice(prefix.Length, AccountLength);
        if (!Identifiers.IsAccountId(account) || !value[^ChecksumLength..].SequenceEqual(Checksum(value[..^ChecksumLength])))
        {
            return false;
        }

        owner = account.ToString();
        return true;
    }

    /// <summary>The SHA-256 hash of a value, in lower-case hex: what is stored. The value has 256 random bits, so no salt is needed.</summary>
    public static string Hash(ReadOnlySpan<char> value)
    {
        Span<byte> utf8 = stackalloc byte[512];
        var bytes = Encoding.UTF8.GetMaxByteCount(value.Length) <= utf8.Length
            ? utf8[..Encoding.UTF8.GetBytes(value, utf8)]
            : Encoding.UTF8.GetBytes(value.ToString());
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return Convert.ToHexStringLower(hash);
    }

    private static string Checksum(ReadOnlySpan<char> head)
    {
        Span<byte> ascii = stackalloc byte[Length];
        var written = Encoding.UTF8.GetBytes(head, ascii);
        return Crc32.HashToUInt32(ascii[..written]).ToString("x8", System.Globalization.CultureInfo.InvariantCulture);
    }
}
