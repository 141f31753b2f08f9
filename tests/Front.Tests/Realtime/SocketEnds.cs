using System.Net.WebSockets;
using System.Text.Json;
using GatewayActors.Front.Tests.DataPlane;

namespace GatewayActors.Front.Tests.Realtime;

/// <summary>How sessions end, as the two sides and the log see it.</summary>
internal static class SocketEnds
{
    /// <summary>Reads whatever still comes, up to the close frame.</summary>
    public static async Task<WebSocketCloseStatus?> ReadToCloseAsync(WebSocket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        while ((await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken)).MessageType != WebSocketMessageType.Close)
        {
        }

        return socket.CloseStatus;
    }

    /// <summary>What the log entry says about a session.</summary>
    public static JsonElement Session(Recorded recorded) => JsonElement.Parse(recorded.Entry.DetailsJson!).GetProperty("session");

    /// <summary>Who has ended a session, and how.</summary>
    public static (string? By, int Code) Closed(Recorded recorded)
    {
        var close = Session(recorded).GetProperty("close");
        return (close.GetProperty("by").GetString(), close.GetProperty("code").GetInt32());
    }
}
