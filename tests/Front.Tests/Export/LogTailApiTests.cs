using System.Net.Http.Headers;
using GatewayActors.Front.Tests.Management;
using Xunit;

namespace GatewayActors.Front.Tests.Export;

[Collection(typeof(AdminTests))]
public sealed class LogTailApiTests(AdminHost host)
{
    [Fact]
    public async Task Tail_OfAGateway_IsAnEventStream()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var tenant = await host.CreateTenantAsync();
        await tenant.CreateGatewayAsync("g");
        var entry = Entries.Make(tenant.AccountId, "g");
        host.Logs.Add(entry);

        using var client = new HttpClient(new SocketsHttpHandler()) { BaseAddress = host.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", tenant.Token);
        using var response = await client.GetAsync(
            new Uri($"client/v4/accounts/{tenant.AccountId}/ai-gateway/gateways/g/logs/tail", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        Assert.Equal(": tail", await lines.ReadLineAsync(cancellationToken));
        host.Tails.Publish([entry]);

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("", await lines.ReadLineAsync(cancellationToken));
        Assert.Equal("event: log", await lines.ReadLineAsync(cancellationToken));
        Assert.Equal($"id: {entry.Id:D}", await lines.ReadLineAsync(cancellationToken));
        Assert.DoesNotContain("request_head", await lines.ReadLineAsync(cancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tail_WithoutRight_IsRefused()
    {
        var (owner, stranger) = (await host.CreateTenantAsync(), await host.CreateTenantAsync());
        await owner.CreateGatewayAsync("g");

        (await host.SendAsync(HttpMethod.Get, $"accounts/{owner.AccountId}/ai-gateway/gateways/g/logs/tail", stranger.Token)).AssertFailure(403, 10000);
        (await stranger.GetAsync("ai-gateway/gateways/g/logs/tail")).AssertFailure(404, 7002);
        (await owner.GetAsync("ai-gateway/gateways/g/logs/tail?order_by=model")).AssertFailure(400, 7001);
    }
}
