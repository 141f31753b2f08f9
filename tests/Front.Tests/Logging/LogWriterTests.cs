using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Export.Tail;
using GatewayActors.Front.Logging;
using GatewayActors.Front.Telemetry;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Providers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace GatewayActors.Front.Tests.Logging;

public sealed class LogWriterTests : IAsyncDisposable
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private readonly RecordedLogs _store = new();
    private readonly TestClock _clock = new();
    private readonly GatewayOptions _options = new();
    private readonly LogTails _tails = new(new());
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton(new ProviderCatalog(BuiltInProviders.All)).AddSingleton<TelemetryLabels>().AddSingleton<GatewayMetrics>().BuildServiceProvider();
    private readonly ConcurrentDictionary<string, long> _dropped = [];
    private readonly MeterListener _listener = new();
    private LogWriter? _writer;

    public LogWriterTests()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == meters && instrument.Name == TelemetryNames.Metrics.LogDropped)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, _) => _dropped.AddOrUpdate((string)tags[0].Value!, value, (_, sum) => sum + value));
        _listener.Start();
    }

    public async ValueTask DisposeAsync()
    {
        _store.BeforeWrite = _ => Task.CompletedTask;
        if (_writer is not null)
        {
            await _writer.StopAsync(CancellationToken.None);
            _writer.Dispose();
        }

        _listener.Dispose();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task FlushAsync_EntriesWait_StoresThemInOrderAndWithTheirBodies()
    {
        _options.Logs.BatchInterval = TimeSpan.FromSeconds(10);
        var writer = await StartAsync();
        var entries = Enumerable.Range(0, 10).Select(number => Entry(number, $"request {number}", $"response {number}")).ToArray();
        Array.ForEach(entries, writer.Write);

        await writer.FlushAsync(_cancelled);

        foreach (var entry in entries)
        {
            Assert.True(_store.TryNext(out var recorded));
            Assert.Same(entry, recorded!.Entry);
            Assert.Equal(($"request {entry.Step}", $"response {entry.Step}"), (Text(recorded.RequestBody), Text(recorded.ResponseBody)));
            Assert.Null(entry.RequestBody); // Let go of.
        }
    }

    [Fact]
    public async Task FlushAsync_NothingWaits_Completes()
    {
        var writer = await StartAsync();

        await writer.FlushAsync(_cancelled);
        await writer.FlushAsync(_cancelled);

        Assert.False(_store.TryNext(out _));
    }

    [Fact]
    public async Task Write_BeforeTheBatchIsFull_IsStoredAfterTheInterval()
    {
        _options.Logs.BatchInterval = TimeSpan.FromMilliseconds(10);
        var writer = await StartAsync();

        writer.Write(Entry(1));

        Assert.Equal(1, (await _store.NextAsync(_cancelled)).Entry.Step);
    }

    [Fact]
    public async Task Write_MoreThanABatch_IsStoredInBatches()
    {
        _options.Logs.BatchEntries = 4;
        var writer = Create();
        for (var number = 0; number < 10; number++)
        {
            writer.Write(Entry(number));
        }

        await writer.StartAsync(_cancelled);

        Assert.Equal((4, 4, 2), (await _store.Batches.ReadAsync(_cancelled), await _store.Batches.ReadAsync(_cancelled), await _store.Batches.ReadAsync(_cancelled)));
    }

    [Fact]
    public async Task Write_TooMuchWaits_DropsBodiesFirstThenEntriesAndCountsBoth()
    {
        const string Incompressible = "pJ3xQ9vB1nZ7tK5mR2wL8yD4hF6gS0cA";
        _options.Logs.QueueBytes = 80;
        _options.Logs.QueueEntries = 5;
        var writer = Create();
        var entries = new List<LogEntry>();
        for (var number = 0; number < 8; number++)
        {
            entries.Add(Entry(number, writer.TakesBodies(Incompressible.Length) ? Incompressible : null));
            writer.Write(entries[^1]);
        }

        await writer.StartAsync(_cancelled);
        await writer.FlushAsync(_cancelled);

        var stored = new List<Recorded>();
        while (_store.TryNext(out var recorded))
        {
            stored.Add(recorded!);
        }

        Assert.Equal([0, 1, 2, 3, 4], stored.Select(recorded => recorded.Entry.Step));
        Assert.Equal([true, true, false, false, false], stored.Select(recorded => recorded.RequestBody is not null));
        Assert.Equal((6L, 3L), (_dropped.GetValueOrDefault("body"), _dropped.GetValueOrDefault("entry")));
        Assert.All(entries, entry => Assert.Null(entry.RequestBody));

        // What was stored or dropped makes room again.
        Assert.True(writer.TakesBodies(80));
        writer.Write(Entry(9, Incompressible));
        Assert.NotNull((await _store.NextAsync(_cancelled)).RequestBody);
    }

    [Fact]
    public async Task Write_StoreFallsBehind_BodiesAreLeftOutBeforeAnEntryIsDropped()
    {
        _options.Logs.QueueEntries = 8;
        var writer = Create();
        var withBody = new List<bool>();
        for (var number = 0; number < 8; number++)
        {
            withBody.Add(writer.TakesBodies(1));
            writer.Write(Entry(number, withBody[^1] ? "b" : null));
        }

        // From three quarters on.
        Assert.Equal([true, true, true, true, true, true, true, false], withBody);
        Assert.Equal((1L, 0L), (_dropped.GetValueOrDefault("body"), _dropped.GetValueOrDefault("entry")));

        await writer.StartAsync(_cancelled);
        await writer.FlushAsync(_cancelled);
        Assert.True(writer.TakesBodies(1)); // It has caught up.
    }

    [Fact]
    public async Task Store_Fails_IsTriedAgainWithoutLossOrReordering()
    {
        var failures = 0;
        _store.BeforeWrite = _ => ++failures <= 3 ? throw new IOException("disk full") : Task.CompletedTask;
        _options.Logs.BatchInterval = TimeSpan.FromMilliseconds(10);
        var writer = await StartAsync();
        writer.Write(Entry(0, "request 0"));
        var number = 0;
        foreach (var pause in (int[])[200, 400, 800])
        {
            await _clock.SetAsync(TimeSpan.FromMilliseconds(pause), _cancelled);
            writer.Write(Entry(++number)); // Comes while the store is down.
            _clock.Advance(TimeSpan.FromMilliseconds(pause));
        }

        for (number = 0; number <= 3; number++)
        {
            var recorded = await _store.NextAsync(_cancelled);
            Assert.Equal(number, recorded.Entry.Step);
            Assert.Equal(number == 0 ? "request 0" : null, Text(recorded.RequestBody));
        }

        await writer.FlushAsync(_cancelled);
        Assert.False(_store.TryNext(out _));
    }

    [Fact]
    public async Task StopAsync_EntriesWait_StoresThemAll()
    {
        _options.Logs.BatchInterval = TimeSpan.FromSeconds(10);
        _options.Logs.BatchEntries = 3;
        var writer = await StartAsync();
        for (var number = 0; number < 7; number++)
        {
            writer.Write(Entry(number));
        }

        await writer.StopAsync(_cancelled);

        for (var number = 0; number < 7; number++)
        {
            Assert.True(_store.TryNext(out var recorded));
            Assert.Equal(number, recorded!.Entry.Step);
        }

        writer.Write(Entry(8, "late"));
        Assert.Equal(1, _dropped.GetValueOrDefault("entry"));
    }

    [Fact]
    public async Task StopAsync_StoreStaysDown_EndsWithTheHostsPatience()
    {
        _options.Logs.BatchInterval = TimeSpan.FromMilliseconds(10);
        _store.BeforeWrite = _ => throw new IOException("disk full");
        var writer = await StartAsync();
        writer.Write(Entry(0));
        await _clock.SetAsync(TimeSpan.FromMilliseconds(200), _cancelled);
        using var patience = new CancellationTokenSource();

        var stopping = writer.StopAsync(patience.Token);
        Assert.False(stopping.IsCompleted);
        await patience.CancelAsync();
        await stopping;
    }

    private static string? Text(byte[]? bytes) => bytes is null ? null : Encoding.UTF8.GetString(bytes);

    private static LogBody? Body(string? text) => text is null ? null : LogBody.Of(Encoding.UTF8.GetBytes(text));

    private static LogEntry Entry(int number, string? request = null, string? response = null) => new()
    {
        Id = Guid.CreateVersion7(),
        AccountId = DataPlaneHost.Account,
        GatewayId = "main",
        CreatedAt = DateTimeOffset.UnixEpoch,
        Provider = "openai",
        Model = "",
        Path = "",
        RequestType = "http",
        StatusCode = 200,
        Success = true,
        DurationMs = 1,
        EventId = "",
        Step = number,
        RequestBody = Body(request),
        ResponseBody = Body(response),
    };

    private LogWriter Create() =>
        _writer = new(_store, _tails, _options, _services.GetRequiredService<GatewayMetrics>(), _clock, NullLogger<LogWriter>.Instance);

    private async Task<LogWriter> StartAsync()
    {
        var writer = Create();
        await writer.StartAsync(_cancelled);
        return writer;
    }
}
