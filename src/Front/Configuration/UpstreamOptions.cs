namespace GatewayActors.Front.Configuration;

/// <summary>Calls to providers. Bound from <c>Gateway:Upstream</c>.</summary>
public sealed class UpstreamOptions
{
    /// <summary>
    /// Whether URLs that tenants set (custom providers, OTLP and log-push targets, guardrail endpoints) may resolve to loopback,
    /// link-local or private addresses, and may be plain http. Default: false.
    /// </summary>
    public bool AllowPrivateNetworks { get; set; }

    /// <summary>Time to open a connection, TLS included. Default: 10 seconds. Range: 100 ms to 5 minutes.</summary>
    [Between("00:00:00.100", "00:05:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Time from sending a request to the first byte of the answer's body. Default: 10 minutes. Range: 1 second to 1 hour.</summary>
    [Between("00:00:01", "01:00:00")]
    public TimeSpan FirstByteTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Time between two chunks of an answer. Default: 5 minutes. Range: 1 second to 1 hour.</summary>
    [Between("00:00:01", "01:00:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Time for one attempt from its start to the last byte. Default: 30 minutes. Range: 1 second to 1 day; at least
    /// <see cref="FirstByteTimeout"/>.
    /// </summary>
    [Between("00:00:01", "1.00:00:00")]
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// The largest request body, in bytes; a larger one is answered with 413. Up to 256 KiB are held in memory;
    /// larger bodies stream, and where another attempt may follow they are kept in a temporary file. Default: 104,857,600 (100 MiB). Range: 1,024 to 1,073,741,824 (1 GiB).
    /// </summary>
    [Between(1_024, 1_073_741_824)]
    public long MaxRequestBodyBytes { get; set; } = 100 * 1024 * 1024;

    /// <summary>
    /// The longest <c>Retry-After</c> of an upstream that is waited for; a longer one ends the attempts at this target. Default:
    /// 5 seconds. Range: 0 to 60 seconds.
    /// </summary>
    [Between("00:00:00", "00:01:00")]
    public TimeSpan MaxRetryAfter { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The largest piece that is read from an upstream at once, in bytes. Default: 16,384. Range: 1,024 to 1,048,576.</summary>
    [Between(1_024, 1_048_576)]
    public int BufferBytes { get; set; } = 16 * 1024;
}
