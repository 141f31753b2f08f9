using System.Collections.Concurrent;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Telemetry;

namespace GatewayActors.Front.Export.Otlp;

/// <summary>The exporters of all gateways that have some. Thread-safe; gateways without exporters never come here.</summary>
internal sealed class OtlpExports(OtlpSender sender, GatewayMetrics metrics, Random random, TimeProvider timeProvider, ILogger<OtlpExporter> logger) : IHostedService
{
    private static readonly TimeSpan TimeToEnd = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<(string Account, string Gateway), GatewayExporters> _gateways = [];

    /// <summary>Exports a step that is over. Never waits.</summary>
    public void Export(Step step, LogEntry entry, IReadOnlyList<OtelExporter> configured)
    {
        var key = (entry.AccountId, entry.GatewayId);
        var exporters = _gateways.TryGetValue(key, out var known) && ReferenceEquals(known.Configured, configured)
            ? known
            : _gateways.AddOrUpdate(key, added => Create(added, configured, before: null), (changed, before) => ReferenceEquals(before.Configured, configured) ? before : Create(changed, configured, before));
        var span = ExportedSpan.Of(step, entry);
        foreach (var (_, exporter) in exporters.All)
        {
            exporter.Enqueue(span);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(_gateways.Values.SelectMany(gateway => gateway.All).Select(entry => entry.Exporter.StopAsync()))
            .WaitAsync(TimeToEnd, timeProvider, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    // One that stays as it was keeps its queue; one that is gone sends what it has.
    private GatewayExporters Create((string Account, string Gateway) key, IReadOnlyList<OtelExporter> configured, GatewayExporters? before) => new(
        configured,
        [
            .. configured.Select(settings => before?.All.FirstOrDefault(entry => IsSame(entry.Settings, settings)) is { Exporter: not null } same
                ? same
                : (settings, new OtlpExporter(new(key.Account, key.Gateway, settings), sender, metrics, random, timeProvider, logger))),
        ]);

    private static bool IsSame(OtelExporter left, OtelExporter right) =>
        (left.Url, left.Authorization, left.ContentType) == (right.Url, right.Authorization, right.ContentType)
        && left.Headers.Count == right.Headers.Count
        && left.Headers.All(header => right.Headers.TryGetValue(header.Key, out var value) && value == header.Value);

    private sealed record GatewayExporters(IReadOnlyList<OtelExporter> Configured, IReadOnlyList<(OtelExporter Settings, OtlpExporter Exporter)> All);
}
