namespace GatewayActors.Front.Configuration;

/// <summary>Push jobs of accounts. Bound from <c>Gateway:Logpush</c>.</summary>
public sealed class LogpushOptions
{
    /// <summary>How often what was logged is pushed. Default: 30 seconds. Range: 1 second to 5 minutes.</summary>
    [Between("00:00:01", "00:05:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The blob service of the storage account that <c>azure://{container}/…</c> stands for, where the destination does not name one itself. Default:
    /// none.
    /// </summary>
    [HttpAddress("https", "http")]
    public string? AzureBlobEndpoint { get; set; }
}
