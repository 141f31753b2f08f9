namespace GatewayActors.Front.Configuration;

/// <summary>The request log. Bound from <c>Gateway:Logs</c>.</summary>
public sealed class LogOptions
{
    /// <summary>
    /// The most of both bodies together that is stored with an entry, in bytes; larger ones are not stored at all. Default: 10,485,760
    /// (10 MiB).
    /// Range: 0 to 104,857,600 (100 MiB).
    /// </summary>
    [Between(0, 104_857_600)]
    public long MaxPayloadBytes { get; set; } = 10 * 1024 * 1024;

    /// <summary>Entries that may wait to be written; further ones are dropped and counted. Default: 20,000. Range: 100 to 1,000,000.</summary>
    [Between(100, 1_000_000)]
    public int QueueEntries { get; set; } = 20_000;

    /// <summary>
    /// Memory for waiting bodies, in bytes; above it entries are kept without their bodies. Default: 268,435,456 (256 MiB). Range:
    /// 1,048,576 (1 MiB) to 17,179,869,184 (16 GiB).
    /// </summary>
    [Between(1_048_576, 17_179_869_184)]
    public long QueueBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>Entries that are written in one transaction at most. Default: 2,000. Range: 1 to 20,000.</summary>
    [Between(1, 20_000)]
    public int BatchEntries { get; set; } = 2_000;

    /// <summary>
    /// The longest time an entry waits for its batch to fill; a crash loses at most what waits. Default: 200 ms. Range: 10 ms to
    /// 10 seconds.
    /// </summary>
    [Between("00:00:00.010", "00:00:10")]
    public TimeSpan BatchInterval { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Days after which entries are deleted, where the gateway's <c>log_retention_days</c> says nothing. Default: none, entries stay. Range: 1 to 3,650.
    /// </summary>
    [Between(1, 3_650)]
    public int? RetentionDays { get; set; }

    /// <summary>Entries of <c>cf-aig-metadata</c> that are kept per request. Default: 5. Range: 0 to 50.</summary>
    [Between(0, 50)]
    public int MaxMetadataEntries { get; set; } = 5;

    /// <summary>Live tails that an account may have open at once on this node. Default: 10. Range: 0 to 1,000.</summary>
    [Between(0, 1_000)]
    public int MaxTailsPerAccount { get; set; } = 10;
}
