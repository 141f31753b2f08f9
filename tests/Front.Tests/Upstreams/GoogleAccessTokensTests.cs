using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Front.Upstreams;
using GatewayActors.Testing.Upstreams;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GatewayActors.Front.Tests.Upstreams;

public sealed class GoogleAccessTokensTests : IAsyncLifetime
{
    private const string Path = "google-vertex-ai/v1/projects/p/locations/europe-west4/publishers/google/models/gemini:generateContent";

    private static readonly RSA Key = RSA.Create(2048);

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private FakeUpstream _google = null!;
    private DataPlaneHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _google = await FakeUpstream.StartAsync(_cancelled);
        _host = await DataPlaneHost.StartAsync(options => options.Providers["google-vertex-ai"].TokenUrl = _google.BaseUrl + "/token");
        _host.Script.Otherwise(_ => UpstreamReply.Json("{}"));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _google.DisposeAsync();
    }

    [Theory]
    [InlineData("{0}", false)]
    [InlineData("Bearer {0}", false)]
    [InlineData("{0}", true)]
    [InlineData("Bearer {0}", true)]
    public async Task ServiceAccount_InEveryForm_IsExchangedForAnAccessToken(string form, bool isBase64)
    {
        var json = Account("robot@project.example");
        var credential = isBase64 ? Convert.ToBase64String(Encoding.UTF8.GetBytes(json)) : json;
        _google.Default.Then(Grant("ya29.token"));

        var answer = await SendAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, form, credential));

        Assert.True(answer.Status == 200, answer.Text);
        var upstream = await _host.Script.NextAsync(_cancelled);
        Assert.Equal("Bearer ya29.token", upstream.Header("authorization"));
        Assert.DoesNotContain(upstream.Headers, header => header.Value.Contains("PRIVATE", StringComparison.Ordinal));
        var exchange = await _google.Default.NextAsync(_cancelled);
        await exchange.BodyReceived;
        Assert.Equal(("POST", "/token", "application/x-www-form-urlencoded"), (exchange.Method, exchange.Target, exchange.Header("content-type")));
        AssertAssertion(exchange.BodyText, "robot@project.example");
    }

    [Fact]
    public async Task AccessToken_OfTheClientsOwn_IsPassedOn()
    {
        Assert.Equal(200, (await SendAsync("Bearer ya29.own")).Status);

        Assert.Equal("Bearer ya29.own", (await _host.Script.NextAsync(_cancelled)).Header("authorization"));
        Assert.Empty(_google.Default.Requests);
    }

    [Fact]
    public async Task ServiceAccount_AtAnotherProvider_IsNotExchanged()
    {
        await _host.SendAsync(HttpMethod.Post, "openai/chat/completions", Bodies.Chat, ("authorization", "Bearer " + Account()));

        Assert.Empty(_google.Default.Requests);
    }

    [Fact]
    public async Task ServiceAccount_UsedAgain_IsExchangedShortlyBeforeTheTokenExpires()
    {
        var account = Account();
        _google.Default.Then(Grant("first", 3_600)).Then(Grant("second", 3_600));

        Assert.Equal("Bearer first", await AuthorizationAsync(account));
        _host.Clock.Advance(TimeSpan.FromSeconds(3_539));
        Assert.Equal("Bearer first", await AuthorizationAsync(account));
        Assert.Single(_google.Default.Requests);
        _host.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("Bearer second", await AuthorizationAsync(account));
    }

    [Fact]
    public async Task ServiceAccounts_ThatDiffer_DoNotShareATokenEvenOfOneName()
    {
        using var otherKey = RSA.Create(2048);
        _google.Default.Then(Grant("first")).Then(Grant("second"));

        Assert.Equal("Bearer first", await AuthorizationAsync(Account()));
        Assert.Equal("Bearer second", await AuthorizationAsync(Account(key: otherKey)));
    }

    [Fact]
    public async Task ServiceAccount_ManyAtOnce_IsExchangedOnce()
    {
        var gate = new Gate();
        var account = Account();
        _google.Default.Then(new UpstreamReply().Wait(gate).Header("content-type", "application/json").Content(Encoding.UTF8.GetBytes("""{"access_token":"shared","expires_in":3600}""")));
        var answering = Enumerable.Range(0, 20).Select(_ => SendAsync(account)).ToArray();
        await _google.Default.NextAsync(_cancelled);
        gate.Open();

        Assert.All(await Task.WhenAll(answering), answer => Assert.Equal(200, answer.Status));
        Assert.Single(_google.Default.Requests);
        Assert.All(_host.Script.Requests, request => Assert.Equal("Bearer shared", request.Header("authorization")));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    public async Task Exchange_GoogleRefuses_IsTheClientsToMend(int status)
    {
        _google.Default.Then(UpstreamReply.Json("""{"error":"invalid_grant","error_description":"secret"}""", status)).Then(Grant("later"));

        var answer = await SendAsync(Account());

        answer.AssertError(401, 2009);
        Assert.Contains($"{status}", answer.Description, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", answer.Text, StringComparison.Ordinal);
        Assert.Empty(_host.Script.Requests);
        Assert.Equal("Bearer later", await AuthorizationAsync(Account())); // A refusal is not remembered.
    }

    [Theory]
    [InlineData("not a key")]
    [InlineData("-----BEGIN PRIVATE KEY-----\\nAAAA\\n-----END PRIVATE KEY-----\\n")]
    public async Task Exchange_PrivateKeyIsNone_IsTheClientsToMend(string privateKey)
    {
        var answer = await SendAsync($$"""{"client_email":"a@b.example","private_key":"{{privateKey}}"}""");

        answer.AssertError(401, 2009);
        Assert.Contains("private_key", answer.Description, StringComparison.Ordinal);
        Assert.Empty(_google.Default.Requests);
    }

    [Theory]
    [InlineData(500, "{}")]
    [InlineData(429, "{}")]
    [InlineData(302, "{}")]
    [InlineData(200, "not json")]
    [InlineData(200, "[]")]
    [InlineData(200, "{}")]
    [InlineData(200, """{"access_token":7}""")]
    [InlineData(200, """{"access_token":"line\nbreak","expires_in":3600}""")]
    public async Task Exchange_GoogleIsOutOfOrder_IsAnUpstreamError(int status, string body)
    {
        _google.Default.Then(UpstreamReply.Json(body, status));

        (await SendAsync(Account())).AssertError(502, 2005);
    }

    [Fact]
    public async Task Exchange_GoogleCannotBeReached_IsAnUpstreamError()
    {
        _google.Default.Then(new UpstreamReply().Reset());

        (await SendAsync(Account())).AssertError(502, 2005);
    }

    [Fact]
    public async Task Exchange_GoogleIsSilent_TimesOut()
    {
        _google.Default.Then(new UpstreamReply().Stall());
        var answering = SendAsync(Account());
        await _host.Clock.SetAsync(TimeSpan.FromSeconds(10), _cancelled);
        _host.Clock.Advance(TimeSpan.FromSeconds(10));

        (await answering).AssertError(504, 2005);
    }

    [Theory]
    [InlineData("""{"access_token":"short"}""")]
    [InlineData("""{"access_token":"short","expires_in":60}""")]
    [InlineData("""{"access_token":"short","expires_in":"3600"}""")]
    public async Task Exchange_TokenThatIsAsGoodAsExpired_IsUsedOnce(string grant)
    {
        _google.Default.Then(UpstreamReply.Json(grant)).Then(Grant("next"));

        Assert.Equal("Bearer short", await AuthorizationAsync(Account()));
        Assert.Equal("Bearer next", await AuthorizationAsync(Account()));
    }

    [Fact]
    public async Task Tokens_OfManyAccounts_AreBounded()
    {
        var tokens = _host.Services.GetRequiredService<GoogleAccessTokens>();
        using var invoker = new HttpMessageInvoker(new Granting());
        for (var number = 0; number <= GoogleAccessTokens.MaxTokens; number++)
        {
            Assert.True(Providers.GoogleVertexAI.ServiceAccount.TryParse(Account($"robot-{number}@project.example"), out var account));
            Assert.Equal("granted", (await tokens.GetAsync(account, invoker, _cancelled)).Token);
        }

        Assert.Equal(GoogleAccessTokens.MaxTokens, tokens.Count);
    }

    [Fact]
    public async Task Region_OfTheServiceAccount_ChoosesTheHostWhereThePathNamesNone()
    {
        await using var host = await DataPlaneHost.StartAsync(options =>
        {
            options.Providers["google-vertex-ai"] = new() { TokenUrl = _google.BaseUrl + "/token" };
        });
        _google.Default.Then(UpstreamReply.Json("{}", 400));
        var account = Account().Replace("\"client_email\"", "\"region\":\"no such region\",\"client_email\"", StringComparison.Ordinal);

        // A region that cannot be one is refused by the mapping, which shows that the mapping has read it.
        var answer = await host.SendAsync(HttpMethod.Post, "google-vertex-ai/publishers/google/models/gemini:generateContent", Bodies.Chat, ("authorization", account));

        answer.AssertError(400, 2008);
        Assert.Contains("region", answer.Description, StringComparison.Ordinal);
        Assert.Empty(_google.Default.Requests);
    }

    private static UpstreamReply Grant(string token, int expiresIn = 3_600) => UpstreamReply.Json($$"""{"access_token":"{{token}}","expires_in":{{expiresIn}},"token_type":"Bearer"}""");

    private static string Account(string email = "robot@project.example", RSA? key = null) => JsonSerializer.Serialize(new Dictionary<string, string>
    {
        ["type"] = "service_account",
        ["client_email"] = email,
        ["private_key_id"] = "key-1",
        ["private_key"] = (key ?? Key).ExportPkcs8PrivateKeyPem(),
        ["token_uri"] = "http://169.254.169.254/latest", // Never followed.
    });

    private void AssertAssertion(string form, string email)
    {
        var fields = form.Split('&').Select(field => field.Split('=')).ToDictionary(field => field[0], field => WebUtility.UrlDecode(field[1]));
        Assert.Equal("urn:ietf:params:oauth:grant-type:jwt-bearer", fields["grant_type"]);
        var parts = fields["assertion"].Split('.');
        Assert.True(Key.VerifyData(
            Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), System.Buffers.Text.Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        var claims = JsonElement.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(parts[1]));
        Assert.Equal((email, _google.BaseUrl + "/token"), (claims.GetProperty("iss").GetString(), claims.GetProperty("aud").GetString()));
        Assert.Equal(_host.Clock.GetUtcNow().ToUnixTimeSeconds(), claims.GetProperty("iat").GetInt64());
    }

    private Task<FrontAnswer> SendAsync(string authorization) => _host.SendAsync(HttpMethod.Post, Path, Bodies.Chat, ("authorization", authorization), ("content-type", "application/json"));

    private async Task<string?> AuthorizationAsync(string account)
    {
        var answer = await SendAsync(account);
        Assert.True(answer.Status == 200, answer.Text);
        return (await _host.Script.NextAsync(_cancelled)).Header("authorization");
    }

    private sealed class Granting : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage { Content = new StringContent("""{"access_token":"granted","expires_in":3600}""") });
    }
}
