using GatewayActors.Abstractions.Accounts;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Management;
using GatewayActors.Front.Management.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace GatewayActors.Front.Tests.Management;

[Collection(typeof(AdminTests))]
public sealed class RequestQuotaTests(AdminHost host)
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void Take_MoreThanTheLimit_IsRefusedUntilTheNextWindow()
    {
        var quota = Quota(limit: 2);
        var (one, other) = (Token("1"), Token("2"));

        Assert.Equal(new(true, 1, TimeSpan.FromSeconds(300)), quota.Take(one));
        _clock.Advance(TimeSpan.FromSeconds(100));
        Assert.Equal(new(true, 0, TimeSpan.FromSeconds(200)), quota.Take(one));
        Assert.Equal(new(false, 0, TimeSpan.FromSeconds(200)), quota.Take(one));
        Assert.True(quota.Take(other).IsTaken);
        _clock.Advance(TimeSpan.FromSeconds(200));
        Assert.Equal(new(true, 1, TimeSpan.FromSeconds(300)), quota.Take(one));
    }

    [Fact]
    public void Take_OperatorsToken_IsNotLimited()
    {
        var quota = Quota(limit: 1);

        Assert.All(Enumerable.Range(0, 10), _ => Assert.Equal(new(true, 1, TimeSpan.FromSeconds(300)), quota.Take(Token("1", account: null))));
    }

    [Fact]
    public async Task Request_BeyondTheLimit_IsAnsweredWith429AndWhenToComeBack()
    {
        var middleware = new RequestQuotaMiddleware(_ => Task.CompletedTask, Quota(limit: 1));
        DefaultHttpContext Context() => new()
        {
            Request = { Path = "/client/v4/accounts" },
            Response = { Body = new MemoryStream() },
            User = new(new TokenIdentity(Token("1"))),
        };
        await middleware.InvokeAsync(Context());
        var refused = Context();

        await middleware.InvokeAsync(refused);

        Assert.Equal((429, "300"), (refused.Response.StatusCode, refused.Response.Headers.RetryAfter.ToString()));
        refused.Response.Body.Position = 0;
        Assert.Contains("\"code\":971", await new StreamReader(refused.Response.Body).ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answers_WithAToken_SayWhatIsLeft()
    {
        var tenant = await host.CreateTenantAsync();

        foreach (var (path, remaining) in new[] { ("accounts", 1_199), ($"accounts/{tenant.AccountId}/ai-gateway/gateways/missing", 1_198) })
        {
            var answer = await host.SendAsync(HttpMethod.Get, path, tenant.Token);

            Assert.Equal("\"default\";q=1200;w=300", answer.Headers["Ratelimit-Policy"]);
            Assert.StartsWith($"\"default\";r={remaining};t=", answer.Headers["Ratelimit"], StringComparison.Ordinal);
            Assert.False(answer.Headers.ContainsKey("Retry-After"));
        }

        Assert.False((await host.SendAsync(HttpMethod.Get, "accounts", "wrong")).Headers.ContainsKey("Ratelimit"));
    }

    private static TokenPrincipal Token(string id, string? account = "a") => new() { TokenId = id, AccountId = account, Permissions = Permissions.All };

    private RequestQuota Quota(int limit) => new(new GatewayOptions { Management = { RequestLimit = limit } }, _clock);
}
