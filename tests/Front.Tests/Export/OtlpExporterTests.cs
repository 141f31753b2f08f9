using System.Diagnostics.Metrics;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Egress;
using GatewayActors.Front.Export;
using GatewayActors.Front.Export.Otlp;
using GatewayActors.Front.Secrets;
using GatewayActors.Front.Telemetry;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Front.Tests.Management;
using GatewayActors.Providers;
using GatewayActors.Testing.Upstreams;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace GatewayActors.Front.Tests.Export;

public sealed class OtlpExporterTests : IAsyncDisposable
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private readonly TestClock _clock = new();
    private readonly GatewayOptions _options = new();
    private readonly References _references = new();
    private readonly SecretSealer _sealer = new(new EphemeralDataProtectionProvider());
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton(new ProviderCatalog(BuiltInProviders.All)).AddSingleton<TelemetryLabels>().AddSingleton<GatewayMetrics>().BuildServiceProvider();
    private readonly MeterListener _listener = new();
    private readonly OtlpSender _sender;
    private long _dropped;
    private FakeUpstream? _collector;

    public OtlpExporterTests()
    {
        _options.Upstream.AllowPrivateNetworks = true;
        _sender = new(new GuardedEgress(new SystemHostResolver(), _options, NullLogger<GuardedEgress>.Instance), _references, _sealer, _clock, NullLogger<OtlpSender>.Instance);
        var meters = _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == meters && instrument.Name == TelemetryNames.Metrics.ExportDropped)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref _dropped, value));
        _listener.Start();
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        _sender.Dispose();
        await _services.DisposeAsync();
        if (_collector is not null)
        {
            await _collector.DisposeAsync();
        }
    }

    [Fact]
    public async Task Enqueue_MoreThanFits_NeitherWaitsNorGrows()
    {
        var collector = await StartAsync();
        var gate = new Gate();
        collector.Default.Otherwise(_ => new UpstreamReply().Wait(gate));
        var exporter = Exporter();

        for (var number = 0; number < OtlpExporter.MaxBatch; number++)
        {
            exporter.Enqueue(Span());
        }

        var first = await collector.Default.NextAsync(_cancelled); // The collector holds the first batch; whatever comes now must wait.
        for (var number = 0; number < OtlpExporter.MaxQueue + 9; number++)
        {
            exporter.Enqueue(Span());
        }

        await first.BodyReceived;
        Assert.Equal(OtlpExporter.MaxBatch, CollectedSpans.FromJson(first.Body).Count);
        Assert.Equal(9, Interlocked.Read(ref _dropped));
        gate.Open();
    }

    [Fact]
    public async Task Stop_WhatWaits_IsSentAtOnce()
    {
        var collector = await StartAsync();
        collector.Default.Then(UpstreamReply.Json("{}"));
        var exporter = Exporter();
        exporter.Enqueue(Span());

        await exporter.StopAsync();

        Assert.Single(collector.Default.Requests);
    }

    [Fact]
    public async Task Send_RefusedForGood_IsNotTriedAgain()
    {
        var collector = await StartAsync();
        collector.Default.Then(UpstreamReply.Json("{}", 400));
        var exporter = Exporter();
        exporter.Enqueue(Span());

        await exporter.StopAsync();

        Assert.Single(collector.Default.Requests);
        Assert.Equal(1, Interlocked.Read(ref _dropped));
    }

    [Theory]
    [InlineData("Bearer literal", "Bearer literal")]
    [InlineData("known", "Bearer of-the-store")]
    [InlineData("unknown", null)]
    [InlineData(null, null)]
    public async Task Send_Authorization_IsAHeaderOrAReference(string? configured, string? sent)
    {
        var collector = await StartAsync();
        collector.Default.Then(UpstreamReply.Json("{}"));
        _references.Values[("a", "known")] = "Bearer of-the-store";

        var outcome = await _sender.SendAsync(Address(configured), "{}"u8.ToArray(), _cancelled);

        Assert.True(outcome.IsTaken);
        Assert.Equal(sent, Assert.Single(collector.Default.Requests).Header("authorization"));
    }

    [Fact]
    public async Task Send_SealedCredentials_AreOpenedForTheCollectorOnly()
    {
        var collector = await StartAsync();
        collector.Default.Otherwise(_ => UpstreamReply.Json("{}"));
        var settings = new OtelExporter
        {
            Url = _sealer.SealText("a", $"{collector.BaseUrl}/v1/traces?key=of-the-url"),
            Headers = new Dictionary<string, string> { ["x-key"] = _sealer.SealText("a", "of-the-header") },
            Authorization = _sealer.SealText("a", "Bearer literal"),
        };

        Assert.True((await _sender.SendAsync(new("a", "g", settings), "{}"u8.ToArray(), _cancelled)).IsTaken);
        var moved = await _sender.SendAsync(new("b", "g", settings), "{}"u8.ToArray(), _cancelled);

        var request = Assert.Single(collector.Default.Requests);
        Assert.Equal(("/v1/traces?key=of-the-url", "of-the-header", "Bearer literal"), (request.Target, request.Header("x-key"), request.Header("authorization")));
        Assert.Equal((true, true), (moved.IsFinal, moved.Problem is not null));
    }

    [Fact]
    public async Task Send_ToAPrivateAddress_IsRefusedAndNamesNothing()
    {
        var collector = await StartAsync();
        _options.Upstream.AllowPrivateNetworks = false;

        var outcome = await _sender.SendAsync(Address(null), "{}"u8.ToArray(), _cancelled);

        Assert.Equal("the destination cannot be reached", outcome.Problem);
        Assert.Empty(collector.Default.Requests);
    }

    private async Task<FakeUpstream> StartAsync() => _collector = await FakeUpstream.StartAsync(_cancelled);

    private ExporterAddress Address(string? authorization) =>
        new("a", "g", new() { Url = $"{_collector!.BaseUrl}/v1/traces", Headers = new Dictionary<string, string>(), Authorization = authorization });

    private OtlpExporter Exporter() => new(Address(null), _sender, _services.GetRequiredService<GatewayMetrics>(), Random.Shared, _clock, NullLogger<OtlpExporter>.Instance);

    private static ExportedSpan Span() => new() { Trace = new("0af7651916cd43dd8448eb211c80319c", null), SpanId = 1, Entry = Entries.Make("a", "g") };

    private sealed class References : ISecretReferences
    {
        public Dictionary<(string, string), string> Values { get; } = [];

        public ValueTask<string?> FindAsync(string accountId, string reference, CancellationToken cancellationToken) => new(Values.GetValueOrDefault((accountId, reference)));
    }
}
