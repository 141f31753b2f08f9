using System.Net;
using System.Net.Sockets;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Telemetry;
using GatewayActors.Front.Tests.Health;
using GatewayActors.Providers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GatewayActors.Front.Tests.Telemetry;

/// <summary>A collector hears the meters of the whole process by their name: nothing else may record while these tests count.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class WholeProcessMetrics;

[Collection(typeof(WholeProcessMetrics))]
public sealed class MetricsEndpointsTests
{
    [Theory]
    [InlineData(null, 401)]
    [InlineData("unknown", 401)]
    [InlineData("account", 403)]
    [InlineData("operator", 200)]
    public async Task Metrics_OnTheFrontsPort_AreForTheOperator(string? token, int expected)
    {
        await using var host = Host(new GatewayOptions());
        await host.StartAsync();

        using var response = await host.SendAsync(HttpMethod.Get, "/metrics", token);

        Assert.Equal(expected, (int)response.StatusCode);
        Assert.Equal(expected == 401, response.Headers.WwwAuthenticate.Count == 1);
    }

    [Fact]
    public async Task Metrics_AreThePrometheusNames()
    {
        await using var host = Host(new GatewayOptions());
        await host.StartAsync();
        var metrics = host.Services.GetRequiredService<GatewayMetrics>();
        metrics.ExchangeStarted();
        metrics.RecordExchange(new() { Outcome = ExchangeOutcome.Success, StatusCode = 200, Duration = TimeSpan.FromSeconds(1), Provider = "openai", CostUsd = 0.5m });

        var (_, text) = await host.GetAsync("/metrics", "operator");

        Assert.Matches("""(?m)^gateway_exchanges_total\{.*gateway_outcome="success".*\} 1$""", text);
        Assert.Contains("gateway_exchange_duration_seconds_bucket{", text, StringComparison.Ordinal);
        Assert.Contains("le=\"600\"", text, StringComparison.Ordinal);
        Assert.Matches("""(?m)^gateway_exchanges_in_flight(\{.*\})? 0$""", text);
        Assert.Matches("""(?m)^gateway_cost_total\{.*\} 0\.5$""", text);
    }

    [Fact]
    public async Task MetricsUrl_ServesMetricsThereWithoutATokenAndNothingElse()
    {
        using var reservation = new TcpListener(IPAddress.Loopback, 0);
        reservation.Start();
        var port = ((IPEndPoint)reservation.LocalEndpoint).Port;
        reservation.Stop();
        var options = new GatewayOptions { MetricsUrl = $"http://127.0.0.1:{port}" };
        await using var host = Host(options, $"http://127.0.0.1:0;{options.MetricsUrl}");
        await host.StartAsync();

        Assert.Equal(200, (await host.GetAsync("/metrics", listener: 1)).Status);
        Assert.Equal(404, (await host.GetAsync("/hello", listener: 1)).Status);
        Assert.Equal(404, (await host.GetAsync("/metrics", "operator", listener: 0)).Status);
        Assert.Equal(200, (await host.GetAsync("/hello", listener: 0)).Status);
    }

    [Theory]
    [InlineData("TRACES", "OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4317", true)]
    [InlineData("METRICS", "OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4317", true)]
    [InlineData("TRACES", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://collector:4317", true)]
    [InlineData("METRICS", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://collector:4317", false)]
    [InlineData("TRACES", "", false)]
    [InlineData("TRACES", "OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4317;OTEL_SDK_DISABLED=true", false)]
    [InlineData("TRACES", "OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4317;OTEL_TRACES_EXPORTER=none", false)]
    public void IsExported_FollowsTheStandardVariables(string signal, string variables, bool expected)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(variables.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => (string?)pair[1]))
            .Build();

        Assert.Equal(expected, TelemetryServiceCollectionExtensions.IsExported(configuration, signal));
    }

    private static FrontHost Host(GatewayOptions options, string urls = "http://127.0.0.1:0") => new(
        services => services
            .AddSingleton(options)
            .AddSingleton<ITokenVerifier, Verifier>()
            .AddSingleton(new ProviderCatalog([new MetricsCollector.NamedProvider("openai")]))
            .AddGatewayTelemetry(new ConfigurationBuilder().Build()),
        app =>
        {
            app.UseGatewayMetricsListener();
            app.MapGatewayMetrics();
            app.MapGet("/hello", () => "hello");
        },
        urls);

    private sealed class Verifier : ITokenVerifier
    {
        public ValueTask<TokenPrincipal?> VerifyAsync(ReadOnlySpan<char> value, IPAddress? client, CancellationToken cancellationToken) =>
            ValueTask.FromResult(value.SequenceEqual("operator") ? Principal(null) : value.SequenceEqual("account") ? Principal("account") : null);

        public void Forget(string value) => throw new NotSupportedException();

        private static TokenPrincipal Principal(string? account) => new() { TokenId = "id", AccountId = account, Permissions = Permissions.None };
    }
}
