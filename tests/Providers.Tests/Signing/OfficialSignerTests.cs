using System.Globalization;
using System.Text;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;
using Amazon.Runtime.Internal.Util;
using GatewayActors.Providers.Tests.Mapping;
using Xunit;

namespace GatewayActors.Providers.Tests.Signing;

/// <summary>Our signatures against those of AWS's own SDK, over the same requests.</summary>
public sealed class OfficialSignerTests
{
    private const string Id = "AKIDEXAMPLE";
    private const string Secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    [Theory]
    [InlineData("bedrock-runtime/us-east-1/model/anthropic.claude-haiku-4-5-20251001-v1%3A0/converse", """{"messages":[{"role":"user","content":[{"text":"é, 東京"}]}]}""", null)]
    [InlineData("bedrock-runtime/eu-west-1/model/arn%3Aaws%3Abedrock%3Aeu-west-1%3A1%3Ainference-profile%2Feu.amazon.nova-lite-v1%3A0/converse-stream", "{}", "FwoGZXIvYXdzEBYaD+/token==")]
    [InlineData("bedrock-runtime/us-west-2/model/amazon.titan-embed-text-v2%3A0/invoke", """{"inputText":"low tide"}""", null)]
    [InlineData("bedrock-mantle/us-east-1/anthropic/v1/messages", """{"model":"anthropic.claude-opus-5"}""", "t")]
    [InlineData("bedrock-agent-runtime/ap-southeast-2/rerank", "{}", null)]
    public void Sign_RequestOfEachService_IsWhatTheOfficialSignerMakes(string rest, string body, string? token)
    {
        var provider = Map.Catalog.Find("aws-bedrock")!;
        var address = Map.Catalog.Find("aws-bedrock")!.Map(new ProviderRequest { Slug = "aws-bedrock", Rest = rest, Query = "", Headers = new FakeHeaders() }).Address!;
        var uri = new Uri(address.Url, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var service = rest.StartsWith("bedrock-mantle", StringComparison.Ordinal) ? "bedrock-mantle" : "bedrock";
        var (official, now) = SignOfficially(uri, rest.Split('/')[1], service, body, token);
        var stored = $$"""{"accessKeyId":"{{Id}}","secretAccessKey":"{{Secret}}"{{(token is null ? "" : $",\"sessionToken\":\"{token}\"")}}}""";
        var headers = new FakeHeaders(("authorization", "Bearer stale"), ("x-api-key", "stale"), ("content-type", "application/json"));

        provider.CreateSigner(address, stored).Signer!.Sign(headers, "POST", uri, Encoding.UTF8.GetBytes(body), now);

        Assert.Equal(official, headers["authorization"]);
        Assert.Null(headers["x-api-key"]);
        Assert.Equal(token, headers["x-amz-security-token"]);
    }

    private static (string Authorization, DateTimeOffset Now) SignOfficially(Uri uri, string region, string service, string body, string? token)
    {
        var request = new DefaultRequest(new Request(), service)
        {
            HttpMethod = "POST",
            Endpoint = new Uri(uri.GetLeftPart(UriPartial.Authority)),
            Content = Encoding.UTF8.GetBytes(body),
            AuthenticationRegion = region,
            OverrideSigningServiceName = service,
            UseDoubleEncoding = true,
        };
        // The SDK takes a path apart and encodes its segments by itself.
        var segments = uri.AbsolutePath.TrimStart('/').Split('/');
        request.ResourcePath = string.Concat(segments.Select((_, index) => $"/{{s{index}}}"));
        for (var index = 0; index < segments.Length; index++)
        {
            request.AddPathResource($"{{s{index}}}", Uri.UnescapeDataString(segments[index]));
        }

        request.Headers["Content-Type"] = "application/json";
        if (token is not null)
        {
            request.Headers["x-amz-security-token"] = token;
        }

        var result = new AWS4Signer().SignRequest(request, new Config(service), new RequestMetrics(), Id, Secret);
        var now = DateTimeOffset.ParseExact(
            request.Headers["X-Amz-Date"], "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
        return (result.ForAuthorizationHeader, now);
    }

    private sealed class Request : AmazonWebServiceRequest;

    private sealed class Config(string service) : ClientConfig(new NoDefaults())
    {
        public override string ServiceVersion => "2023-09-30";

        public override string UserAgent => "tests";

        public override string RegionEndpointServiceName => service;

        public override Endpoint DetermineServiceOperationEndpoint(ServiceOperationEndpointParameters parameters) => throw new NotSupportedException();
    }

    private sealed class NoDefaults : IDefaultConfigurationProvider
    {
        public IDefaultConfiguration GetDefaultConfiguration(Amazon.RegionEndpoint clientRegion, DefaultConfigurationMode? requestedConfigurationMode = null) => throw new NotSupportedException();
    }
}
