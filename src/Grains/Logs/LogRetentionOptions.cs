namespace GatewayActors.Grains.Logs;

/// <summary>How long log entries are kept.</summary>
public sealed class LogRetentionOptions
{
    /// <summary>Days, for gateways whose configuration says nothing; null keeps their entries.</summary>
    public int? RetentionDays { get; set; }
}
