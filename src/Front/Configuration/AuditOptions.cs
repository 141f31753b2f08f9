namespace GatewayActors.Front.Configuration;

/// <summary>The audit log of the admin API. Bound from <c>Gateway:Audit</c>.</summary>
public sealed class AuditOptions
{
    /// <summary>Days after which entries are deleted. Default: 540 (18 months). Range: 1 to 36,500.</summary>
    [Between(1, 36_500)]
    public int RetentionDays { get; set; } = 540;
}
