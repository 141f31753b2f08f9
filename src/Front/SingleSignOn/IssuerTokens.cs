using System.Buffers.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace GatewayActors.Front.SingleSignOn;

/// <summary>Checks the tokens of one issuer. Thread-safe.</summary>
internal sealed class IssuerTokens(IssuerMetadata metadata, TimeProvider timeProvider)
{
    /// <summary>By how much clocks may differ.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    /// <summary>Longest token, in characters.</summary>
    public const int MaxLength = 32 * 1024;

    // Signatures with a private key only. "none" is no signature, and HS256 would take a public key for a shared secret.
    private static readonly string[] Algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

    private static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = MaxLength };

    /// <summary>Checks a token: form, signature, issuer, audience, times and kind.</summary>
    public async ValueTask<IssuerToken> CheckAsync(string token, IReadOnlyList<string> audiences, CancellationToken cancellationToken)
    {
        if (!TryReadHead(token, out var keyId))
        {
            return IssuerToken.Invalid;
        }

        if (await metadata.GetAsync(cancellationToken) is not { } document)
        {
            return IssuerToken.Unavailable;
        }

        if (document.KeysFor(keyId).Count == 0)
        {
            document = await metadata.GetNewerAsync(document, cancellationToken);
        }

        var keys = document.KeysFor(keyId);
        if (keys.Count == 0)
        {
            return IssuerToken.Invalid;
        }

        var result = await Handler.ValidateTokenAsync(token, Parameters(document, keys, audiences));
        return result is { IsValid: true, SecurityToken: JsonWebToken valid } && TryReadClaims(valid, out var claims)
            ? new(IssuerTokenState.Valid, claims, new(valid.ValidTo, TimeSpan.Zero))
            : IssuerToken.Invalid;
    }

    /// <summary>The issuer that a token claims to be of; null if it is no token. Says nothing about its being valid.</summary>
    public static string? IssuerOf(string token) => token.AsSpan().Count('.') == 2 && TryReadAddress(token, out var issuer, out _) ? issuer : null;

    /// <summary>What a token says about its issuer and whom it is for; false if it is no token. Says nothing about its being valid.</summary>
    public static bool TryReadAddress(string token, out string issuer, out IReadOnlyList<string> audiences)
    {
        (issuer, audiences) = ("", []);
        if (token.Length > MaxLength)
        {
            return false;
        }

        try
        {
            var read = new JsonWebToken(token);
            (issuer, audiences) = (read.Issuer, [.. read.Audiences]);
            return issuer.Length > 0;
        }
        catch (Exception exception) when (exception is ArgumentException or SecurityTokenException)
        {
            return false;
        }
    }

    private static bool TryReadHead(string token, out string? keyId)
    {
        keyId = null;
        if (token.Length > MaxLength || token.AsSpan().Count('.') != 2)
        {
            return false;
        }

        try
        {
            var head = new JsonWebToken(token);
            keyId = head.Kid;
            return Algorithms.Contains(head.Alg, StringComparer.Ordinal);
        }
        catch (Exception exception) when (exception is ArgumentException or SecurityTokenException)
        {
            return false;
        }
    }

    private TokenValidationParameters Parameters(IssuerDocument document, IReadOnlyList<SecurityKey> keys, IReadOnlyList<string> audiences) => new()
    {
        ValidIssuer = document.Issuer,
        ValidAudiences = audiences,
        IssuerSigningKeys = keys,
        ValidAlgorithms = Algorithms,
        RequireSignedTokens = true,
        RequireExpirationTime = true,
        ValidateIssuerSigningKey = true,
        LifetimeValidator = (notBefore, expires, _, _) => IsAlive(notBefore, expires),
        TypeValidator = (type, _, _) => IsKind(type) ? type : throw new SecurityTokenInvalidTypeException("The token is of another kind."),
    };

    private bool IsAlive(DateTime? notBefore, DateTime? expires)
    {
        var now = timeProvider.GetUtcNow().UtcDateTime;
        return expires is { } end && now < end + ClockSkew && (notBefore is not { } begin || now >= begin - ClockSkew);
    }

    // A token about signing out or a security event, of the same issuer for the same client, proves nobody's presence.
    private static bool IsKind(string? type) =>
        type is null or "" || type.Equals("JWT", StringComparison.OrdinalIgnoreCase) || type.Equals("at+jwt", StringComparison.OrdinalIgnoreCase)
        || type.Equals("application/at+jwt", StringComparison.OrdinalIgnoreCase);

    private static bool TryReadClaims(JsonWebToken token, out JsonElement claims)
    {
        claims = default;
        try
        {
            claims = JsonElement.Parse(Base64Url.DecodeFromChars(token.EncodedPayload));
            return claims.ValueKind == JsonValueKind.Object && Claims.Text(claims, "sub") is not null;
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            return false;
        }
    }
}

/// <summary>What a token turned out to be.</summary>
internal enum IssuerTokenState
{
    /// <summary>It is the issuer's, for one of the audiences, now.</summary>
    Valid,

    /// <summary>It is not.</summary>
    Invalid,

    /// <summary>Nobody can say: the issuer cannot be reached.</summary>
    Unavailable,
}

/// <summary>A checked token.</summary>
/// <param name="State">What it turned out to be.</param>
/// <param name="Claims">What it says, if it is valid; <c>sub</c> is there.</param>
/// <param name="ExpiresAt">Until when, if it is valid.</param>
internal sealed record IssuerToken(IssuerTokenState State, JsonElement Claims = default, DateTimeOffset ExpiresAt = default)
{
    public static IssuerToken Invalid { get; } = new(IssuerTokenState.Invalid);

    public static IssuerToken Unavailable { get; } = new(IssuerTokenState.Unavailable);
}
