namespace GatewayActors.Storage.Sqlite.Audit;

/// <summary>The table of the audit log.</summary>
internal static class AuditSchema
{
    public static SqliteSchema Schema { get; } = new("audit log", [
        """
        CREATE TABLE audit_entry (
            id BLOB PRIMARY KEY,
            account_id TEXT NOT NULL,
            when_us INTEGER NOT NULL,
            actor_id TEXT NOT NULL,
            actor_name TEXT NOT NULL,
            is_operator INTEGER NOT NULL,
            actor_ip TEXT,
            action TEXT NOT NULL,
            resource_type TEXT NOT NULL,
            resource_id TEXT,
            method TEXT NOT NULL,
            route TEXT NOT NULL,
            path TEXT NOT NULL,
            status INTEGER NOT NULL,
            error_codes TEXT,
            request_id TEXT NOT NULL,
            old_json TEXT,
            new_json TEXT);

        CREATE INDEX audit_entry_by_account ON audit_entry (account_id, when_us);
        CREATE INDEX audit_entry_by_age ON audit_entry (when_us);
        """,
    ]);
}
