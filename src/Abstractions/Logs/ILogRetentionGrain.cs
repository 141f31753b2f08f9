namespace GatewayActors.Abstractions.Logs;

/// <summary>
/// Deletes log entries that are older than their gateway keeps them, every hour, woken by a reminder: once for all processes, and on after
/// any of them is gone.
/// </summary>
/// <remarks>Key: <see cref="GrainKeys.LogRetention"/>. One grain, never on the path of a request.</remarks>
[GrainInterfaceType("gateway.log-retention"), Alias("gateway.log-retention")]
public interface ILogRetentionGrain : IGrainWithStringKey
{
    /// <summary>Sees to it that the reminder is there. Every start of a front asks for it; only the first one changes anything.</summary>
    [Alias("ensure")]
    Task EnsureAsync(CancellationToken cancellationToken = default);
}
