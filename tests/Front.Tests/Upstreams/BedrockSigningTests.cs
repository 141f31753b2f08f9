using System.Security.Cryptography;
using System.Text;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Providers;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Upstreams;

/// <summary>Requests to Bedrock that the gateway signs with access keys of the client.</summary>
public sealed class BedrockSigningTests : IAsyncLifetime
{
    private const string Keys = """{"accessKeyId":"AKIDEXAMPLE","secretAccessKey":"wJalrXUtnFEMI/K7MDENG","region":"eu-west-1","sessionToken":"the+token=="}""";
    private const string Converse = "aws-bedrock/bedrock-runtime/us-west-2/model/anthropic.claude-haiku-4-5-20251001-v1%3A0/converse";

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await DataPlaneHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData(Keys)]
    [InlineData("Bearer " + Keys)]
    public async Task Post_NativePathWithAccessKeys_IsSignedForTheRegionOfThePath(string authorization)
    {
        _host.Script.Then(Answer());

        var answer = await SendAsync(Converse, """{"messages":[]}"""u8.ToArray(), authorization);

        Assert.Equal(200, answer.Status);
        AssertSigned(Assert.Single(_host.Script.Requests), "us-west-2", "bedrock", hasToken: true);
    }

    [Fact]
    public async Task Post_NativePathWithAccessKeysInBase64_IsSigned()
    {
        _host.Script.Then(Answer());

        await SendAsync(Converse, "{}"u8.ToArray(), "Bearer " + Convert.ToBase64String(Encoding.UTF8.GetBytes("""{"accessKeyId":"AKIDEXAMPLE","secretAccessKey":"wJalrXUtnFEMI/K7MDENG"}""")));

        AssertSigned(Assert.Single(_host.Script.Requests), "us-west-2", "bedrock", hasToken: false);
    }

    [Theory]
    [InlineData("chat/completions", """{"model":"aws-bedrock/amazon.nova-lite-v1:0","messages":[{"role":"user","content":"x"}]}""")]
    [InlineData("embeddings", """{"model":"aws-bedrock/amazon.titan-embed-text-v2:0","input":["a","b","c"]}""")]
    public async Task Post_CompatWithAccessKeys_IsSignedForTheirRegion(string endpoint, string body)
    {
        _host.Script.Otherwise(_ => endpoint == "embeddings" ? UpstreamReply.Json("""{"embedding":[1],"inputTextTokenCount":1}""") : Answer());

        var answer = await SendAsync("compat/" + endpoint, Encoding.UTF8.GetBytes(body), "Bearer " + Keys);

        Assert.Equal(200, answer.Status);
        Assert.All(_host.Script.Requests, request => AssertSigned(request, "eu-west-1", "bedrock", hasToken: true));
        Assert.DoesNotContain("wJalrXUtnFEMI", (await _host.Logs.NextAsync(_cancelled)).Entry.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_TriedAgain_IsSignedAnew()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(attempts: 2, delay: 0));
        _host.Script.Then(UpstreamReply.ByBody(_ =>
        {
            _host.Clock.Advance(TimeSpan.FromSeconds(1));
            return UpstreamReply.Json("""{"message":"later"}""", 503);
        }));
        _host.Script.Then(Answer());

        Assert.Equal(200, (await SendAsync(Converse, "{}"u8.ToArray(), Keys)).Status);

        Assert.Equal(2, _host.Script.Requests.Select(request => request.Header("x-amz-date")).Distinct().Count());
        Assert.All(_host.Script.Requests, request => AssertSigned(request, "us-west-2", "bedrock", hasToken: true));
    }

    [Fact]
    public async Task Post_LargeBody_IsReadWholeAndSigned()
    {
        _host.Script.Then(Answer());
        var body = new byte[2 * 1024 * 1024];
        Array.Fill(body, (byte)' ');

        Assert.Equal(200, (await SendAsync(Converse, body, Keys)).Status);

        AssertSigned(Assert.Single(_host.Script.Requests), "us-west-2", "bedrock", hasToken: true);
    }

    [Fact]
    public async Task Post_BodyTooLargeToSign_IsRefused()
    {
        var answer = await SendAsync(Converse, new byte[SigningStage.MaxBodyBytes + 1], Keys);

        Assert.Equal(413, answer.Status);
        Assert.Empty(_host.Script.Requests);
    }

    [Fact]
    public async Task Post_SignedByTheClient_PassesUntouched()
    {
        const string Signature = "AWS4-HMAC-SHA256 Credential=AKIA/20260701/us-west-2/bedrock/aws4_request, SignedHeaders=host;x-amz-date, Signature=00";
        _host.Script.Then(Answer());

        await _host.SendAsync(HttpMethod.Post, Converse, "{}"u8.ToArray(), ("authorization", Signature), ("x-amz-date", "20260701T120000Z"), ("content-type", "application/json"));

        var sent = Assert.Single(_host.Script.Requests);
        Assert.Equal((Signature, "20260701T120000Z", null), (sent.Header("authorization"), sent.Header("x-amz-date"), sent.Header("x-amz-content-sha256")));
    }

    [Fact]
    public async Task Post_ApiKey_TravelsItself()
    {
        _host.Script.Then(Answer());

        await SendAsync(Converse, "{}"u8.ToArray(), "Bearer bedrock-api-key-abc");

        Assert.Equal("Bearer bedrock-api-key-abc", Assert.Single(_host.Script.Requests).Header("authorization"));
    }

    [Theory]
    [InlineData("""{"accessKeyId":"AKIDEXAMPLE"}""")]
    [InlineData("""{"accessKeyId":"AKIDEXAMPLE","secretAccessKey":"verysecret","region":"nowhere"}""")]
    public async Task Post_AccessKeysThatCannotBeUsed_AreRefusedAndNotShown(string keys)
    {
        var answer = await SendAsync(Converse, "{}"u8.ToArray(), keys);

        answer.AssertError(401, 2009);
        Assert.DoesNotContain("verysecret", answer.Text, StringComparison.Ordinal);
        Assert.Empty(_host.Script.Requests);
    }

    [Fact]
    public async Task Post_AccessKeysForAnotherProvider_PassAsTheyCame()
    {
        _host.Script.Then(UpstreamReply.Json(Bodies.Completion));

        await SendAsync("openai/chat/completions", Bodies.Chat, "Bearer " + Keys);

        Assert.Equal("Bearer " + Keys, Assert.Single(_host.Script.Requests).Header("authorization"));
    }

    private Task<FrontAnswer> SendAsync(string path, byte[] body, string authorization) =>
        _host.SendAsync(HttpMethod.Post, path, body, ("authorization", authorization), ("content-type", "application/json"));

    private static UpstreamReply Answer() => UpstreamReply.Json(
        """{"output":{"message":{"role":"assistant","content":[{"text":"x"}]}},"stopReason":"end_turn","usage":{"inputTokens":1,"outputTokens":1,"totalTokens":2}}""");

    /// <summary>Signs what has arrived once more, with the code that is held against AWS's own elsewhere.</summary>
    private void AssertSigned(RecordedRequest sent, string region, string service, bool hasToken)
    {
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(sent.Body)), sent.Header("x-amz-content-sha256"));
        Assert.Equal(hasToken ? "the+token==" : null, sent.Header("x-amz-security-token"));
        var provider = new ProviderCatalog(BuiltInProviders.All).Find("aws-bedrock")!;
        var token = hasToken ? ",\"sessionToken\":\"the+token==\"" : "";
        var signer = provider.CreateSigner(
            new("", $"{(service == "bedrock" ? "bedrock-runtime" : service)}/{region}/x"), $$"""{"accessKeyId":"AKIDEXAMPLE","secretAccessKey":"wJalrXUtnFEMI/K7MDENG"{{token}}}""").Signer!;
        var headers = new Signed(sent);
        var date = DateTimeOffset.ParseExact(sent.Header("x-amz-date")!, "yyyyMMdd'T'HHmmss'Z'", null, System.Globalization.DateTimeStyles.AssumeUniversal);
        signer.Sign(headers, sent.Method, new Uri(_host.Upstream.BaseUrl + sent.Target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }), sent.Body, date);
        Assert.Equal(headers["authorization"], sent.Header("authorization"));
    }

    private sealed class Signed(RecordedRequest sent) : IUpstreamHeaders
    {
        private readonly Dictionary<string, string> _set = new(StringComparer.OrdinalIgnoreCase);

        public string? this[string name] => _set.GetValueOrDefault(name) ?? sent.Header(name);

        public void Set(string name, string value) => _set[name] = value;

        public void Remove(string name) => _set.Remove(name);
    }
}
