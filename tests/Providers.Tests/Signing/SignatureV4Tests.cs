using System.Text;
using GatewayActors.Providers.AwsBedrock;
using Xunit;

namespace GatewayActors.Providers.Tests.Signing;

/// <summary>Signatures against those that AWS has published.</summary>
/// <remarks>The test suite of Signature Version 4: key AKIDEXAMPLE, 30 August 2015, region us-east-1, service "service".</remarks>
public sealed class SignatureV4Tests
{
    private const string Timestamp = "20150830T123600Z";

    private static readonly AwsCredential Example = Parse("""{"accessKeyId":"AKIDEXAMPLE","secretAccessKey":"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}""");

    [Theory]
    [InlineData("GET", "/", "", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")] // get-vanilla
    [InlineData("POST", "/", "", "", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")] // post-vanilla
    [InlineData("GET", "/?Param2=value2&Param1=value1", "", "", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500")] // get-vanilla-query-order-key-case
    [InlineData("GET", "/", "my-header1: value1|my-header2: \"a   b   c\"", "", "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736")] // get-header-value-trim
    [InlineData("GET", "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "", "",
        "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f")] // get-unreserved
    [InlineData("GET", "/\u1234", "", "", "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85")] // get-utf8
    [InlineData("POST", "/", "content-type:application/x-www-form-urlencoded", "Param1=value1", "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a")] // post-x-www-form-urlencoded
    public void Authorization_PublishedVector_IsTheSame(string method, string target, string more, string body, string signature)
    {
        List<(string Name, string Value)> headers = [("host", "example.amazonaws.com"), ("x-amz-date", Timestamp)];
        headers.AddRange(more.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(':', 2)).Select(parts => (parts[0], parts[1])));
        headers.Sort((one, other) => string.CompareOrdinal(one.Name, other.Name));
        var uri = new Uri("https://example.amazonaws.com" + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

        var authorization = SignatureV4.Authorization(
            Example, "us-east-1", "service", method, uri, headers, Timestamp, SignatureV4.HashOf(Encoding.UTF8.GetBytes(body)));

        Assert.Equal(
            $"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders={string.Join(';', headers.Select(header => header.Name))}, Signature={signature}",
            authorization);
    }

    [Fact]
    public void Authorization_ExampleOfTheDocumentation_IsTheSame()
    {
        var uri = new Uri("https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08");

        var authorization = SignatureV4.Authorization(
            Example, "us-east-1", "iam", "GET", uri,
            [("content-type", "application/x-www-form-urlencoded; charset=utf-8"), ("host", "iam.amazonaws.com"), ("x-amz-date", Timestamp)],
            Timestamp, SignatureV4.HashOf([]));

        Assert.EndsWith("Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7", authorization, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"accessKeyId":"AKIA1","secretAccessKey":"s","region":"eu-west-1","sessionToken":"t"}""", "AKIA1", "t", "eu-west-1")]
    [InlineData("""Bearer {"accessKeyId":"AKIA1","secretAccessKey":"s"}""", "AKIA1", null, null)]
    [InlineData("""{"AccessKeyId":"AKIA1","SecretAccessKey":"s","SessionToken":"t","Expiration":"2026"}""", "AKIA1", "t", null)]
    [InlineData("Bearer eyJhY2Nlc3NLZXlJZCI6IkFLSUExIiwic2VjcmV0QWNjZXNzS2V5IjoicyIsInJlZ2lvbiI6InVzLXdlc3QtMiJ9", "AKIA1", null, "us-west-2")]
    public void TryParse_AccessKeys_AreRead(string value, string id, string? token, string? region)
    {
        var keys = Parse(value);

        Assert.Equal((id, "s", token, region), (keys.AccessKeyId, keys.SecretAccessKey, keys.SessionToken, keys.Region));
        Assert.DoesNotContain("\"s\"", keys.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bedrock-api-key-YmVkcm9jaw")]
    [InlineData("Bearer ABSKQmVkcm9ja0FQSUtleQ==")]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKIA/20260801/us-east-1/bedrock/aws4_request, SignedHeaders=host, Signature=0")]
    [InlineData("")]
    public void TryParse_OtherCredential_IsNotMeant(string value) => Assert.False(AwsCredential.TryParse(value, out _));

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"accessKeyId":"AKIA1"}""")]
    [InlineData("""{"accessKeyId":"AKIA1\n","secretAccessKey":""}""")]
    [InlineData("""{"accessKeyId":"A K","secretAccessKey":"s"}""")]
    [InlineData("""{"accessKeyId":"AKIA1","secretAccessKey":"s","region":"evil.example/"}""")]
    [InlineData("""{"accessKeyId":"AKIA1","secretAccessKey":"s","sessionToken":"t\r\nx-other: 1"}""")]
    [InlineData("""{"accessKeyId":"\ud800","secretAccessKey":"s"}""")]
    public void TryParse_UnusableKeys_AreToldApart(string value)
    {
        Assert.True(AwsCredential.TryParse(value, out var keys));
        Assert.Null(keys);
    }

    private static AwsCredential Parse(string value)
    {
        Assert.True(AwsCredential.TryParse(value, out var keys));
        return keys!;
    }
}
