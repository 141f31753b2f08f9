using System.Net.Http.Headers;
using System.Text.Json;
using GatewayActors.Front.Rest;
using Xunit;

namespace GatewayActors.Front.Tests.Management;

[Collection(typeof(AdminTests))]
public sealed class AuthenticationFailureTests(AdminHost host)
{
    private static readonly string Foreign = new('0', 32);

    [Fact]
    public async Task Request_WithoutCredentials_Is9106()
    {
        var answer = await host.SendAsync(HttpMethod.Get, "accounts", token: null);

        answer.AssertFailure(400, 9106);
        Assert.Equal(
            """{"errors":[{"code":9106,"message":"Missing X-Auth-Key, X-Auth-Email or Authorization headers"}],"success":false,"messages":[],"result":null}""",
            answer.Text);
    }

    [Theory]
    [InlineData("Bearer", null)]
    [InlineData("Bearer", "two words")]
    [InlineData("Basic", "dXNlcjpwYXNz")]
    [InlineData("token", null)]
    public async Task Request_MalformedHeader_Is6003WithItsChain(string scheme, string? parameter)
    {
        var answer = await host.SendAsync(HttpMethod.Get, "accounts", new AuthenticationHeaderValue(scheme, parameter), body: null);

        answer.AssertFailure(400, 6003);
        var chain = answer.Body.GetProperty("errors")[0].GetProperty("error_chain");
        Assert.Equal(6111, Assert.Single(chain.EnumerateArray()).GetProperty("code").GetInt32());
    }

    [Theory]
    [InlineData("accounts", 10000)]
    [InlineData("user/tokens/verify", 1000)]
    public async Task Request_UnknownToken_IsUnauthorized(string path, int code)
    {
        var answer = await host.SendAsync(HttpMethod.Get, path, "not-a-token");

        answer.AssertFailure(401, code);
        Assert.Equal("Bearer", answer.Headers["WWW-Authenticate"]);
    }

    [Theory]
    [InlineData("X-Auth-Key", 200)]
    [InlineData("X-Auth-Email", 400)]
    public async Task Request_KeyHeader_TakesATokenValue(string header, int status)
    {
        var answer = await host.SendAsync(HttpMethod.Get, "accounts", authorization: null, body: null, (header, AdminHost.OperatorToken));

        Assert.Equal(status, answer.Status);
    }

    [Fact]
    public async Task GetUser_ValidToken_Is9109() =>
        (await host.SendAsync(HttpMethod.Get, "user", AdminHost.OperatorToken)).AssertFailure(403, 9109);

    [Fact]
    public async Task Request_MissingPermission_IsForbidden()
    {
        var tenant = await host.CreateTenantAsync("AI Gateway Read");

        (await tenant.SendAsync(HttpMethod.Post, "ai-gateway/gateways", Bodies.Gateway("g"))).AssertFailure(403, 10000);
    }

    [Fact]
    public async Task Request_DisabledToken_IsUnauthorized()
    {
        var tenant = await host.CreateTenantAsync();
        var token = await host.CreateTokenAsync(tenant.AccountId, tenant.Token, "AI Gateway Read");
        var body = token.GetRawText().Replace("\"status\":\"active\"", "\"status\":\"disabled\"", StringComparison.Ordinal);
        (await tenant.SendAsync(HttpMethod.Put, $"tokens/{token.GetProperty("id").GetString()}", body)).AssertSuccess();

        var answer = await host.SendAsync(HttpMethod.Get, $"accounts/{tenant.AccountId}", token.GetProperty("value").GetString());

        answer.AssertFailure(401, 10000);
    }

    [Theory]
    [InlineData("nowhere")]
    [InlineData("")]
    [InlineData("accounts/nothex/ai-gateway/gateways")]
    [InlineData("accounts/0123456789ABCDEF0123456789ABCDEF")]
    [InlineData("accounts/%2e%2e%2f/tokens")]
    public async Task Request_UnknownRoute_Is7003(string path) =>
        (await host.SendAsync(HttpMethod.Get, path, AdminHost.OperatorToken)).AssertFailure(404, 7003);

