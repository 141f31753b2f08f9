using BenchmarkDotNet.Attributes;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace GatewayActors.Benchmarks.Storage;

/// <summary>What one log entry costs the embedded log store, written in batches as the log writer does.</summary>
[InProcess, MemoryDiagnoser, WarmupCount(10), IterationCount(20), InvocationCount(1)]
public class LogStoreBenchmarks : IDisposable
{
    private const int BatchEntries = 2_000;

    private readonly LogEntry[] _batch = new LogEntry[BatchEntries];
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("gateway-benchmarks.");
    private ServiceProvider? _services;
    private ILogStore? _store;

    /// <summary>Whether entries have bodies: a request and an answer of 1 KB each.</summary>
    [Params(true, false)]
    public bool Bodies { get; set; }

    /// <summary>Opens a store in a temporary folder.</summary>
    [GlobalSetup]
    public async Task OpenAsync()
    {
        _services = new ServiceCollection()
            .AddSqliteLogStore(options => options.Path = Path.Combine(_directory.FullName, "logs.db"))
            .BuildServiceProvider();
        _store = _services.GetRequiredService<ILogStore>();
        await _store.InitializeAsync();
    }

    /// <summary>Makes the entries of one batch; an id is stored only once.</summary>
    [IterationSetup]
    public void MakeBatch()
    {
        for (var i = 0; i < BatchEntries; i++)
        {
            _batch[i] = CreateEntry();
        }
    }

    /// <summary>One batch; the figures are per entry.</summary>
    [Benchmark(OperationsPerInvoke = BatchEntries)]
    public Task Write() => _store!.WriteAsync(_batch);

    /// <summary>Closes the store and deletes it.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _services?.Dispose();
        if (_directory.Exists)
        {
            _directory.Delete(recursive: true);
            _directory.Refresh();
        }

        GC.SuppressFinalize(this);
    }

    private LogEntry CreateEntry()
    {
        var now = TimeProvider.System.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        return new()
        {
            Id = id,
            AccountId = "0000000000000000000000000000be7c",
            GatewayId = "default",
            CreatedAt = now,
            Provider = "openai",
            Model = "gpt-4o-mini",
            ModelType = "text-generation",
            Path = "chat/completions",
            RequestType = "http",
            RequestContentType = "application/json",
            ResponseContentType = "application/json",
            StatusCode = 200,
            Success = true,
            DurationMs = 1.5,
            TimeToFirstByteMs = 1.4,
            UpstreamLatencyMs = 1.2,
            TokensIn = 182,
            TokensOut = 97,
            CostUsd = 0.0000855m,
            RequestBytes = Samples.JsonRequest.Length,
            ResponseBytes = Samples.Json.Length,
            EventId = id.ToString("D"),
            Authentication = true,
            UserAgent = "bench/1.0",
            RequestBody = Bodies ? LogBody.Of(Samples.JsonRequest) : null,
            ResponseBody = Bodies ? LogBody.Of(Samples.Json) : null,
        };
    }
}
