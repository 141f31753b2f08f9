using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using GatewayActors.Front.Tests.Management;
using Xunit;

namespace GatewayActors.Front.Tests.SingleSignOn;

/// <summary>A browser: keeps cookies, follows no redirect by itself.</summary>
internal sealed class SignOnBrowser : IDisposable
{
    private readonly AdminHost _host;
    private readonly HttpClient _client;

    public SignOnBrowser(AdminHost host)
    {
        _host = host;
        _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = Cookies });
    }

    public CookieContainer Cookies { get; } = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>The token of somebody in these groups.</summary>
    public static async Task<string> SignOnAsync(AdminHost host, params string[] groups)
    {
        using var browser = new SignOnBrowser(host);
        var page = await browser.SignOnAsync(claims => host.Issuer.Sign(With(claims, groups)));
        var answer = await browser.RedeemAsync(CodeOf(page));
        Assert.True(answer.Status == 200, answer.Text);
        return answer.Result.GetProperty("token").GetString()!;
    }

    /// <summary>The claims with groups.</summary>
    public static JsonObject With(JsonObject claims, params string[] groups)
    {
        claims["groups"] = new JsonArray([.. groups.Select(group => (JsonNode)group)]);
        return claims;
    }

    /// <summary>The code in the address of a page.</summary>
    public static string CodeOf(string page)
    {
        const string Mark = "#sign_on_code=";
        Assert.Contains(Mark, page, StringComparison.Ordinal);
        return page[(page.IndexOf(Mark, StringComparison.Ordinal) + Mark.Length)..];
    }

    /// <summary>From the start to the page that the browser ends at.</summary>
    public async Task<string> SignOnAsync(Func<JsonObject, string> idToken, JsonObject? userInfo = null, string returnTo = "/")
    {
        var location = await StartAsync(returnTo);
        return await FollowAsync(_host.Issuer.SignOn(location, idToken, userInfo));
    }

    /// <summary>Begins; where the browser is sent.</summary>
    public async Task<string> StartAsync(string returnTo = "/") =>
        await FollowAsync(new Uri(_host.Address, $"auth/{SignOnSettings.Name}/start?return_to={Uri.EscapeDataString(returnTo)}").AbsoluteUri);

    /// <summary>Gets an address that answers with a redirect.</summary>
    public async Task<string> FollowAsync(string address)
    {
        using var response = await GetAsync(address);
        Assert.True(response.StatusCode == HttpStatusCode.Found, $"{(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(Cancelled)}");
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        return response.Headers.Location!.OriginalString;
    }

    public async Task<HttpResponseMessage> GetAsync(string address) => await _client.GetAsync(new Uri(_host.Address, address), Cancelled);

    /// <summary>What the page does: turns the code into a token.</summary>
    public async Task<Answer> RedeemAsync(string code)
    {
        using var body = new StringContent($$"""{"code":"{{code}}"}""", Encoding.UTF8, "application/json");
        using var response = await _client.PostAsync(new Uri(_host.Address, "auth/token"), body, Cancelled);
        return new(
            (int)response.StatusCode,
            response.Content.Headers.ContentType?.ToString(),
            await response.Content.ReadAsStringAsync(Cancelled),
            response.Headers.ToDictionary(header => header.Key, header => string.Join(',', header.Value), StringComparer.OrdinalIgnoreCase),
            "");
    }

    public void Dispose() => _client.Dispose();
}
