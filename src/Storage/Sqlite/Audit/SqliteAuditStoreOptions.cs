namespace GatewayActors.Storage;

/// <summary>Where the audit log is kept.</summary>
public sealed class SqliteAuditStoreOptions
{
    /// <summary>The file; made if missing. No default.</summary>
    public string Path { get; set; } = "";
}
