using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace GatewayActors.Front.Export.Logpush;

/// <summary>
/// Encrypts what only the tenant may read: a fresh AES key per entry, which is itself encrypted with the gateway's public key. AES-GCM
/// with the tag behind the data, RSA-OAEP with SHA-256: as browsers' WebCrypto has them.
/// </summary>
internal sealed class LogpushSeal : IDisposable
{
    private const int KeyBytes = 32;
    private const int IvBytes = 12;
    private const int TagBytes = 16;

    private readonly AesGcm _aes;
    private readonly string _key;

    /// <summary>Makes the key of an entry.</summary>
    public LogpushSeal(RSA publicKey)
    {
        var key = RandomNumberGenerator.GetBytes(KeyBytes);
        _aes = new(key, TagBytes);
        _key = Convert.ToBase64String(publicKey.Encrypt(key, RSAEncryptionPadding.OaepSHA256));
        CryptographicOperations.ZeroMemory(key);
    }

    /// <summary>Reads a gateway's key, PEM or the base64 inside of one; null if it is no RSA key.</summary>
    public static RSA? ReadKey(string text)
    {
        var rsa = RSA.Create();
        try
        {
            if (text.Contains("-----", StringComparison.Ordinal))
            {
                rsa.ImportFromPem(text);
            }
            else
            {
                rsa.ImportSubjectPublicKeyInfo(Convert.FromBase64String(text), out _);
            }

            return rsa;
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException or FormatException)
        {
            rsa.Dispose();
            return null;
        }
    }

    /// <summary>Writes a text, encrypted, as an object of three texts in base64.</summary>
    public void Write(Utf8JsonWriter json, string text)
    {
        var plain = Encoding.UTF8.GetBytes(text);
        Span<byte> iv = stackalloc byte[IvBytes];
        RandomNumberGenerator.Fill(iv); // Several fields share the key, never the vector.
        var data = new byte[plain.Length + TagBytes];
        _aes.Encrypt(iv, plain, data.AsSpan(0, plain.Length), data.AsSpan(plain.Length));
        json.WriteStartObject();
        json.WriteString("key"u8, _key);
        json.WriteString("iv"u8, Convert.ToBase64String(iv));
        json.WriteBase64String("data"u8, data);
        json.WriteEndObject();
    }

    public void Dispose() => _aes.Dispose();
}
