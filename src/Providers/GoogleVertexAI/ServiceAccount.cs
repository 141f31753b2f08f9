using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GatewayActors.Providers.Mapping;

namespace GatewayActors.Providers.GoogleVertexAI;

/// <summary>
/// A Google service account as a client or a stored key gives it: the JSON of its key file with an extra <c>region</c>, plain or in
/// base64, with or without <c>Bearer</c>. Immutable; its text form shows no secret.
/// </summary>
/// <remarks>
/// The <c>token_uri</c> of the JSON is not read: a client could name any address of our network there. The caller gives the endpoint.
/// </remarks>
public sealed class ServiceAccount
{
    private const string CloudPlatformScope = "https://www.googleapis.com/auth/cloud-platform";

    private readonly string _privateKey;

    private ServiceAccount(string clientEmail, string privateKey, JsonElement json)
    {
        ClientEmail = clientEmail;
        _privateKey = privateKey;
        PrivateKeyId = JsonCredential.Text(json, "private_key_id");
        ProjectId = JsonCredential.Text(json, "project_id");
        Region = JsonCredential.Text(json, "region");

        // With the private key in it: whoever knows only the public parts must not get the owner's token out of a cache.
        CacheKey = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{clientEmail}\n{PrivateKeyId}\n{privateKey}")));
    }

    /// <summary>The account's name.</summary>
    public string ClientEmail { get; }

    /// <summary>The key's id, or null.</summary>
    public string? PrivateKeyId { get; }

    /// <summary>The account's project, or null.</summary>
    public string? ProjectId { get; }

    /// <summary>The region requests go to where their path names none, or null. Not checked: mapping does.</summary>
    public string? Region { get; }

    /// <summary>What an access token of this account may be cached under; reveals nothing.</summary>
    public string CacheKey { get; }

    /// <summary>Reads the value of an <c>Authorization</c> header, or a stored key.</summary>
    /// <returns>False if it is something else, such as an access token.</returns>
    public static bool TryParse(string authorization, [NotNullWhen(true)] out ServiceAccount? account)
    {
        ArgumentNullException.ThrowIfNull(authorization);
        account = null;
        using var document = JsonCredential.TryParse(authorization);
        if (document is null)
        {
            return false;
        }

        try
        {
            var root = document.RootElement;
            if (JsonCredential.Text(root, "client_email") is not { } email || JsonCredential.Text(root, "private_key") is not { } privateKey)
            {
                return false;
            }

            account = new(email, privateKey, root);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false; // text that is no text: not a service account, whatever it is
        }
    }

    /// <summary>The signed assertion to exchange for an access token (RFC 7523), valid for an hour.</summary>
    /// <param name="now">The current time.</param>
    /// <param name="tokenUrl">The token endpoint it is for; the operator's setting, never the client's.</param>
    /// <returns>Null if the private key is not an RSA key in PEM form.</returns>
    public string? CreateAssertion(DateTimeOffset now, string tokenUrl)
    {
        using var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(_privateKey);
            var signed = $"{Encode(WriteHeader)}.{Encode(writer => WriteClaims(writer, now, tokenUrl))}";
            var signature = rsa.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            return $"{signed}.{Base64Url.EncodeToString(signature)}";
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            return null; // bad PEM, another kind of key, or a public key only
        }
    }

    private void WriteHeader(Utf8JsonWriter writer)
    {
        writer.WriteString("alg", "RS256");
        writer.WriteString("typ", "JWT");
        if (PrivateKeyId is not null)
        {
            writer.WriteString("kid", PrivateKeyId);
        }
    }

    private void WriteClaims(Utf8JsonWriter writer, DateTimeOffset now, string tokenUrl)
    {
        var issuedAt = now.ToUnixTimeSeconds();
        writer.WriteString("iss", ClientEmail);
        writer.WriteString("sub", ClientEmail);
        writer.WriteString("aud", tokenUrl);
        writer.WriteString("scope", CloudPlatformScope);
        writer.WriteNumber("iat", issuedAt);
        writer.WriteNumber("exp", issuedAt + 3600); // seconds; the most that is accepted
    }

    private static string Encode(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return Base64Url.EncodeToString(stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }
}
