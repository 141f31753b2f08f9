using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace GatewayActors.EndToEnd.Tests.SingleSignOn;

/// <summary>A browser that fills in the forms of the identity provider.</summary>
internal sealed partial class ProviderBrowser(IdentityProviderFixture fixture) : IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new() });

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>From the button to the page that is returned to.</summary>
    public async Task<string> SignOnAsync(string user, string returnTo = "/")
    {
        var address = new Uri($"{fixture.Gateway.BaseUrl}/auth/corp/start?return_to={Uri.EscapeDataString(returnTo)}");
        HttpContent? form = null;
        for (var step = 0; step < 20; step++)
        {
            using var response = form is null ? await _client.GetAsync(address, Cancelled) : await _client.PostAsync(address, form, Cancelled);
            form?.Dispose();
            form = null;
            if (response.Headers.Location is { } location)
            {
                address = new Uri(address, location);
                if (address.Fragment.StartsWith("#sign_on_", StringComparison.Ordinal))
                {
                    return address.PathAndQuery + address.Fragment;
                }

                continue;
            }

            var page = await response.Content.ReadAsStringAsync(Cancelled);
            Assert.True(response.StatusCode == HttpStatusCode.OK, $"{address}: {(int)response.StatusCode} {page}");
            address = new Uri(address, Action().Match(page).Groups[1].Value);
            form = Prompt().Match(page).Groups[1].Value == "login"
                ? new FormUrlEncodedContent([new("prompt", "login"), new("login", user), new("password", "any")])
                : new FormUrlEncodedContent([new("prompt", "consent")]);
        }

        throw new InvalidOperationException($"The sign-on went round in circles; it is at {address}.");
    }

    /// <summary>Signs on and gets the token as a page does.</summary>
    public async Task<string> GetTokenAsync(string user)
    {
        var page = await SignOnAsync(user);
        Assert.StartsWith("/#sign_on_code=", page, StringComparison.Ordinal);
        using var body = new StringContent($$"""{"code":"{{page["/#sign_on_code=".Length..]}}"}""", Encoding.UTF8, "application/json");
        using var response = await _client.PostAsync(new Uri($"{fixture.Gateway.BaseUrl}/auth/token"), body, Cancelled);
        var text = await response.Content.ReadAsStringAsync(Cancelled);
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonElement.Parse(text).GetProperty("result").GetProperty("token").GetString()!;
    }

    /// <summary>The access token of the machine.</summary>
    public async Task<string> GetMachineTokenAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{fixture.Issuer}/token")
        {
            Content = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("resource", IdentityProviderFixture.MachineAudience), new("scope", "manage")]),
        };
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"robot:{fixture.ClientSecret}")));
        using var response = await _client.SendAsync(request, Cancelled);
        return JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancelled)).GetProperty("access_token").GetString()!;
    }

    /// <summary>Asks the gateway.</summary>
    public async Task<(int Status, JsonElement Body)> SendAsync(HttpMethod method, string path, string token, string? body = null)
    {
        using var request = new HttpRequestMessage(method, $"{fixture.Gateway.BaseUrl}/{path}");
        request.Headers.Authorization = new("Bearer", token);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _client.SendAsync(request, Cancelled);
        return ((int)response.StatusCode, JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancelled)));
    }

    public void Dispose() => _client.Dispose();

    [GeneratedRegex("<form[^>]* action=\"([^\"]+)\"", RegexOptions.CultureInvariant)]
    private static partial Regex Action();

    [GeneratedRegex("name=\"prompt\" value=\"([a-z]+)\"", RegexOptions.CultureInvariant)]
    private static partial Regex Prompt();
}
