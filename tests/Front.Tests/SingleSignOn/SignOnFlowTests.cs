using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using GatewayActors.Front.Tests.Management;
using Microsoft.AspNetCore.WebUtilities;
using Xunit;

namespace GatewayActors.Front.Tests.SingleSignOn;

/// <summary>From the button to the token and back, and every way in which it must end before.</summary>
[Collection(typeof(AdminTests))]
public sealed class SignOnFlowTests(AdminHost host) : IDisposable
{
    private readonly SignOnBrowser _browser = new(host);

    public void Dispose() => _browser.Dispose();

    [Fact]
    public async Task Providers_AreListedWithoutToken_WithoutWhatIsNobodysBusiness()
    {
        var text = await host.GetTextAsync("auth/providers");

        var providers = JsonElement.Parse(text).GetProperty("result").EnumerateArray().ToArray();
        Assert.Equal(["corp", "down"], providers.Select(provider => provider.GetProperty("name").GetString()));
        Assert.Equal("""{"name":"corp","display_name":"Company account","start_url":"/auth/corp/start"}""", providers[0].GetRawText());
        Assert.DoesNotContain(FakeIssuer.ClientSecret, text, StringComparison.Ordinal);
        Assert.DoesNotContain(SignOnSettings.Account, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_SendsTheBrowserToTheIssuer_WithStateNonceAndPkce()
    {
        var location = new Uri(await _browser.StartAsync());

        Assert.Equal(host.Issuer.Address, location.GetLeftPart(UriPartial.Authority));
        var query = QueryHelpers.ParseQuery(location.Query).ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
        Assert.Equal("1", query["tenant"]); // The issuer's own parameter stays.
        Assert.Equal("code", query["response_type"]);
        Assert.Equal("openid profile email", query["scope"]);
        Assert.Equal(new Uri(host.Address, "auth/corp/callback").AbsoluteUri, query["redirect_uri"]);
        Assert.Equal("S256", query["code_challenge_method"]);
        Assert.Equal([43, 43, 43], new[] { "state", "nonce", "code_challenge" }.Select(name => query[name].Length));
        Assert.Equal(3, new[] { query["state"], query["nonce"], query["code_challenge"] }.Distinct().Count());
    }

    [Fact]
    public async Task Start_Cookie_IsNothingForScriptsAndOtherSites()
    {
        using var response = await _browser.GetAsync("auth/corp/start");

        var cookie = Assert.Single(response.Headers.GetValues("Set-Cookie"));
        Assert.Contains("; httponly", cookie, StringComparison.Ordinal);
        Assert.Contains("; samesite=lax", cookie, StringComparison.Ordinal);
        Assert.Contains("; path=/auth", cookie, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://evil.test/")]
    [InlineData("//evil.test")]
    [InlineData("/\\evil.test")]
    [InlineData("\\\\evil.test")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/a\r\nSet-Cookie: a=b")]
    [InlineData("/\t/evil.test")]
    [InlineData("/page#sign_on_code=1")]
    [InlineData("page")]
    public async Task Start_PageOfAnotherHost_IsRefused(string returnTo)
    {
        using var response = await _browser.GetAsync($"auth/corp/start?return_to={Uri.EscapeDataString(returnTo)}");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("return_to", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("auth/none/start", 404)]
    [InlineData("auth/machines/start", 404)] // Takes tokens only.
    [InlineData("auth/none/callback?state=1&code=1", 404)]
    [InlineData("auth/corp/callback", 400)]
    [InlineData("auth/nothing", 404)]
    [InlineData("auth/token", 405)]
    public async Task Routes_AskedWrongly_AnswerInTheEnvelope(string path, int status)
    {
        using var response = await _browser.GetAsync(path);

        Assert.Equal(status, (int)response.StatusCode);
        var body = JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.False(body.GetProperty("success").GetBoolean());
    }

    [Fact]
    public async Task Start_IssuerIsDown_GoesBackWithTheReason()
    {
        var page = await _browser.FollowAsync("auth/down/start?return_to=%2Flogs");

        Assert.Equal("/logs#sign_on_error=provider_unavailable", page);
    }

    [Fact]
    public async Task Flow_RightAnswer_GivesATokenThatNamesThePerson()
    {
        var page = await _browser.SignOnAsync(claims => host.Issuer.Sign(SignOnBrowser.With(claims, "editors")), returnTo: "/logs?gateway=a");
        var answer = await _browser.RedeemAsync(SignOnBrowser.CodeOf(page));

        Assert.StartsWith("/logs?gateway=a#", page, StringComparison.Ordinal);
        answer.AssertSuccess();
        Assert.Equal("no-store", answer.Headers["Cache-Control"]);
        Assert.StartsWith("gws_", answer.Result.GetProperty("token").GetString(), StringComparison.Ordinal);
        Assert.Equal("""{"id":"corp:user-1","email":"ada@corp.test","name":"Ada Test"}""", answer.Result.GetProperty("person").GetRawText());
        var left = DateTimeOffset.Parse(answer.Result.GetProperty("expires_on").GetString()!, System.Globalization.CultureInfo.InvariantCulture) - TimeProvider.System.GetUtcNow();
        Assert.InRange(left, TimeSpan.FromMinutes(55), TimeSpan.FromHours(1));
        (await host.SendAsync(HttpMethod.Get, "user/tokens/verify", answer.Result.GetProperty("token").GetString())).AssertSuccess();
    }

    [Fact]
    public async Task Flow_TwoTabs_DoNotDisturbEachOther()
    {
        var (first, second) = (await _browser.StartAsync("/a"), await _browser.StartAsync("/b"));
        string Sign(JsonObject claims) => host.Issuer.Sign(SignOnBrowser.With(claims, "viewers"));

        Assert.StartsWith("/b#sign_on_code=", await _browser.FollowAsync(host.Issuer.SignOn(second, Sign)), StringComparison.Ordinal);
        Assert.StartsWith("/a#sign_on_code=", await _browser.FollowAsync(host.Issuer.SignOn(first, Sign)), StringComparison.Ordinal);
    }

    public static TheoryData<string> WrongTokens =>
        ["nonce", "no nonce", "audience", "issuer", "expired", "no expiry", "not yet", "none", "public key", "unknown key", "another key", "azp", "kind", "no subject", "no token"];

    [Theory, MemberData(nameof(WrongTokens))]
    public async Task Callback_WrongIdToken_SignsNobodyOn(string mistake)
    {
        var page = await _browser.SignOnAsync(claims => WrongToken(host.Issuer, SignOnBrowser.With(claims, "admins"), mistake));

        Assert.Equal("/#sign_on_error=invalid_token", page);
    }

    /// <summary>A token with one mistake.</summary>
    internal static string WrongToken(FakeIssuer issuer, JsonObject claims, string mistake)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        switch (mistake)
        {
            case "nonce":
                claims["nonce"] = "of another sign-on";
                break;
            case "no nonce":
                claims.Remove("nonce");
                break;
            case "audience":
                claims["aud"] = "another client";
                break;
            case "issuer":
                claims["iss"] = "https://another.test";
                break;
            case "expired":
                (claims["iat"], claims["exp"]) = (now - 900, now - 300);
                break;
            case "no expiry":
                claims.Remove("exp");
                break;
            case "not yet":
                claims["nbf"] = now + 120;
                break;
            case "azp":
                claims["azp"] = "another client";
                break;
            case "no subject":
                claims.Remove("sub");
                break;
            case "none":
                return FakeIssuer.Unsigned(claims);
            case "public key":
                return issuer.SignedWithPublicKey(claims);
            case "unknown key":
                return issuer.Sign(claims, keyId: "key-2");
            case "another key":
                using (var key = RSA.Create(2048))
                {
                    return issuer.Sign(claims, key: key);
                }

            case "kind":
                return issuer.Sign(claims, type: "logout+jwt");
            case "no token":
                return "no.token.atall";
        }

        return issuer.Sign(claims);
    }

    [Fact]
    public async Task Callback_AnswerOfAnotherIssuer_IsRefused()
    {
        var answer = host.Issuer.SignOn(await _browser.StartAsync(), claims => host.Issuer.Sign(SignOnBrowser.With(claims, "admins")));

        var page = await _browser.FollowAsync(answer[..answer.IndexOf("&iss=", StringComparison.Ordinal)] + "&iss=https%3A%2F%2Fanother.test");

        Assert.Equal("/#sign_on_error=invalid_token", page);
    }

    [Fact]
    public async Task Callback_IssuerLeavesItsNameOut_IsRefusedWhereItPromisedIt()
    {
        var answer = host.Issuer.SignOn(await _browser.StartAsync(), claims => host.Issuer.Sign(SignOnBrowser.With(claims, "admins")));

        Assert.Equal("/#sign_on_error=invalid_token", await _browser.FollowAsync(answer[..answer.IndexOf("&iss=", StringComparison.Ordinal)]));
    }

    [Fact]
    public async Task Callback_AnotherState_IsRefused()
    {
        var answer = host.Issuer.SignOn(await _browser.StartAsync(), host.Issuer.SignAsIs);

        using var response = await _browser.GetAsync(answer.Replace("&state=", "&state=x", StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Callback_InAnotherBrowser_IsRefused()
    {
        using var victim = new SignOnBrowser(host);
        var answer = host.Issuer.SignOn(await _browser.StartAsync(), host.Issuer.SignAsIs);

        using var response = await victim.GetAsync(answer);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("state", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Callback_Again_IsRefused()
    {
        var answer = host.Issuer.SignOn(await _browser.StartAsync(), claims => host.Issuer.Sign(SignOnBrowser.With(claims, "viewers")));
        await _browser.FollowAsync(answer);

        using var response = await _browser.GetAsync(answer);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Callback_CodeOfAnotherSignOn_IsNotTakenByTheIssuer()
    {
        // Its PKCE challenge belongs to another attempt.
        var stolen = host.Issuer.SignOn(await _browser.StartAsync(), claims => host.Issuer.Sign(SignOnBrowser.With(claims, "admins")));
        var mine = host.Issuer.SignOn(await _browser.StartAsync(), host.Issuer.SignAsIs);
        string Code(string answer) => QueryHelpers.ParseQuery(new Uri(answer).Query)["code"].ToString();

        Assert.Equal("/#sign_on_error=provider_failed", await _browser.FollowAsync(mine.Replace(Code(mine), Code(stolen), StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Callback_PersonSaidNo_GoesBackWithTheReason()
    {
        var state = QueryHelpers.ParseQuery(new Uri(await _browser.StartAsync("/logs")).Query)["state"].ToString();

        Assert.Equal("/logs#sign_on_error=denied", await _browser.FollowAsync($"auth/corp/callback?error=access_denied&error_description=%3Cscript%3E&state={state}"));
    }

    [Fact]
    public async Task Callback_PersonWithoutRole_IsNotSignedOn() =>
        Assert.Equal("/#sign_on_error=no_role", await _browser.SignOnAsync(claims => host.Issuer.Sign(SignOnBrowser.With(claims, "guests"))));

    [Fact]
    public async Task Callback_GroupsOnlyInUserInfo_AreFound()
    {
        var page = await _browser.SignOnAsync(
            host.Issuer.SignAsIs, new() { ["sub"] = "user-1", ["groups"] = new JsonArray("viewers") });

        Assert.True((await _browser.RedeemAsync(SignOnBrowser.CodeOf(page))).Status == 200);
    }

    [Fact]
    public async Task Callback_UserInfoOfSomebodyElse_IsRefused() =>
        Assert.Equal(
            "/#sign_on_error=invalid_token",
            await _browser.SignOnAsync(host.Issuer.SignAsIs, new() { ["sub"] = "user-2", ["groups"] = new JsonArray("admins") }));

    [Fact]
    public async Task Code_InAnotherBrowser_IsRefusedAndBurnt()
    {
        using var thief = new SignOnBrowser(host);
        var code = SignOnBrowser.CodeOf(await _browser.SignOnAsync(claims => host.Issuer.Sign(SignOnBrowser.With(claims, "viewers"))));
        await thief.SignOnAsync(claims => host.Issuer.Sign(SignOnBrowser.With(claims, "viewers"))); // Has a cookie of its own.

        (await thief.RedeemAsync(code)).AssertFailure(401, 10000);
        (await _browser.RedeemAsync(code)).AssertFailure(401, 10000);
    }

    [Fact]
    public async Task Code_Again_EndsTheSession()
    {
        var page = await _browser.SignOnAsync(claims => host.Issuer.Sign(SignOnBrowser.With(claims, "viewers")));
        var cookie = _browser.Cookies.GetCookies(new Uri(host.Address, "auth/token")).Single(cookie => cookie.Name == "gateway_sign_on_browser").Value;
        var token = (await _browser.RedeemAsync(SignOnBrowser.CodeOf(page))).Result.GetProperty("token").GetString();
        _browser.Cookies.Add(new Uri(host.Address, "auth/"), new Cookie("gateway_sign_on_browser", cookie, "/auth"));

        (await _browser.RedeemAsync(SignOnBrowser.CodeOf(page))).AssertFailure(401, 10000);
        (await host.SendAsync(HttpMethod.Get, "accounts", token)).AssertFailure(401, 10000);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nothing")]
    [InlineData("00000000000000000000000000000000.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task Code_MadeUp_IsRefused(string code)
    {
        await _browser.SignOnAsync(claims => host.Issuer.Sign(SignOnBrowser.With(claims, "viewers")));

        var answer = await _browser.RedeemAsync(code);

        Assert.Equal(code.Length == 0 ? 400 : 401, answer.Status);
    }
}
