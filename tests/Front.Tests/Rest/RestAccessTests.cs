using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Rest;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Rest;

/// <summary>Who may call which inference route, and what everybody else is told.</summary>
public sealed class RestAccessTests : IAsyncLifetime
{
    private static readonly (string Method, string Path)[] Routes =
    [
        ("POST", "run"), ("POST", "run/@cf/meta/llama-3.1-8b-instruct"), ("POST", "v1/chat/completions"), ("POST", "v1/responses"), ("POST", "v1/messages"), ("POST", "v1/messages/count_tokens"),
        ("POST", "v1/embeddings"), ("GET", "v1/models"),
    ];

    private DataPlaneHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await RestHost.StartAsync();
        _host.Script.Otherwise(_ => UpstreamReply.Json(Bodies.Completion, 200));
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public void Routes_All_AreTested() => Assert.Equal(
        RestRoute.All.Select(route => $"{route.Method} {route.Path}").Order(StringComparer.Ordinal),
        Routes.Select(route => $"{route.Method} {(route.Path.StartsWith("run/", StringComparison.Ordinal) ? "run/{model}" : route.Path)}").Order(StringComparer.Ordinal));

    [Fact]
    public async Task Routes_EveryPermissionGroup_OpensWhereItHoldsOneOfTheTwo()
    {
        foreach (var group in PermissionGroups.All)
        {
            var token = _host.Tokens.Add(DataPlaneHost.Account, group.Grants);
            var opens = (group.Grants & (Permissions.GatewayRun | Permissions.WorkersAiRead)) != 0;
            foreach (var (method, path) in Routes)
            {
                var answer = await SendAsync(method, path, ("authorization", "Bearer " + token));
                if (opens)
                {
                    Assert.False(answer.Status is 401 or 403, $"{group.Name}, {path}: {answer.Status} {answer.Text}");
                }
                else
                {
                    answer.AssertRestError(403, 10000, "Authentication error");
                }
            }
        }

        Assert.DoesNotContain(_host.Script.Requests, request => request.Header("authorization")?.Contains("gwa_", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task Routes_WhoeverHasNoTokenOfTheAccount_IsRefused()
    {
        var stranger = _host.Tokens.Add(new string('f', 32));
        foreach (var (method, path) in Routes)
        {
            (await SendAsync(method, path)).AssertRestError(400, 9106);
            (await SendAsync(method, path, ("authorization", "Bearer sk-somebody-elses"))).AssertRestError(401, 10000, "Authentication error");
            (await SendAsync(method, path, ("x-api-key", TokenValue.Create(DataPlaneHost.Account)))).AssertRestError(401, 10000);
            (await SendAsync(method, path, ("authorization", "Bearer " + stranger))).AssertRestError(403, 10000);
        }

        Assert.Empty(_host.Script.Requests);
        Assert.Empty(_host.Default.SeenVersions); // Nobody asked a grain for them.
    }

    [Fact]
    public async Task Routes_OpenGateway_NeedsATokenAllTheSame()
    {
        _host.Default.Set(DataPlaneHost.Configuration(authentication: false));
        foreach (var (method, path) in Routes)
        {
            (await SendAsync(method, path)).AssertRestError(400, 9106);
        }
    }

    [Theory]
    [InlineData("authorization", "Bearer ")]
    [InlineData("x-api-key", "")]
    [InlineData("x-auth-key", "")]
    [InlineData("cf-aig-authorization", "Bearer ")]
    public async Task Token_WhereClientsPutIt_Counts(string header, string scheme)
    {
        var answer = await _host.RestAsync(HttpMethod.Post, "v1/chat/completions", RestHost.Chat, (header, scheme + _host.Token), ("x-auth-email", "somebody@example.com"));

        Assert.True(answer.Status == 200, answer.Text);
        var sent = Assert.Single(_host.Script.Requests);
        Assert.Equal("Bearer " + RestHost.OperatorKey, sent.Header("authorization"));
        Assert.Equal((null, null, null, null), (sent.Header("x-api-key"), sent.Header("x-auth-key"), sent.Header("x-auth-email"), sent.Header("cf-aig-authorization")));
    }

    [Fact]
    public async Task MachinePayment_WithoutToken_IsNotOffered() =>
        (await SendAsync("POST", "run", ("payment-method", "x402"))).AssertRestError(400, 7001, "machine payments are not enabled");

    [Theory]
    [InlineData("GET", "run", 405, 10405)]
    [InlineData("PUT", "run/@cf/x", 405, 10405)]
    [InlineData("GET", "v1/chat/completions", 405, 10405)]
    [InlineData("POST", "v1/models", 405, 10405)]
    [InlineData("POST", "v1/audio/speech", 404, 7003)]
    [InlineData("POST", "v1", 404, 7003)]
    [InlineData("POST", "v1/", 404, 7003)]
    public async Task Route_OrMethodUnknown_IsSaidBeforeAnythingElse(string method, string path, int status, int code)
    {
        var answer = await SendAsync(method, path);

        answer.AssertRestError(status, code);
        Assert.Equal(status == 405 ? path == "v1/models" ? "GET" : "POST" : null, answer.Header("allow"));
    }

    [Theory]
    [InlineData("/client/v4/accounts/x/ai/run")]
    [InlineData("/client/v4/accounts/0123456789ABCDEF0123456789ABCDEF/ai/v1/chat/completions")]
    public async Task Account_ThatCannotBeOne_IsNotFound(string target) =>
        (await _host.SendToAsync(HttpMethod.Post, target, new StringContent("{}"), ("authorization", "Bearer " + _host.Token))).AssertRestError(404, 7003);

    [Fact]
    public async Task Preflight_IsAnsweredForBrowsers()
    {
        var answer = await _host.RestAsync(
            HttpMethod.Options, "v1/chat/completions", null,
            ("origin", "https://app.example"), ("access-control-request-method", "POST"), ("access-control-request-headers", "authorization"));

        Assert.Equal((204, "*"), (answer.Status, answer.Header("access-control-allow-origin")));
    }

    private Task<FrontAnswer> SendAsync(string method, string path, params (string, string)[] headers) =>
        _host.RestAsync(new(method), path, method == "GET" ? null : path == "run" ? """{"model":"openai/gpt-4o-mini","input":{"messages":[]}}""" : RestHost.Chat, headers);
}
