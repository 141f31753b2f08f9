using GatewayActors.Abstractions;
using GatewayActors.Abstractions.CustomDomains;
using GatewayActors.Front.CustomDomains;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing.Upstreams;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GatewayActors.Front.Tests.CustomDomains;

/// <summary>Requests for a custom domain reach its gateway, and nothing else.</summary>
public sealed class CustomDomainExchangeTests
{
    private const string Domain = "ai.example.com";
    private const string Other = "fedcba9876543210fedcba9876543210";

    [Theory]
    [InlineData("/openai/chat/completions")]
    [InlineData("//openai/chat/completions")]
    [InlineData("/compat/chat/completions")]
    public async Task Request_ForADomain_GoesToItsGateway(string target)
    {
        await using var host = await StartAsync();

        var answer = await PostAsync(host, target, "AI.Example.com:8443", target.Contains("compat", StringComparison.Ordinal) ? """{"model":"openai/gpt-4o-mini","messages":[]}""" : null);

        Assert.True(answer.Status == 200, $"{answer.Status}: {answer.Text}");
        Assert.Equal("/v1/chat/completions", Assert.Single(host.Script.Requests).Target);
        Assert.Equal("main", (await host.Logs.NextAsync(TestContext.Current.CancellationToken)).Entry.GatewayId);
    }

    [Fact]
    public async Task Request_ToTheRoot_IsUniversal()
    {
        await using var host = await StartAsync();

        var answer = await PostAsync(host, "/", Domain, """[{"provider":"openai","endpoint":"chat/completions","headers":{"authorization":"Bearer sk"},"query":{"model":"gpt-4o-mini","messages":[]}}]""");

        Assert.True(answer.Status == 200, $"{answer.Status}: {answer.Text}");
        Assert.Equal("0", answer.Header("cf-aig-step"));
    }

    [Theory]
    [InlineData($"/v1/{Other}/main/openai/chat/completions")]
    [InlineData($"/v1/{DataPlaneHost.Account}/main/openai/chat/completions")]
    [InlineData($"/client/v4/accounts/{Other}/ai/v1/chat/completions")]
    [InlineData($"/client/v4/accounts/{DataPlaneHost.Account}/../{Other}/ai/v1/chat/completions")]
    [InlineData($"/client/v4/accounts/{DataPlaneHost.Account}0/ai/v1/chat/completions")]
    [InlineData("/client/v4/accounts")]
    [InlineData("/metrics")]
    [InlineData("/ai-gateway/universal/run/main")]
    [InlineData("/ai-gateway/gateways/main/logs/x")]
    [InlineData("/ai-api/models/search")]
    public async Task Request_ForAnythingElse_StaysInTheDomainsGateway(string target)
    {
        await using var host = await StartAsync();
        host.Gateways[GrainKeys.Gateway(Other, "main")].Set(DataPlaneHost.Configuration());

        var answer = await PostAsync(host, target, Domain);

        answer.AssertError(400, 2008);
        Assert.Empty(host.Script.Requests);
    }

    [Fact]
    public async Task Request_ForTheApiOfItsAccount_IsAnsweredThere()
    {
        await using var host = await StartAsync();

        var answer = await PostAsync(host, $"/client/v4/accounts/{DataPlaneHost.Account}/ai/v1/chat/completions", Domain);

        Assert.Equal(401, answer.Status);
        Assert.Equal(10000, answer.Json.GetProperty("errors")[0].GetProperty("code").GetInt32()); // The API host asks for a token.
    }

    [Theory]
    [InlineData("other.example.com")]
    [InlineData("x.ai.example.com")]
    [InlineData("example.com")]
    public async Task Request_ForAnotherHost_IsNotChanged(string host)
    {
        await using var front = await StartAsync();

        Assert.Equal(404, (await PostAsync(front, "/openai/chat/completions", host)).Status);
        Assert.Equal(200, (await PostAsync(front, $"/v1/{DataPlaneHost.Account}/main/openai/chat/completions", host)).Status);
    }

    [Fact]
    public void Accept_OlderSnapshot_IsLeft()
    {
        var map = new CustomDomainMap();
        map.Accept(Snapshot(2));
        map.Accept(new() { Revision = 1, Gateways = new Dictionary<string, string>() });

        var request = new HttpRequestFeature { RawTarget = "/openai/x", Path = "/openai/x" };
        request.Headers.Host = Domain;
        map.Route(request);

        Assert.Equal($"/v1/{DataPlaneHost.Account}/main/openai/x", request.RawTarget);
    }

    private static async Task<DataPlaneHost> StartAsync()
    {
        var host = await DataPlaneHost.StartAsync();
        host.Script.Otherwise(_ => UpstreamReply.Json(Bodies.Completion));
        host.Services.GetRequiredService<CustomDomainMap>().Accept(Snapshot(1));
        return host;
    }

    private static CustomDomainSnapshot Snapshot(long revision) => new()
    {
        Revision = revision,
        Gateways = new Dictionary<string, string> { [Domain] = GrainKeys.Gateway(DataPlaneHost.Account, "main") },
    };

    private static Task<FrontAnswer> PostAsync(DataPlaneHost front, string target, string host, string? body = null) => front.SendToAsync(
        HttpMethod.Post,
        target,
        body is null ? new ByteArrayContent(Bodies.Chat) : new StringContent(body),
        ("host", host),
        ("authorization", "Bearer sk-client-key"));
}
