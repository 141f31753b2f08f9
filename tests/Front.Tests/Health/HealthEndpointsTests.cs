using System.Net;
using GatewayActors.Front.Health;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GatewayActors.Front.Tests.Health;

public sealed class HealthEndpointsTests : IAsyncLifetime
{
    private readonly InFlight _inFlight = new();
    private readonly FrontHost _host;

    public HealthEndpointsTests() =>
        _host = new(services => services.AddGatewayHealth().AddSingleton<IInFlightExchanges>(_inFlight), app =>
        {
            app.MapGatewayHealth();
            app.MapGatewayStartPage();
        });

    private Readiness Readiness => _host.Services.GetRequiredService<Readiness>();

    public ValueTask InitializeAsync() => new(_host.StartAsync());

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Ready_BeforeStarted_Is503()
    {
        Assert.Equal((503, """{"status":"starting","reasons":["The process has not finished starting."]}"""), await _host.GetAsync("/healthz/ready"));
        Assert.Equal(200, (await _host.GetAsync("/healthz/live")).Status);
    }

    [Fact]
    public async Task Ready_Started_Is200()
    {
        Readiness.MarkStarted();

        Assert.Equal((200, """{"status":"ready","reasons":[]}"""), await _host.GetAsync("/healthz/ready"));
    }

    [Fact]
    public async Task Ready_PartFailsAndRecovers_FollowsIt()
    {
        Readiness.MarkStarted();
        Readiness.ReportProblem("logs", "The log store does not answer.");
        Assert.Equal((503, """{"status":"unhealthy","reasons":["logs: The log store does not answer."]}"""), await _host.GetAsync("/healthz/ready"));

        Readiness.ClearProblem("logs");
        Assert.Equal(200, (await _host.GetAsync("/healthz/ready")).Status);
    }

    [Fact]
    public async Task Ready_HostStopping_DrainsAndCountsWhatIsInFlight()
    {
        Readiness.MarkStarted();
        _inFlight.Count = 3;
        Readiness.BeginDraining();

        Assert.Equal((503, """{"status":"draining","reasons":["The process is stopping.","Exchanges in flight: 3."]}"""), await _host.GetAsync("/healthz/ready"));
        Assert.Equal(200, (await _host.GetAsync("/healthz/live")).Status);
    }

    [Fact]
    public async Task Live_FatalProblem_Is503()
    {
        Readiness.MarkStarted();
        Readiness.ReportFatal("The cluster has declared this silo dead.");

        var (status, body) = await _host.GetAsync("/healthz/live");
        Assert.Equal(503, status);
        Assert.Contains("declared this silo dead", body, StringComparison.Ordinal);
        Assert.Equal(503, (await _host.GetAsync("/healthz/ready")).Status);
    }

    [Fact]
    public async Task ApplicationStopping_ReadinessDrains()
    {
        Readiness.MarkStarted();
        var readiness = Readiness;

        await _host.StopAsync();

        Assert.Equal(ReadinessStatus.Draining, readiness.Current.Status);
    }

    [Fact]
    public async Task StartPage_LoadsNothingFromElsewhere()
    {
        using var response = await _host.SendAsync(HttpMethod.Get, "/");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("default-src 'none'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        var page = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("href=\"/openapi/v1.json\"", page, StringComparison.Ordinal);
        Assert.Contains("href=\"/healthz/ready\"", page, StringComparison.Ordinal);
        Assert.Contains("<html lang=\"en\">", page, StringComparison.Ordinal);
        Assert.DoesNotContain("src=", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain("://", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartPage_Head_HasNoBody()
    {
        using var response = await _host.SendAsync(HttpMethod.Head, "/");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    private sealed class InFlight : IInFlightExchanges
    {
        public int Count { get; set; }
    }
}
