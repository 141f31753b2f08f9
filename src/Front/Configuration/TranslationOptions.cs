namespace GatewayActors.Front.Configuration;

/// <summary>Requests that are put into another format than their client's. Bound from <c>Gateway:Translation</c>.</summary>
public sealed class TranslationOptions
{
    /// <summary>
    /// Whether images and documents that clients name by URL are fetched for providers that take bytes only. From the public internet alone,
    /// unless <see cref="UpstreamOptions.AllowPrivateNetworks"/> opens the rest. Default: true.
    /// </summary>
    public bool FetchMedia { get; set; } = true;

    /// <summary>The most that is fetched for one request, in bytes, of all its URLs together. Default: 20,971,520 (20 MiB). Range: 1,024 to 104,857,600 (100 MiB).</summary>
    [Between(1_024, 104_857_600)]
    public long MaxMediaBytes { get; set; } = 20 * 1024 * 1024;

    /// <summary>How many URLs of one request are fetched. Default: 20. Range: 1 to 1,000.</summary>
    [Between(1, 1_000)]
    public int MaxMediaUrls { get; set; } = 20;

    /// <summary>How long fetching one of them may take, redirects included. Default: 10 seconds. Range: 1 second to 5 minutes.</summary>
    [Between("00:00:01", "00:05:00")]
    public TimeSpan MediaTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long what providers want back with their calls is kept for clients that do not send it back, encrypted, in the memory of the cache.
    /// Default: 1 hour. Range: 0, which keeps nothing, to 1 day.
    /// </summary>
    [Between("00:00:00", "1.00:00:00")]
    public TimeSpan KeepReasoning { get; set; } = TimeSpan.FromHours(1);
}
