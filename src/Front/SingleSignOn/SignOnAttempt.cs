using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using GatewayActors.Abstractions.Accounts;
using Microsoft.AspNetCore.DataProtection;

namespace GatewayActors.Front.SingleSignOn;

/// <summary>What a front must remember between the start of a sign-on and its end, which another front may see.</summary>
/// <param name="SignOn">The name of the sign-on.</param>
/// <param name="State">Comes back from the issuer: proves that this browser has begun.</param>
/// <param name="Nonce">Comes back in the ID token: proves that the token was made for this sign-on.</param>
/// <param name="Verifier">The secret of PKCE: a stolen code is worth nothing without it.</param>
/// <param name="ReturnTo">The page to go back to.</param>
/// <param name="RedirectUri">Where the issuer sends the browser.</param>
/// <param name="ExpiresAt">Until when the person may take to sign on.</param>
internal sealed record SignOnAttempt(string SignOn, string State, string Nonce, string Verifier, string ReturnTo, string RedirectUri, DateTimeOffset ExpiresAt)
{
    /// <summary>How long a person may take.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    /// <summary>Begins a sign-on.</summary>
    public static SignOnAttempt Begin(string signOn, string returnTo, string redirectUri, DateTimeOffset now) =>
        new(signOn, RandomText(), RandomText(), RandomText(), returnTo, redirectUri, now + Longest);

    /// <summary>What the issuer gets of the secret.</summary>
    public string Challenge => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    /// <summary>256 random bits in 43 characters.</summary>
    public static string RandomText() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
}

/// <summary>
/// Attempts in cookies of the browser, sealed with the keys that all fronts share. A cookie for each attempt, so that two tabs do not disturb each other.
/// </summary>
internal sealed class SignOnCookies(IDataProtectionProvider protection, TimeProvider timeProvider)
{
    /// <summary>What the browser that signed on keeps until it has its token.</summary>
    public const string CodeCookie = "gateway_sign_on_browser";

    private const string AttemptCookie = "gateway_sign_on_";
    private const string Path = "/auth";

    private readonly IDataProtector _protector = protection.CreateProtector("gateway-actors.single-sign-on", "v1");

    /// <summary>Gives the browser an attempt to keep.</summary>
    public void Set(HttpContext context, SignOnAttempt attempt)
    {
        var value = Base64Url.EncodeToString(_protector.Protect(JsonSerializer.SerializeToUtf8Bytes(attempt, SignOnJson.Default.SignOnAttempt)));
        context.Response.Cookies.Append(NameOf(attempt.State), value, Options(context, SameSiteMode.Lax, SignOnAttempt.Longest));
    }

    /// <summary>Takes an attempt back from the browser: it counts once. Null if the browser has not begun it, or too long ago.</summary>
    public SignOnAttempt? Take(HttpContext context, string signOn, string state)
    {
        if (context.Request.Cookies[NameOf(state)] is not { Length: > 0 and <= 8192 } value)
        {
            return null;
        }

        context.Response.Cookies.Delete(NameOf(state), Options(context, SameSiteMode.Lax, null));
        try
        {
            var attempt = JsonSerializer.Deserialize(_protector.Unprotect(Base64Url.DecodeFromChars(value)), SignOnJson.Default.SignOnAttempt);
            return attempt is not null
                && string.Equals(attempt.SignOn, signOn, StringComparison.OrdinalIgnoreCase)
                && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(attempt.State), Encoding.UTF8.GetBytes(state))
                && timeProvider.GetUtcNow() < attempt.ExpiresAt
                ? attempt
                : null;
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException or JsonException)
        {
            return null; // Made up, changed, or sealed with a key that is gone.
        }
    }

    /// <summary>Gives the browser what proves that it has signed on.</summary>
    public static void SetBrowser(HttpContext context, string value, TimeSpan lifetime) =>
        context.Response.Cookies.Append(CodeCookie, value, Options(context, SameSiteMode.Strict, lifetime));

    /// <summary>Takes that back.</summary>
    public static string? TakeBrowser(HttpContext context)
    {
        var value = context.Request.Cookies[CodeCookie];
        if (value is not null)
        {
            context.Response.Cookies.Delete(CodeCookie, Options(context, SameSiteMode.Strict, null));
        }

        return value;
    }

    // Lax for attempts: the browser comes back from another site. No script may read either.
    private static CookieOptions Options(HttpContext context, SameSiteMode sameSite, TimeSpan? lifetime) => new()
    {
        Path = Path,
        HttpOnly = true,
        IsEssential = true,
        SameSite = sameSite,
        Secure = PublicOrigin.IsHttps(context),
        MaxAge = lifetime,
    };

    private static string NameOf(string state) => AttemptCookie + TokenValue.Hash(state)[..16];
}

/// <summary>How the parts of sign-ons are written.</summary>
[JsonSourceGenerationOptions]
[JsonSerializable(typeof(SignOnAttempt))]
internal sealed partial class SignOnJson : JsonSerializerContext;
