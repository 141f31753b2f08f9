using GatewayActors.Front.Configuration;

namespace GatewayActors.Front.Upstreams;

/// <summary>Cancels one attempt: when its client goes away, when another attempt is preferred, when the first byte or the next one is late, or when it takes too long in all.</summary>
internal sealed class AttemptTimer : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration _clientGone;
    private readonly TimeProvider _timeProvider;
    private readonly UpstreamOptions _options;
    private readonly CancellationToken _client;
    private readonly CancellationToken _dropped;
    private readonly CancellationTokenRegistration _whenDropped;

    public AttemptTimer(TimeSpan firstByteTimeout, UpstreamOptions options, TimeProvider timeProvider, CancellationToken client, CancellationToken dropped)
    {
        (_timeProvider, _options, _client, _dropped) = (timeProvider, options, client, dropped);
        StartedAt = timeProvider.GetTimestamp();
        FirstByteTimeout = firstByteTimeout;
        _source = new(firstByteTimeout, timeProvider);
        _clientGone = client.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
        _whenDropped = dropped.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
    }

    public CancellationToken Token => _source.Token;

    public long StartedAt { get; }

    public TimeSpan FirstByteTimeout { get; }

    /// <summary>Whether a limit of time was hit, rather than the client gone or the attempt dropped.</summary>
    public bool TimedOut => _source.IsCancellationRequested && !_client.IsCancellationRequested && !IsDropped;

    /// <summary>Whether another attempt was preferred.</summary>
    public bool IsDropped => _dropped.IsCancellationRequested;

    public TimeSpan Elapsed => _timeProvider.GetElapsedTime(StartedAt);

    /// <summary>Whether nothing has come yet.</summary>
    public bool AwaitsFirstByte { get; private set; } = true;

    /// <summary>Gives the upstream its time for the next bytes, within what is left of the total.</summary>
    public void ExpectNextBytes()
    {
        AwaitsFirstByte = false;
        var left = _options.TotalTimeout - Elapsed;
        _source.CancelAfter(left <= TimeSpan.Zero ? TimeSpan.Zero : left < _options.IdleTimeout ? left : _options.IdleTimeout);
    }

    public void Dispose()
    {
        _clientGone.Dispose();
        _whenDropped.Dispose();
        _source.Dispose();
    }
}
