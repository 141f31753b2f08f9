using System.Text;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Pipeline;

public sealed class GatewayCredentialTests : IAsyncLifetime
{
    private static readonly string[] Places = ["cf-aig-authorization", "authorization", "x-api-key", "x-goog-api-key", "api-key", "xi-api-key", "ocp-apim-subscription-key"];

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;

    public static TheoryData<string, string> PlacesAndForms { get; } = new(
        from place in Places
        from form in new[] { "{0}", "Bearer {0}", "bearer {0}", "Token {0}", "Key {0}", "Api-Key {0}", "  Bearer   {0} " }
        select (place, form));

    public async ValueTask InitializeAsync()
    {
        _host = await DataPlaneHost.StartAsync();
        _host.Gateway.Set(DataPlaneHost.Configuration(authentication: true));
        _host.Script.Otherwise(_ => UpstreamReply.Json("{}"));
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory, MemberData(nameof(PlacesAndForms))]
    public async Task Token_InEveryDocumentedPlace_AuthenticatesAndGoesNoFurther(string place, string form)
    {
        var value = string.Format(System.Globalization.CultureInfo.InvariantCulture, form, _host.Token);
        var answer = await SendAsync((place, value), ("x-other-credential", "kept"), OwnKeyBeside(place));

        Assert.True(answer.Status == 200, answer.Text);
        await AssertNothingOfOursAsync();
        Assert.True((await _host.Logs.NextAsync(_cancelled)).Entry.Authentication);
    }

    [Fact]
    public async Task Token_AsPassword_AuthenticatesAndGoesNoFurther()
    {
        var basic = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("any user:" + _host.Token));
        var answer = await SendAsync(("authorization", basic), ("api-key", "provider-key"));

