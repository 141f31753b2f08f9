using System.Net.WebSockets;
using System.Text;

namespace GatewayActors.Front.Sockets;

/// <summary>Why a WebSocket is closed.</summary>
/// <param name="Status">The code.</param>
/// <param name="Text">A sentence for the other side; null for none.</param>
internal readonly record struct CloseReason(WebSocketCloseStatus Status, string? Text)
{
    private const int MaxTextBytes = 123; // What is left of a control frame beside the code.

    /// <summary>Everything is well.</summary>
    public static CloseReason Normal { get; } = new(WebSocketCloseStatus.NormalClosure, null);

    /// <summary>One of ours: its text is cut to what a close frame can hold.</summary>
    public static CloseReason Of(WebSocketCloseStatus status, string text)
    {
        while (Encoding.UTF8.GetByteCount(text) > MaxTextBytes)
        {
            text = text[..^(char.IsLowSurrogate(text[^1]) ? 2 : 1)];
        }

        return new(status, text);
    }

    /// <summary>What the other side has sent; a normal end where it has sent no code.</summary>
    public static CloseReason ReceivedBy(WebSocket socket) =>
        socket.CloseStatus is { } status and not WebSocketCloseStatus.Empty ? new(status, socket.CloseStatusDescription) : Normal;
}
