namespace GatewayActors.Front.Configuration;

/// <summary>WebSockets of clients: realtime sessions and universal requests. Bound from <c>Gateway:WebSockets</c>.</summary>
public sealed class SocketOptions
{
    /// <summary>
    /// The largest message in either direction, in bytes; a larger one closes the WebSocket with 1009. Messages of universal requests are held in
    /// memory. Default: 16,777,216 (16 MiB). Range: 1,024 to 1,073,741,824.
    /// </summary>
    [Between(1_024, 1_073_741_824)]
    public long MaxMessageBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Time without a message in either direction after which a WebSocket is closed with 1001. Default: 10 minutes. Range: 1 second to 1 day.</summary>
    [Between("00:00:01", "1.00:00:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The longest that a WebSocket stays open; then it is closed with 1001. Default: 4 hours. Range: 1 second to 7 days.</summary>
    [Between("00:00:01", "7.00:00:00")]
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromHours(4);

    /// <summary>Time between two pings to either side. Default: 30 seconds. Range: 1 second to 1 hour.</summary>
    [Between("00:00:01", "01:00:00")]
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Time for the answer to a ping; without one the connection counts as lost. Default: 30 seconds. Range: 1 second to 1 hour.</summary>
    [Between("00:00:01", "01:00:00")]
    public TimeSpan PongTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Time for the provider's answer to the handshake, where the request does not set one. Default: 30 seconds. Range: 100 ms to 10 minutes.</summary>
    [Between("00:00:00.100", "00:10:00")]
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Time for the other side to end a session that one side has closed, or that the gateway closes; then it is cut. Default: 5 seconds. Range:
    /// 100 ms to 1 minute.
    /// </summary>
    [Between("00:00:00.100", "00:01:00")]
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long WebSockets go on when the process stops; then they are closed with 1001. Default: 10 seconds, or
    /// <see cref="GatewayOptions.DrainTimeout"/> if that is shorter, at which everything is cut. Range: 0 to 1 hour, at most that time.
    /// </summary>
    [Between("00:00:00", "01:00:00")]
    public TimeSpan? StopGrace { get; set; }

    /// <summary>How many universal requests of one WebSocket may be in flight; more are answered with 429. Default: 32. Range: 1 to 1,000.</summary>
    [Between(1, 1_000)]
    public int MaxInFlight { get; set; } = 32;
}