        Assert.True(answer.Status == 200, answer.Text);
        await AssertNothingOfOursAsync();
    }

    [Theory]
    [InlineData("Basic !!!")]
    [InlineData("Basic ")]
    [InlineData("Basic dXNlcg==")]
    [InlineData("Bearer sk-foreign")]
    [InlineData("Digest username=x")]
    public async Task Foreign_Credentials_AuthenticateNobody(string value) => (await SendAsync(("authorization", value))).AssertError(401, 2009);

    [Fact]
    public async Task Token_SentTwice_IsTakenFromBothPlaces()
    {
        var answer = await _host.SendAsync(
            HttpMethod.Post, "anthropic/v1/messages", Bodies.Chat, ("authorization", "Bearer " + _host.Token), ("x-api-key", _host.Token));

        answer.AssertError(400, 2040); // Neither counts as the provider's.
        Assert.Contains("'anthropic'", answer.Description, StringComparison.Ordinal);
        Assert.Empty(_host.Script.Requests);
    }

    [Fact]
    public async Task Token_BesideTheProvidersKey_LeavesThatAlone()
    {
        var answer = await SendAsync(("cf-aig-authorization", "Bearer " + _host.Token), ("authorization", "Bearer sk-provider"));

        Assert.Equal(200, answer.Status);
        Assert.Equal("Bearer sk-provider", (await _host.Script.NextAsync(_cancelled)).Header("authorization"));
    }

    [Fact]
    public async Task Token_OfAnotherAccount_DoesNotAuthenticateAndGoesNoFurther()
    {
        var foreign = _host.Tokens.Add(new string('f', 32));
        (await SendAsync(("cf-aig-authorization", foreign), ("authorization", "Bearer sk-provider"))).AssertError(401, 2009);

        _host.Gateway.Set(DataPlaneHost.Configuration(authentication: false));
        Assert.Equal(200, (await SendAsync(("x-api-key", foreign), ("authorization", "Bearer sk-provider"))).Status);
        await AssertNothingOfOursAsync();
        Assert.False((await _host.Logs.NextAsync(_cancelled)).Entry.Authentication);
    }

    [Fact]
    public async Task Token_WithoutTheRightToRun_DoesNotAuthenticate()
    {
        var reader = _host.Tokens.Add(DataPlaneHost.Account, Permissions.GatewayRead);

        (await SendAsync(("cf-aig-authorization", reader), ("authorization", "Bearer sk-provider"))).AssertError(401, 2009);
    }

    [Fact]
    public async Task Token_ThatIsNotValidNow_GoesNoFurtherAllTheSame()
    {
        var revoked = TokenValue.Create(DataPlaneHost.Account);
        _host.Gateway.Set(DataPlaneHost.Configuration(authentication: false));

        Assert.Equal(200, (await SendAsync(("authorization", "Bearer " + revoked))).Status);

        await AssertNothingOfOursAsync();
    }

    [Theory]
    [InlineData("?key={0}", "")]
    [InlineData("?alt=sse&key={0}&x=%2F", "?alt=sse&x=%2F")]
    [InlineData("?API_KEY={0}&key=provider", "?key=provider")]
    [InlineData("?keys=a&monkey=b", "?keys=a&monkey=b")]
    [InlineData("?key=provider%20key&&a", "?key=provider%20key&&a")]
    public async Task Token_InTheQuery_GoesNoFurtherAndAuthenticatesNobody(string query, string expected)
    {
        var path = "openai/chat/completions" + string.Format(System.Globalization.CultureInfo.InvariantCulture, query, _host.Token);
        (await _host.SendAsync(HttpMethod.Post, path, Bodies.Chat, ("authorization", "Bearer sk-provider"))).AssertError(401, 2009);

        var answer = await _host.SendAsync(HttpMethod.Post, path, Bodies.Chat, ("authorization", "Bearer sk-provider"), ("cf-aig-authorization", _host.Token));

        Assert.Equal(200, answer.Status);
        var request = await _host.Script.NextAsync(_cancelled);
        Assert.EndsWith("/chat/completions" + expected, request.Target, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_OfTheOperator_AuthenticatesEverywhere()
    {
        var answer = await SendAsync(("cf-aig-authorization", _host.Tokens.Add(null, Permissions.All)), ("authorization", "Bearer sk-provider"));

        Assert.Equal(200, answer.Status);
    }

    [Fact]
    public async Task Unauthorized_Exchange_ReachesNoUpstreamAndNoLog()
    {
        (await SendAsync(("authorization", "Bearer sk-provider"))).AssertError(401, 2009);
        Assert.Equal(200, (await SendAsync(("cf-aig-authorization", _host.Token), ("authorization", "Bearer sk-provider"))).Status);

        Assert.Single(_host.Script.Requests);
        Assert.Equal(200, (await _host.Logs.NextAsync(_cancelled)).Entry.StatusCode); // The later one is the first that was logged.
    }

    [Theory]
    [InlineData("Bearer ")]
    [InlineData("Bearer CF_TEMP_TOKEN")]
    [InlineData(null)]
    public async Task CredentialOfTheProvider_IsMissing_IsRefusedBeforeTheUpstream(string? authorization)
    {
        (string, string)[] headers = [("cf-aig-authorization", _host.Token), .. authorization is null ? [] : new[] { ("authorization", authorization) }];
        var answer = await SendAsync(headers);

        answer.AssertError(400, 2040);
        Assert.Equal("Provider credentials are required: none supplied and none stored for 'openai'", answer.Description);
        Assert.Equal(400, (await _host.Logs.NextAsync(_cancelled)).Entry.StatusCode);
    }

    [Fact]
    public async Task CredentialOfTheProvider_IsMissingAtAnOpenGateway_IsTheProvidersToRefuse()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(authentication: false));
        _host.Script.Then(UpstreamReply.Json("""{"error":{"message":"missing key"}}""", 401));

        Assert.Equal((401, """{"error":{"message":"missing key"}}"""), await StatusAndTextAsync());

        async Task<(int, string)> StatusAndTextAsync()
        {
            var answer = await SendAsync();
            return (answer.Status, answer.Text);
        }
    }

    private static (string, string) OwnKeyBeside(string place) => place == "authorization" ? ("api-key", "provider-key") : ("authorization", "Bearer sk-provider");

    private Task<FrontAnswer> SendAsync(params (string Name, string Value)[] headers)
    {
        // Azure takes its key in either of two headers.
        var path = headers.Any(header => header is { Name: "api-key", Value: "provider-key" }) ? "azure-openai/resource/gpt/chat/completions?api-version=2024-06-01" : "openai/chat/completions";
        return _host.SendAsync(HttpMethod.Post, path, Bodies.Chat, headers);
    }

    private async Task AssertNothingOfOursAsync()
    {
        var request = await _host.Script.NextAsync(_cancelled);
        Assert.DoesNotContain(request.Headers, header => header.Value.Contains("gwa_", StringComparison.Ordinal) || header.Value.StartsWith("Basic", StringComparison.Ordinal));
        Assert.DoesNotContain("gwa_", request.Target, StringComparison.Ordinal);
    }
}
