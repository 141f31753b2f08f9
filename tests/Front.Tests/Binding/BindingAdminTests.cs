using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using GatewayActors.Front.Tests.Client;
using GatewayActors.Front.Tests.Management;
using Xunit;

namespace GatewayActors.Front.Tests.Binding;

/// <summary>What the Workers binding asks beside runs.</summary>
[Collection(typeof(AdminTests))]
public sealed class BindingAdminTests(AdminHost host) : IDisposable
{
    private readonly OwnHttpClient _http = new();

    public void Dispose() => _http.Dispose();

    [Theory]
    [InlineData("universal", "/g/")]
    [InlineData("openai", "/g/openai")]
    public async Task GetUrl_Provider_IsAnObjectWithTheUrl(string provider, string end)
    {
        var tenant = await MakeAsync();

        var (status, json) = await SendAsync(HttpMethod.Get, $"ai-gateway/gateways/g/url/{provider}", tenant.Token);

        Assert.Equal(200, status);
        Assert.EndsWith(tenant.AccountId + end, json.GetProperty("result").GetProperty("url").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetLog_Entry_HasAnObjectForMetadataAndATimeThatJavaScriptReads()
    {
        var tenant = await MakeAsync();
        var entry = Entries.Make(tenant.AccountId, "g", new byte[10], new byte[20]);
        host.Logs.Add(entry);

        var (status, json) = await SendAsync(HttpMethod.Get, $"ai-gateway/gateways/g/logs/{entry.Id:D}", tenant.Token);

        Assert.Equal(200, status);
        var log = json.GetProperty("result");
        Assert.Equal("""{"team":"a","n":1}""", log.GetProperty("metadata").GetRawText());
        var untagged = Entries.Sum(tenant.AccountId, "g", Entries.CreatedAt);
        host.Logs.Add(untagged);
        Assert.Equal("{}", (await SendAsync(HttpMethod.Get, $"ai-gateway/gateways/g/logs/{untagged.Id:D}", tenant.Token)).Item2.GetProperty("result").GetProperty("metadata").GetRawText());
        Assert.Equal(("2026-03-01T12:00:00.000Z", 200, 10, 20), (log.GetProperty("created_at").GetString(), log.GetProperty("status_code").GetInt32(), log.GetProperty("request_size").GetInt32(), log.GetProperty("response_size").GetInt32()));
    }

    [Fact]
    public async Task PatchLog_Entry_AnswersExactly200AndStores()
    {
        var tenant = await MakeAsync();
        var entry = Entries.Make(tenant.AccountId, "g");
        host.Logs.Add(entry);

        var (status, _) = await SendAsync(HttpMethod.Patch, $"ai-gateway/gateways/g/logs/{entry.Id:D}", tenant.Token, """{"feedback":1,"score":null}""");

        Assert.Equal((200, 1), (status, host.Logs.Patches[entry.Id].Feedback.Value));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PATCH")]
    public async Task Log_Unknown_Answers404WithErrorsInJson(string method)
    {
        var tenant = await MakeAsync();

        var (status, json) = await SendAsync(new(method), "ai-gateway/gateways/g/logs/nope", tenant.Token, method == "PATCH" ? "{}" : null);

        Assert.Equal((404, "Not Found"), (status, json.GetProperty("errors")[0].GetProperty("message").GetString()));
    }

    [Fact]
    public async Task Models_Search_IsAnArray()
    {
        var tenant = await MakeAsync();

        var (status, json) = await SendAsync(HttpMethod.Get, "ai-api/models/search?search=gpt-4o-mini", tenant.Token);

        Assert.Equal(200, status);
        Assert.NotEmpty(json.GetProperty("result").EnumerateArray());
    }

    [Fact]
    public async Task Bridge_ForwardedUrl_AnswersTheSame()
    {
        var tenant = await MakeAsync();

        var (status, json) = await SendAsync(
            HttpMethod.Get, $"client/v4/accounts/{tenant.AccountId}/ai/run/proxy", tenant.Token, forwarded: "https://workers-binding.ai/ai-gateway/gateways/g/url/openai");

        Assert.Equal(200, status);
        Assert.EndsWith("/g/openai", json.GetProperty("result").GetProperty("url").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "ai-gateway/gateways/g/logs/x", "Workers AI Read")]
    [InlineData("PATCH", "ai-gateway/gateways/g/logs/x", "AI Gateway Read")]
    [InlineData("GET", "ai-gateway/gateways/g/url/openai", "Workers AI Read")]
    [InlineData("GET", "ai-api/models/search", "Secrets Store Read")]
    public async Task Token_WithoutThePermission_IsRefused(string method, string path, string group)
    {
        var tenant = await host.CreateTenantAsync(group);

        var (status, json) = await SendAsync(new(method), path, tenant.Token, method == "PATCH" ? "{}" : null);

        Assert.Equal((403, 10000), (status, json.GetProperty("errors")[0].GetProperty("code").GetInt32()));
    }

    [Fact]
    public async Task Bridge_TokenOfAnotherAccount_IsRefused()
    {
        var (tenant, other) = (await MakeAsync(), await MakeAsync());

        var (status, _) = await SendAsync(
            HttpMethod.Get, $"client/v4/accounts/{tenant.AccountId}/ai/run/proxy", other.Token, forwarded: "https://workers-binding.ai/ai-gateway/gateways/g/url/openai");

        Assert.Equal(403, status);
    }

    private async Task<Tenant> MakeAsync()
    {
        var tenant = await host.CreateTenantAsync();
        await tenant.CreateGatewayAsync("g");
        return tenant;
    }

    private async Task<(int Status, JsonElement Json)> SendAsync(HttpMethod method, string path, string token, string? body = null, string? forwarded = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(host.Address, path)) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (forwarded is not null)
        {
            request.Headers.Add("X-Forwarded", forwarded);
        }

        using var response = await _http.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, JsonElement.Parse(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)));
    }
}