    [Fact]
    public async Task Request_UnknownAccount_Is7003ForTheOperator()
    {
        foreach (var path in (string[])["", "/tokens", "/tokens/verify", "/ai-gateway/gateways"])
        {
            (await host.SendAsync(HttpMethod.Get, $"accounts/{Foreign}{path}", AdminHost.OperatorToken)).AssertFailure(404, 7003);
        }

        (await host.SendAsync(HttpMethod.Post, $"accounts/{Foreign}/ai-gateway/gateways", AdminHost.OperatorToken, Bodies.Gateway("g"))).AssertFailure(404, 7003);
        (await host.SendAsync(HttpMethod.Delete, $"accounts/{Foreign}", AdminHost.OperatorToken)).AssertFailure(404, 7003);
    }

    [Theory]
    [InlineData("PATCH", "accounts")]
    [InlineData("POST", "user")]
    [InlineData("DELETE", "accounts/00000000000000000000000000000000/tokens/verify/")]
    public async Task Request_WrongMethod_Is10405(string method, string path)
    {
        // DELETE …/tokens/verify is DELETE …/tokens/{tokenId}, as in the reference.
        var answer = await host.SendAsync(new(method), path, AdminHost.OperatorToken);
        if (path.Contains("verify", StringComparison.Ordinal))
        {
            answer.AssertFailure(404, 7002);
        }
        else
        {
            answer.AssertFailure(405, 10405);
            Assert.Equal(path == "user" ? "GET" : "GET, POST", answer.Allowed);
        }
    }

    [Fact]
    public async Task Request_UnforeseenException_ShowsAnIdOnly()
    {
        var answer = await host.SendAsync(HttpMethod.Get, "failing", AdminHost.OperatorToken);

        answer.AssertFailure(500, 7000);
        Assert.Contains(answer.Headers["cf-ray"], answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", answer.Text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Request_BodyOverTheLimit_Is413()
    {
        var tenant = await host.CreateTenantAsync();

        var answer = await tenant.SendAsync(HttpMethod.Post, "ai-gateway/gateways", Bodies.Gateway(new string('a', 1024 * 1024)));

        answer.AssertFailure(413, 7001);
    }

    [Fact]
    public async Task Request_TrailingSlashAndEncodedSlash_AreTaken()
    {
        var tenant = await host.CreateTenantAsync();
        await tenant.CreateGatewayAsync("g");

        (await tenant.GetAsync("ai-gateway/gateways/g/")).AssertSuccess();
        var url = await tenant.GetAsync("ai-gateway/gateways/g/url/a%2Fb");
        Assert.Equal("Unknown provider 'a/b'", url.Body.GetProperty("errors")[0].GetProperty("message").GetString());
    }

    [Fact]
    public async Task OpenApi_WithoutToken_NamesEveryOperation()
    {
        var document = JsonElement.Parse(await host.GetTextAsync("openapi/v1.json"));

        var operations = document.GetProperty("paths").EnumerateObject()
            .Where(path => path.Name.StartsWith("/client/v4/", StringComparison.Ordinal) && !path.Name.EndsWith("/failing", StringComparison.Ordinal))
            .SelectMany(path => path.Value.EnumerateObject())
            .Select(operation => operation.Value)
            .ToArray();
        Assert.Equal(host.Endpoints.Count(PermissionMatrixTests.IsManagement) + RestRoute.All.Count, operations.Length); // The inference routes are no endpoints.
        Assert.All(operations, operation =>
        {
            Assert.NotEmpty(operation.GetProperty("operationId").GetString()!);
            Assert.NotEmpty(operation.GetProperty("tags").EnumerateArray());
            Assert.True(operation.GetProperty("responses").TryGetProperty("403", out _));
        });
        var gateway = document.GetProperty("components").GetProperty("schemas").GetProperty("GatewayResource").GetProperty("properties");
        Assert.True(gateway.TryGetProperty("cache_ttl", out _));
    }
}
