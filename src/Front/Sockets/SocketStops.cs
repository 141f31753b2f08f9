using GatewayActors.Front.Configuration;

namespace GatewayActors.Front.Sockets;

/// <summary>Tells WebSockets that the process stops: they may last for days, and a stop cannot wait for that.</summary>
internal sealed class SocketStops : IDisposable
{
    private static readonly TimeSpan UsualGrace = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _closing;
    private readonly CancellationTokenRegistration _stopping;

    public SocketStops(IHostApplicationLifetime lifetime, GatewayOptions options, TimeProvider timeProvider)
    {
        _closing = new(Timeout.InfiniteTimeSpan, timeProvider);
        var grace = options.WebSockets.StopGrace ?? (options.DrainTimeout < UsualGrace ? options.DrainTimeout : UsualGrace);
        _stopping = lifetime.ApplicationStopping.UnsafeRegister(_ => _closing.CancelAfter(grace), null);
    }

    /// <summary>Cancelled when WebSockets have to be closed.</summary>
    public CancellationToken Closing => _closing.Token;

    public void Dispose()
    {
        _stopping.Dispose();
        _closing.Dispose();
    }
}
