using GatewayActors.Front.Configuration;

namespace GatewayActors.Front.Upstreams;

/// <summary>Cancels one attempt: when its client goes away, when the first byte or the next one is late, or when it takes too long in all.</summary>
internal sealed class AttemptTimer : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration _clientGone;
    private readonly TimeProvider _timeProvider;
    private readonly UpstreamOptions _options;
    private readonly CancellationToken _client;

    public AttemptTimer(TimeSpan firstByteTimeout, UpstreamOptions options, TimeProvider timeProvider, CancellationToken client)
    {
        (_timeProvider, _options, _client) = (timeProvider, options, client);
        StartedAt = timeProvider.GetTimestamp();
        FirstByteTimeout = firstByteTimeout;
        _source = new(firstByteTimeout, timeProvider);
        _clientGone = client.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
    }

    public CancellationToken Token => _source.Token;

    public long StartedAt { get; }

    public TimeSpan FirstByteTimeout { get; }

    /// <summary>Whether a limit of time was hit, rather than the client gone.</summary>
    public bool TimedOut => _source.IsCancellationRequested && !_client.IsCancellationRequested;

    public TimeSpan Elapsed => _timeProvider.GetElapsedTime(StartedAt);

    /// <summary>Gives the upstream its time for the next bytes, within what is left of the total.</summary>
    public void ExpectNextBytes()
    {
        var left = _options.TotalTimeout - Elapsed;
        _source.CancelAfter(left <= TimeSpan.Zero ? TimeSpan.Zero : left < _options.IdleTimeout ? left : _options.IdleTimeout);
    }

    public void Dispose()
    {
        _clientGone.Dispose();
        _source.Dispose();
    }
}
