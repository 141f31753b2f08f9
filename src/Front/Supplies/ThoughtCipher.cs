using System.Security.Cryptography;
using System.Text;
using GatewayActors.Abstractions.Caching;
using GatewayActors.Front.Gateways;

namespace GatewayActors.Front.Supplies;

/// <summary>
/// Names and encrypts what is kept for one call. Name and key both come from the call's id, which only its client and its provider know: who
/// can read the store cannot read what is in it, and no other key has to be kept anywhere.
/// </summary>
internal static class ThoughtCipher
{
    private const int KeyBytes = 32; // AES-256
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    /// <summary>Under which key it is kept. Account and gateway are part of it, and the name cannot be that of an answer.</summary>
    public static CacheKey NameOf(GatewayHandle gateway, string call)
    {
        Span<byte> hash = stackalloc byte[CacheKey.Length];
        Derive(gateway, call, "name"u8, hash);
        return new(hash);
    }

    /// <summary>Encrypts. Each text has a nonce of its own: an answer may be given out of the cache several times.</summary>
    public static byte[] Seal(GatewayHandle gateway, string call, ReadOnlySpan<byte> plain)
    {
        Span<byte> key = stackalloc byte[KeyBytes];
        Derive(gateway, call, "key"u8, key);
        using var cipher = new AesGcm(key, TagBytes);
        var sealedBytes = new byte[NonceBytes + TagBytes + plain.Length];
        var nonce = sealedBytes.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        cipher.Encrypt(nonce, plain, sealedBytes.AsSpan(NonceBytes + TagBytes), sealedBytes.AsSpan(NonceBytes, TagBytes));
        return sealedBytes;
    }

    /// <summary>Decrypts; null if it is not what was sealed.</summary>
    public static byte[]? Open(GatewayHandle gateway, string call, ReadOnlySpan<byte> sealedBytes)
    {
        if (sealedBytes.Length < NonceBytes + TagBytes)
        {
            return null;
        }

        Span<byte> key = stackalloc byte[KeyBytes];
        Derive(gateway, call, "key"u8, key);
        using var cipher = new AesGcm(key, TagBytes);
        var plain = new byte[sealedBytes.Length - NonceBytes - TagBytes];
        try
        {
            cipher.Decrypt(sealedBytes[..NonceBytes], sealedBytes[(NonceBytes + TagBytes)..], sealedBytes.Slice(NonceBytes, TagBytes), plain);
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private static void Derive(GatewayHandle gateway, string call, ReadOnlySpan<byte> purpose, Span<byte> result)
    {
        var salt = Encoding.UTF8.GetBytes($"gateway.thoughts\n{gateway.AccountId}\n{gateway.GatewayId}");
        HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(call), result, salt, purpose);
    }
}
