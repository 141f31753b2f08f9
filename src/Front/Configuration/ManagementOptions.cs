namespace GatewayActors.Front.Configuration;

/// <summary>The admin API. Bound from <c>Gateway:Management</c>.</summary>
public sealed class ManagementOptions
{
    /// <summary>Requests that an account's API token may make per window; the operator's token is not limited. Default: 1,200. Range: 1 to 1,000,000,000.</summary>
    [Between(1, 1_000_000_000)]
    public int RequestLimit { get; set; } = 1_200;

    /// <summary>The window of <see cref="RequestLimit"/>. Default: 5 minutes. Range: 1 second to 1 day.</summary>
    [Between("00:00:01", "1.00:00:00")]
    public TimeSpan RequestWindow { get; set; } = TimeSpan.FromMinutes(5);
}
