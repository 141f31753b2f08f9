using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GatewayActors.Providers.GoogleVertexAI;
using Xunit;

namespace GatewayActors.Providers.Tests.Mapping;

public sealed class ServiceAccountTests
{
    private const string TokenUrl = "https://oauth2.googleapis.com/token";

    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void TryParse_EveryDocumentedForm_ReadsTheSameAccount()
    {
        var json = Json("-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n");
        var base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(json));
        string[] forms =
        [
            json, $"Bearer {json}", $"bearer  {json} ", base64, $"Bearer {base64}", base64.TrimEnd('='), Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json)),
            Convert.ToBase64String(Encoding.UTF8.GetBytes(json), Base64FormattingOptions.InsertLineBreaks),
        ];

        foreach (var form in forms)
        {
            Assert.True(ServiceAccount.TryParse(form, out var account), form);
            Assert.Equal("svc@p.iam.gserviceaccount.com", account.ClientEmail);
            Assert.Equal("kid1", account.PrivateKeyId);
            Assert.Equal("p1", account.ProjectId);
            Assert.Equal("europe-west4", account.Region);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("Bearer ")]
    [InlineData("Bearer ya29.a0AfH6SMBx")]
    [InlineData("Bearer eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln")]
    [InlineData("AWS4-HMAC-SHA256 Credential=x")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{"client_email":"a@b"}""")]
    [InlineData("""{"client_email":1,"private_key":"k"}""")]
    [InlineData("""{"client_email":"\ud800","private_key":"k"}""")]
    [InlineData("""{"cf-access-client-id":"x","cf-access-client-secret":"y"}""")]
    [InlineData("WyJhIl0=")] // ["a"]
    public void TryParse_SomethingElse_IsFalse(string authorization)
    {
        Assert.False(ServiceAccount.TryParse(authorization, out var account));
        Assert.Null(account);
    }

    [Fact]
    public void CreateAssertion_RsaKey_IsSignedForTheGivenEndpoint()
    {
        using var rsa = RSA.Create(2048);
        Assert.True(ServiceAccount.TryParse(Json(rsa.ExportPkcs8PrivateKeyPem()), out var account));

        var parts = account.CreateAssertion(Now, TokenUrl)!.Split('.');

        Assert.True(rsa.VerifyData(
            Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        Assert.Equal("""{"alg":"RS256","typ":"JWT","kid":"kid1"}""", Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[0])));
        using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
        var root = claims.RootElement;
        Assert.Equal("svc@p.iam.gserviceaccount.com", root.GetProperty("iss").GetString());
        Assert.Equal("svc@p.iam.gserviceaccount.com", root.GetProperty("sub").GetString());
        Assert.Equal(TokenUrl, root.GetProperty("aud").GetString()); // not the token_uri of the JSON
        Assert.Equal("https://www.googleapis.com/auth/cloud-platform", root.GetProperty("scope").GetString());
        Assert.Equal(Now.ToUnixTimeSeconds(), root.GetProperty("iat").GetInt64());
        Assert.Equal(Now.ToUnixTimeSeconds() + 3600, root.GetProperty("exp").GetInt64());
    }

    [Fact]
    public void CreateAssertion_NoRsaPrivateKey_IsNull()
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var rsa = RSA.Create(2048);
        string[] keys = ["x", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", ec.ExportPkcs8PrivateKeyPem(), rsa.ExportSubjectPublicKeyInfoPem()];

        Assert.All(keys, key =>
        {
            Assert.True(ServiceAccount.TryParse(Json(key), out var account));
            Assert.Null(account.CreateAssertion(Now, TokenUrl));
        });
    }

    [Fact]
    public void CacheKey_SamePublicPartsButAnotherKey_Differs()
    {
        Assert.True(ServiceAccount.TryParse(Json("k1"), out var owner));
        Assert.True(ServiceAccount.TryParse(Json("k1"), out var again));
        Assert.True(ServiceAccount.TryParse(Json("k2"), out var other));

        Assert.Equal(owner.CacheKey, again.CacheKey);
        Assert.NotEqual(owner.CacheKey, other.CacheKey);
        Assert.DoesNotContain("k1", owner.ToString(), StringComparison.Ordinal);
    }

    private static string Json(string privateKey) => JsonSerializer.Serialize(new Dictionary<string, string>
    {
        ["type"] = "service_account",
        ["client_email"] = "svc@p.iam.gserviceaccount.com",
        ["private_key"] = privateKey,
        ["private_key_id"] = "kid1",
        ["project_id"] = "p1",
        ["token_uri"] = "http://169.254.169.254/token",
        ["region"] = "europe-west4",
    });
}
