using BenchmarkDotNet.Attributes;

namespace GatewayActors.Benchmarks.Proxy;

/// <summary>
/// What one proxied request allocates in the whole gateway: server, stages, grain call, client, log writer. Both ends beside it are plain
/// sockets that allocate nothing, so that every byte counted is the gateway's.
/// </summary>
[InProcess, MemoryDiagnoser, WarmupCount(10), IterationCount(10), InvocationCount(2_000)]
public class ProxiedRequestBenchmarks : IDisposable
{
    private LoopbackUpstream? _upstream;
    private InProcessGateway? _gateway;
    private LoopbackClient? _json;
    private LoopbackClient? _sse;
    private LoopbackClient? _cached;

    /// <summary>Starts the gateway once for all benchmarks of this class.</summary>
    [GlobalSetup]
    public async Task StartAsync()
    {
        _upstream = new();
        _gateway = await InProcessGateway.StartAsync(_upstream.Port);
        _json = new(_gateway, isStream: false);
        _sse = new(_gateway, isStream: true);
        _cached = new(_gateway, isStream: false, "cf-aig-cache-ttl: 86400\r\n");
        Check(_json.Send(), LoopbackUpstream.JsonBody);
        Check(_sse.Send(), LoopbackUpstream.EventBody);
        Check(_cached.Send(), LoopbackUpstream.JsonBody);
    }

    /// <summary>Closes the connections. The gateway itself ends with the process.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _json?.Dispose();
        _sse?.Dispose();
        _cached?.Dispose();
        _upstream?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A chat completion of 1 KB.</summary>
    [Benchmark(Baseline = true)]
    public int Json() => _json!.Send();

    /// <summary>A stream of 100 events.</summary>
    [Benchmark]
    public int Sse() => _sse!.Send();

    /// <summary>The same chat completion out of the cache.</summary>
    [Benchmark]
    public int Cached() => _cached!.Send();

    private static void Check(int received, int least)
    {
        if (received < least)
        {
            throw new InvalidOperationException($"The answer has {received} bytes, its body alone should have {least}.");
        }
    }
}
