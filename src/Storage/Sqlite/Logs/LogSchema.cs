namespace GatewayActors.Storage.Sqlite.Logs;

/// <summary>The tables of the request log.</summary>
internal static class LogSchema
{
    // Entries are clustered by gateway and time: the newest of a gateway, and a time range of it, are neighbours on disk. The index
    // on the id finds one entry, refuses a second with the same id, and is what a count over a gateway reads. Texts stand in the row
    // instead of in a dictionary: most are chosen by clients, so a dictionary would grow without bound and outlive deletions.
    private static readonly string[] Steps =
    [
        """
        CREATE TABLE gateway (
            key INTEGER PRIMARY KEY AUTOINCREMENT,
            account_id TEXT NOT NULL,
            gateway_id TEXT NOT NULL,
            entries INTEGER NOT NULL DEFAULT 0,
            UNIQUE (account_id, gateway_id));

        CREATE TABLE log_entry (
            gateway_key INTEGER NOT NULL,
            created_us INTEGER NOT NULL,
            id BLOB NOT NULL,
            provider TEXT NOT NULL,
            model TEXT NOT NULL,
            model_type TEXT,
            path TEXT NOT NULL,
            request_type TEXT NOT NULL,
            request_content_type TEXT,
            response_content_type TEXT,
            status_code INTEGER NOT NULL,
            success INTEGER NOT NULL,
            cached INTEGER NOT NULL,
            duration_us INTEGER NOT NULL,
            first_byte_us INTEGER,
            upstream_us INTEGER,
            tokens_in INTEGER,
            tokens_out INTEGER,
            cache_read_tokens INTEGER,
            cache_write_tokens INTEGER,
            reasoning_tokens INTEGER,
            audio_in_tokens INTEGER,
            audio_out_tokens INTEGER,
            units TEXT,
            unit_kind TEXT,
            cost_pico INTEGER,
            custom_cost INTEGER NOT NULL,
            metadata TEXT,
            step INTEGER NOT NULL,
            request_bytes INTEGER NOT NULL,
            response_bytes INTEGER NOT NULL,
            event_id TEXT,
            authentication INTEGER NOT NULL,
            wholesale INTEGER NOT NULL,
            byok INTEGER NOT NULL,
            compatibility_mode INTEGER NOT NULL,
            dlp_action TEXT,
            user_agent TEXT,
            feedback INTEGER,
            score TEXT,
            details TEXT,
            body_segment INTEGER,
            body_offset INTEGER,
            request_body_length INTEGER,
            response_body_length INTEGER,
            PRIMARY KEY (gateway_key, created_us, id)) WITHOUT ROWID;

        CREATE UNIQUE INDEX log_entry_id ON log_entry (gateway_key, id);

        -- Two tables, because changing a row that holds a large blob would write the blob again.
        CREATE TABLE body_segment (id INTEGER PRIMARY KEY, live INTEGER NOT NULL);
        CREATE TABLE body_data (id INTEGER PRIMARY KEY, data BLOB NOT NULL);

        CREATE TABLE log_rollup (
            gateway_key INTEGER NOT NULL,
            hour_us INTEGER NOT NULL,
            provider TEXT NOT NULL,
            model TEXT NOT NULL,
            status_class INTEGER NOT NULL,
            cached INTEGER NOT NULL,
            requests INTEGER NOT NULL,
            errors INTEGER NOT NULL,
            tokens_in INTEGER NOT NULL,
            tokens_out INTEGER NOT NULL,
            cost_pico INTEGER NOT NULL,
            duration_us INTEGER NOT NULL,
            first_byte_us INTEGER NOT NULL,
            first_bytes INTEGER NOT NULL,
            PRIMARY KEY (gateway_key, hour_us, provider, model, status_class, cached)) WITHOUT ROWID;
        """,

        // Bodies move into files of their own. Those that were logged before are given up; the entries stay.
        """
        UPDATE log_entry SET body_segment = NULL, body_offset = NULL, request_body_length = NULL, response_body_length = NULL
            WHERE body_segment IS NOT NULL;
        DROP TABLE body_segment;
        DROP TABLE body_data;
        ALTER TABLE log_entry RENAME COLUMN body_segment TO body_file;

        -- An id is never used twice: a late reader must not find another entry's bytes.
        CREATE TABLE body_file (id INTEGER PRIMARY KEY AUTOINCREMENT, length INTEGER NOT NULL, live INTEGER NOT NULL);

        -- What is still to be overwritten after a deletion; a length of 0 means that the file goes.
        CREATE TABLE body_erasure (file INTEGER NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL);
        """,

        // Sums by minute and by hour, with the durations' distribution. Of the sums by hour and class of status that were kept before, an
        // hour's tokens, costs and times go with the exchanges that succeeded.
        $"""
        ALTER TABLE log_entry ADD COLUMN rate_limited INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE log_entry ADD COLUMN superseded INTEGER NOT NULL DEFAULT 0;

        CREATE TABLE rollup_minute ({RollupColumns}) WITHOUT ROWID;
        CREATE TABLE rollup_hour ({RollupColumns}) WITHOUT ROWID;

        INSERT INTO rollup_hour
            SELECT gateway_key, hour_us, provider, model, status_class * 100, 1, cached, 0, 0, requests - errors, tokens_in, tokens_out, 0, 0,
                cost_pico, duration_us, first_byte_us, first_bytes, x''
            FROM log_rollup;
        INSERT INTO rollup_hour
            SELECT gateway_key, hour_us, provider, model, status_class * 100, 0, cached, 0, 0, errors, 0, 0, 0, 0, 0, 0, 0, 0, x''
            FROM log_rollup WHERE errors > 0;
        DROP TABLE log_rollup;

        CREATE TABLE rollup_metadata (
            gateway_key INTEGER NOT NULL,
            at_us INTEGER NOT NULL,
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            success INTEGER NOT NULL,
            cached INTEGER NOT NULL,
            requests INTEGER NOT NULL,
            tokens_in INTEGER NOT NULL,
            tokens_out INTEGER NOT NULL,
            cache_read_tokens INTEGER NOT NULL,
            cache_write_tokens INTEGER NOT NULL,
            cost_pico INTEGER NOT NULL,
            durations BLOB NOT NULL,
            PRIMARY KEY (gateway_key, at_us, key, value, success, cached)) WITHOUT ROWID;
        """,

        // A number is never used twice: who has pushed up to one must not take a new entry for one of those.
        """
        CREATE TABLE log_outbox (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            gateway_key INTEGER NOT NULL,
            created_us INTEGER NOT NULL,
            entry_id BLOB NOT NULL);
        CREATE INDEX log_outbox_gateway ON log_outbox (gateway_key);
        """,
    ];

    private const string RollupColumns =
        """
        gateway_key INTEGER NOT NULL,
        at_us INTEGER NOT NULL,
        provider TEXT NOT NULL,
        model TEXT NOT NULL,
        status_code INTEGER NOT NULL,
        success INTEGER NOT NULL,
        cached INTEGER NOT NULL,
        rate_limited INTEGER NOT NULL,
        wholesale INTEGER NOT NULL,
        requests INTEGER NOT NULL,
        tokens_in INTEGER NOT NULL,
        tokens_out INTEGER NOT NULL,
        cache_read_tokens INTEGER NOT NULL,
        cache_write_tokens INTEGER NOT NULL,
        cost_pico INTEGER NOT NULL,
        duration_us INTEGER NOT NULL,
        first_byte_us INTEGER NOT NULL,
        first_bytes INTEGER NOT NULL,
        durations BLOB NOT NULL,
        PRIMARY KEY (gateway_key, at_us, provider, model, status_code, success, cached, rate_limited, wholesale)
        """;

    public static SqliteSchema Schema { get; } = UpTo(Steps.Length);

    /// <summary>The schema as an earlier release had it.</summary>
    internal static SqliteSchema UpTo(int version) => new("request log database", Steps[..version]);
}
