namespace GatewayActors.Grains.Caching;

/// <summary>How much memory cached answers may take.</summary>
public sealed class CacheOptions
{
    /// <summary>Bytes that the cached answers of one silo take at most. Default: 256 MiB.</summary>
    public long MaxBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>Bytes that the cached answers of one account take at most in one silo. Default: as many as there are.</summary>
    public long MaxBytesPerAccount { get; set; } = long.MaxValue;

    /// <summary>Bytes that the cached answers of one gateway take at most, over all its shards. Default: 128 MiB.</summary>
    public long MaxBytesPerGateway { get; set; } = 128L * 1024 * 1024;
}
