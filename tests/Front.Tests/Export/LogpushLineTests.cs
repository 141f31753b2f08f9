using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GatewayActors.Front.Export.Logpush;
using GatewayActors.Front.Tests.Management;
using Xunit;

namespace GatewayActors.Front.Tests.Export;

public sealed class LogpushLineTests
{
    private static readonly ContentProtection Plain = new(null, HidesContent: false);

    [Fact]
    public void Write_WithoutKey_IsPlain()
    {
        var line = Write("""{"q":1}""", "answer", Plain);

        Assert.Equal(
            ["Cached", "Endpoint", "Gateway", "Metadata", "Model", "Provider", "RateLimited", "RequestBody", "ResponseBody", "StatusCode", "Timestamp", "LogId", "EventId", "TokensIn", "TokensOut", "Cost", "DurationMs", "Success", "Step"],
            line.EnumerateObject().Select(field => field.Name));
        Assert.Equal(("""{"q":1}""", "answer", """{"team":"a","n":1}"""), (Text(line, "RequestBody"), Text(line, "ResponseBody"), Text(line, "Metadata")));
        Assert.Equal(("chat/completions", "g", "gpt-4o-mini", "openai", 200), (Text(line, "Endpoint"), Text(line, "Gateway"), Text(line, "Model"), Text(line, "Provider"), line.GetProperty("StatusCode").GetInt32()));
        Assert.Equal(("0.0000125", "2026-03-01T12:00:00.000Z"), (line.GetProperty("Cost").GetRawText(), Text(line, "Timestamp")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Write_WithKey_IsReadByTheHolderOfThePrivateKeyOnly(bool asPem)
    {
        using var rsa = RSA.Create(2048);
        using var publicKey = LogpushSeal.ReadKey(asPem ? rsa.ExportSubjectPublicKeyInfoPem() : Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo()))!;

        var line = Write("größer", "", new(publicKey, HidesContent: false));

        Assert.Equal("größer", Decrypt(rsa, line.GetProperty("RequestBody")));
        Assert.Equal("", Decrypt(rsa, line.GetProperty("ResponseBody")));
        Assert.Equal("""{"team":"a","n":1}""", Decrypt(rsa, line.GetProperty("Metadata")));
        Assert.Equal(3, new[] { "RequestBody", "ResponseBody", "Metadata" }.Select(name => Text(line.GetProperty(name), "iv")).Distinct().Count());
        Assert.NotEqual(Text(line.GetProperty("Metadata"), "key"), Text(Write("a", null, new(publicKey, HidesContent: false)).GetProperty("Metadata"), "key"));
    }

    [Fact]
    public void Write_WithAKeyThatIsNone_LeavesContentsOut()
    {
        Assert.Null(LogpushSeal.ReadKey("0123456789abcdef"));

        var line = Write("secret", "secret", new(null, HidesContent: true));

        Assert.All(["RequestBody", "ResponseBody", "Metadata"], name => Assert.Equal(JsonValueKind.Null, line.GetProperty(name).ValueKind));
    }

    [Fact]
    public void Write_LargerThanALineMayBe_GoesWithoutBodies()
    {
        var line = Write(new string('x', 600_000), new string('y', 600_000), Plain);

        Assert.Equal((JsonValueKind.Null, JsonValueKind.Null, JsonValueKind.String), (line.GetProperty("RequestBody").ValueKind, line.GetProperty("ResponseBody").ValueKind, line.GetProperty("Metadata").ValueKind));
    }

    // As a tenant does: the key by the private key, then the data, at whose end the tag is.
    internal static string Decrypt(RSA privateKey, JsonElement field)
    {
        var key = privateKey.Decrypt(field.GetProperty("key").GetBytesFromBase64(), RSAEncryptionPadding.OaepSHA256);
        var data = field.GetProperty("data").GetBytesFromBase64();
        var plain = new byte[data.Length - 16];
        using var aes = new AesGcm(key, 16);
        aes.Decrypt(field.GetProperty("iv").GetBytesFromBase64(), data.AsSpan(0, plain.Length), data.AsSpan(plain.Length), plain);
        return Encoding.UTF8.GetString(plain);
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static JsonElement Write(string? request, string? response, ContentProtection protection)
    {
        var line = LogpushLine.Write(Entries.Make("a", "g"), request, response, protection, LogpushFormat.Default);
        Assert.Equal((byte)'\n', line.Span[^1]);
        return JsonElement.Parse(line.Span[..^1]);
    }
}
