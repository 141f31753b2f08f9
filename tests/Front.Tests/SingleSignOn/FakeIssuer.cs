using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace GatewayActors.Front.Tests.SingleSignOn;

/// <summary>An identity provider that says what a test wants, right or wrong. Checks what a client must send.</summary>
internal sealed class FakeIssuer : IAsyncDisposable
{
    public const string ClientId = "gateway";
    public const string ClientSecret = "a secret/with+special characters&";

    private readonly RSA _key = RSA.Create(2048);
    private readonly ConcurrentDictionary<string, Grant> _grants = new();
    private readonly ConcurrentDictionary<string, JsonObject> _users = new();
    private WebApplication? _app;

    public string Address { get; private set; } = "";

    /// <summary>How often the keys were read.</summary>
    public int KeyReads;

    /// <summary>The ids of the keys of the issuer for machines.</summary>
    public IReadOnlyList<string> MachineKeys { get; set; } = ["key-1"];

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapGet("/.well-known/openid-configuration", () => Metadata());
        _app.MapGet("/jwks", () =>
        {
            Interlocked.Increment(ref KeyReads);
            return Json(new JsonObject { ["keys"] = new JsonArray(JsonKey("key-1", _key), SharedKey()) });
        });
        _app.MapGet("/machines/.well-known/openid-configuration", () => Json(new JsonObject { ["issuer"] = $"{Address}/machines", ["jwks_uri"] = $"{Address}/machines/jwks" }));
        _app.MapGet("/machines/jwks", () =>
        {
            Interlocked.Increment(ref KeyReads);
            return Json(new JsonObject { ["keys"] = new JsonArray([.. MachineKeys.Select(id => (JsonNode)JsonKey(id, _key))]) });
        });
        _app.MapPost("/token", (Func<HttpContext, Task<IResult>>)RedeemAsync);
        _app.MapGet("/userinfo", (HttpContext context) =>
            _users.TryGetValue(context.Request.Headers.Authorization.ToString(), out var user) ? Json(user) : Results.StatusCode(401));
        await _app.StartAsync();
        Address = _app.Urls.Single();
    }

    /// <summary>Signs a person on: what the browser would be sent back to.</summary>
    /// <param name="location">Where the gateway has sent the browser.</param>
    /// <param name="idToken">Makes the ID token out of right claims.</param>
    /// <param name="userInfo">What is told about the person beside the ID token; null for nothing.</param>
    public string SignOn(string location, Func<JsonObject, string> idToken, JsonObject? userInfo = null)
    {
        var query = QueryHelpers.ParseQuery(new Uri(location).Query);
        var code = RandomNumberGenerator.GetHexString(32);
        var claims = Claims(query["nonce"].ToString());
        _grants[code] = new(idToken(claims), query["redirect_uri"].ToString(), query["code_challenge"].ToString(), userInfo);
        return $"{query["redirect_uri"]}?code={code}&state={Uri.EscapeDataString(query["state"].ToString())}&iss={Uri.EscapeDataString(Address)}";
    }

    /// <summary>The claims of a right token.</summary>
    public JsonObject Claims(string? nonce = null)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var claims = new JsonObject
        {
            ["iss"] = Address,
            ["aud"] = ClientId,
            ["sub"] = "user-1",
            ["iat"] = now,
            ["exp"] = now + 300,
            ["email"] = "ada@corp.test",
            ["email_verified"] = true,
            ["name"] = "Ada Test",
            ["given_name"] = "Ada",
            ["family_name"] = "Test",
        };
        if (nonce is not null)
        {
            claims["nonce"] = nonce;
        }

        return claims;
    }

    /// <summary>A token with a right signature.</summary>
    public string Sign(JsonObject claims, string keyId = "key-1", string type = "JWT", RSA? key = null)
    {
        var head = $"{Part(new JsonObject { ["alg"] = "RS256", ["kid"] = keyId, ["typ"] = type })}.{Part(claims)}";
        return $"{head}.{Base64Url.EncodeToString((key ?? _key).SignData(Encoding.ASCII.GetBytes(head), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    /// <summary>The same, for whoever needs a function.</summary>
    public string SignAsIs(JsonObject claims) => Sign(claims);

    /// <summary>A token without a signature.</summary>
    public static string Unsigned(JsonObject claims) => $"{Part(new JsonObject { ["alg"] = "none", ["typ"] = "JWT" })}.{Part(claims)}.";

    /// <summary>A token that takes the public key for a shared secret.</summary>
    public string SignedWithPublicKey(JsonObject claims)
    {
        var head = $"{Part(new JsonObject { ["alg"] = "HS256", ["kid"] = "key-1", ["typ"] = "JWT" })}.{Part(claims)}";
        return $"{head}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.ASCII.GetBytes(_key.ExportSubjectPublicKeyInfoPem()), Encoding.ASCII.GetBytes(head)))}";
    }

    public static JsonObject JsonKey(string id, RSA key)
    {
        var parameters = key.ExportParameters(false);
        return new()
        {
            ["kty"] = "RSA",
            ["use"] = "sig",
            ["kid"] = id,
            ["n"] = Base64Url.EncodeToString(parameters.Modulus),
            ["e"] = Base64Url.EncodeToString(parameters.Exponent),
        };
    }

    // A shared secret in the key set must open nothing, though it has the id of the right key.
    private JsonObject SharedKey() => new()
    {
        ["kty"] = "oct",
        ["use"] = "sig",
        ["kid"] = "key-1",
        ["k"] = Base64Url.EncodeToString(Encoding.ASCII.GetBytes(_key.ExportSubjectPublicKeyInfoPem())),
    };

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        _key.Dispose();
    }

    private IResult Metadata() => Json(new JsonObject
    {
        ["issuer"] = Address,
        ["authorization_endpoint"] = $"{Address}/authorize?tenant=1",
        ["token_endpoint"] = $"{Address}/token",
        ["userinfo_endpoint"] = $"{Address}/userinfo",
        ["end_session_endpoint"] = $"{Address}/end",
        ["jwks_uri"] = $"{Address}/jwks",
        ["authorization_response_iss_parameter_supported"] = true,
    });

    private async Task<IResult> RedeemAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var pair = $"{Uri.EscapeDataString(ClientId)}:{Uri.EscapeDataString(ClientSecret)}";
        if (context.Request.Headers.Authorization != $"Basic {Convert.ToBase64String(Encoding.ASCII.GetBytes(pair))}"
            || form["grant_type"] != "authorization_code"
            || !_grants.TryRemove(form["code"].ToString(), out var grant) // Once.
            || form["redirect_uri"] != grant.RedirectUri
            || Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()))) != grant.Challenge)
        {
            return Results.Json(new { error = "invalid_grant" }, statusCode: 400);
        }

        var accessToken = RandomNumberGenerator.GetHexString(32);
        if (grant.UserInfo is not null)
        {
            _users[$"Bearer {accessToken}"] = grant.UserInfo;
        }

        return Json(new JsonObject { ["access_token"] = accessToken, ["token_type"] = "Bearer", ["id_token"] = grant.IdToken });
    }

    private static IResult Json(JsonObject json) => Results.Text(json.ToJsonString(), "application/json");

    private static string Part(JsonObject json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));

    private sealed record Grant(string IdToken, string RedirectUri, string Challenge, JsonObject? UserInfo);
}
