using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace GatewayActors.Front.SingleSignOn;

/// <summary>What an issuer says about itself, with its keys. Immutable.</summary>
internal sealed record IssuerDocument
{
    /// <summary>As its tokens name it.</summary>
    public required string Issuer { get; init; }

    /// <summary>The public keys that sign its tokens.</summary>
    public required IReadOnlyList<SecurityKey> Keys { get; init; }

    /// <summary>Where people sign on; null for an issuer that signs nobody on.</summary>
    public Uri? AuthorizationEndpoint { get; init; }

    /// <summary>Where codes are turned into tokens.</summary>
    public Uri? TokenEndpoint { get; init; }

    /// <summary>What tells more about somebody.</summary>
    public Uri? UserInfoEndpoint { get; init; }

    /// <summary>Where people sign out of the issuer.</summary>
    public Uri? EndSessionEndpoint { get; init; }

    /// <summary>Whether the client's secret goes into the body, because the issuer does not take it in the header.</summary>
    public bool SecretInBody { get; init; }

    /// <summary>Whether the issuer names itself in its answers to sign-ons (RFC 9207): then an answer without it is not its own.</summary>
    public bool NamesItselfInAnswers { get; init; }

    /// <summary>Reads the metadata.</summary>
    /// <param name="configured">The issuer that was asked.</param>
    /// <param name="metadata">What it answered.</param>
    /// <param name="document">The document, still without keys.</param>
    /// <param name="keys">Where the keys are.</param>
    /// <param name="problem">What is wrong with it.</param>
    public static bool TryRead(
        string configured,
        JsonElement metadata,
        [NotNullWhen(true)] out IssuerDocument? document,
        [NotNullWhen(true)] out Uri? keys,
        [NotNullWhen(false)] out string? problem)
    {
        (document, keys, problem) = (null, null, null);
        if (metadata.ValueKind != JsonValueKind.Object || Claims.Text(metadata, "issuer") is not { } issuer || issuer.TrimEnd('/') != configured.TrimEnd('/'))
        {
            problem = "it calls itself by another name";
            return false;
        }

        var allowHttp = new Uri(configured).IsLoopback;
        keys = Endpoint("jwks_uri");
        if (keys is null)
        {
            problem = "it has no jwks_uri that is https";
            return false;
        }

        var methods = Claims.Values(metadata, "token_endpoint_auth_methods_supported");
        document = new()
        {
            Issuer = issuer,
            Keys = [],
            AuthorizationEndpoint = Endpoint("authorization_endpoint"),
            TokenEndpoint = Endpoint("token_endpoint"),
            UserInfoEndpoint = Endpoint("userinfo_endpoint"),
            EndSessionEndpoint = Endpoint("end_session_endpoint"),
            SecretInBody = methods.Count > 0 && !methods.Contains("client_secret_basic") && methods.Contains("client_secret_post"),
            NamesItselfInAnswers = metadata.TryGetProperty("authorization_response_iss_parameter_supported", out var named) && named.ValueKind == JsonValueKind.True,
        };
        return true;

        Uri? Endpoint(string name) =>
            Uri.TryCreate(Claims.Text(metadata, name), UriKind.Absolute, out var uri) && (uri.Scheme == "https" || (uri.Scheme == "http" && allowHttp && uri.IsLoopback))
                ? uri
                : null;
    }

    /// <summary>The public keys of a key set that may sign. Shared secrets are left out: whoever knows one could sign.</summary>
    public static IReadOnlyList<SecurityKey> ReadKeys(string json) =>
        [.. new JsonWebKeySet(json).Keys.Where(key => key.Kty is "RSA" or "EC" && key.Use is null or "" or "sig")];

    /// <summary>The keys that may have signed a token: that of its key id, or all if it names none.</summary>
    public IReadOnlyList<SecurityKey> KeysFor(string? keyId) =>
        string.IsNullOrEmpty(keyId) ? Keys : [.. Keys.Where(key => key.KeyId == keyId)];
}
