using System.Net.WebSockets;
using GatewayActors.Front.Sockets;
using GatewayActors.Providers.Realtime;

namespace GatewayActors.Front.Realtime;

/// <summary>One of the two WebSockets of a session.</summary>
/// <param name="sender">Whose it is.</param>
/// <param name="socket">The WebSocket.</param>
internal sealed class RealtimeLeg(RealtimeSender sender, WebSocket socket)
{
    private int _isClosing;

    public RealtimeSender Sender => sender;

    public WebSocket Socket => socket;

    /// <summary>Whether the other side has gone without a close frame.</summary>
    public bool IsBroken { get; set; }

    /// <summary>Whether no more messages may be sent.</summary>
    public bool IsClosing => IsBroken || Volatile.Read(ref _isClosing) != 0;

    /// <summary>Sends a close frame, once; whoever does not take it in time is cut off.</summary>
    public async Task CloseAsync(CloseReason reason, TimeSpan timeout, TimeProvider timeProvider)
    {
        if (IsBroken || Interlocked.Exchange(ref _isClosing, 1) != 0)
        {
            return;
        }

        using var late = new CancellationTokenSource(timeout, timeProvider);
        try
        {
            await socket.CloseOutputAsync(reason.Status, reason.Text, late.Token);
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            socket.Abort();
        }
    }

    /// <summary>Whether this is how a WebSocket says that its connection is no more.</summary>
    public static bool IsEnd(Exception exception) =>
        exception is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException;
}
