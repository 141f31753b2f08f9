using GatewayActors.Abstractions.Audit;
using Microsoft.Data.Sqlite;

namespace GatewayActors.Storage.Sqlite.Audit;

/// <summary>The statements of the audit log.</summary>
internal static class AuditSql
{
    private const string Columns =
        "id, account_id, when_us, actor_id, actor_name, is_operator, actor_ip, action, resource_type, resource_id, method, route, path, status, error_codes, request_id, old_json, new_json";

    private const string Where =
        """
        FROM audit_entry WHERE account_id = $account
            AND ($id IS NULL OR id = $id)
            AND ($since IS NULL OR when_us >= $since)
            AND ($before IS NULL OR when_us <= $before)
            AND ($actorId IS NULL OR actor_id = $actorId)
            AND ($actorName IS NULL OR actor_name = $actorName)
            AND ($actorIp IS NULL OR actor_ip = $actorIp)
            AND ($action IS NULL OR action = $action)
            AND ($resourceType IS NULL OR resource_type = $resourceType)
            AND ($resourceId IS NULL OR resource_id = $resourceId)
        """;

    private const string InsertSql =
        $"""
        INSERT INTO audit_entry ({Columns})
            VALUES ($id, $account, $when, $actorId, $actorName, $isOperator, $actorIp, $action, $resourceType, $resourceId, $method, $route, $path, $status, $errors, $request, $old, $new)
        """;

    public static int Insert(SqliteConnection connection, AuditEntry entry)
    {
        using var command = connection.CreateCommand();
        command.CommandText = InsertSql;
        var values = command.Parameters;
        values.AddWithValue("$id", entry.Id.ToByteArray(bigEndian: true));
        values.AddWithValue("$account", entry.AccountId);
        values.AddWithValue("$when", Timestamps.ToMicroseconds(entry.When));
        values.AddWithValue("$actorId", entry.ActorId);
        values.AddWithValue("$actorName", entry.ActorName);
        values.AddWithValue("$isOperator", entry.IsOperator);
        values.AddWithValue("$actorIp", OrNull(entry.ActorIp));
        values.AddWithValue("$action", entry.Action);
        values.AddWithValue("$resourceType", entry.ResourceType);
        values.AddWithValue("$resourceId", OrNull(entry.ResourceId));
        values.AddWithValue("$method", entry.Method);
        values.AddWithValue("$route", entry.Route);
        values.AddWithValue("$path", entry.Path);
        values.AddWithValue("$status", entry.Status);
        values.AddWithValue("$errors", OrNull(entry.ErrorCodes));
        values.AddWithValue("$request", entry.RequestId);
        values.AddWithValue("$old", OrNull(entry.OldJson));
        values.AddWithValue("$new", OrNull(entry.NewJson));
        return command.ExecuteNonQuery();
    }

    public static int Delete(SqliteConnection connection, DateTimeOffset before)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "DELETE FROM audit_entry WHERE when_us < $before";
        command.Parameters.AddWithValue("$before", Timestamps.ToMicroseconds(before));
        return command.ExecuteNonQuery();
    }

    public static AuditPage Read(SqliteConnection connection, AuditQuery query)
    {
        // One transaction, so that the count fits the page.
        using var transaction = connection.BeginTransaction(deferred: true);
        using var count = connection.CreateCommand();
        count.Transaction = transaction;
        count.CommandText = $"SELECT COUNT(*) {Where}";
        Bind(count, query);
        var total = (long)count.ExecuteScalar()!;

        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = query.Descending
            ? $"SELECT {Columns} {Where} ORDER BY when_us DESC, id DESC LIMIT $limit OFFSET $offset"
            : $"SELECT {Columns} {Where} ORDER BY when_us, id LIMIT $limit OFFSET $offset";
        Bind(command, query);
        command.Parameters.AddWithValue("$limit", query.Limit);
        command.Parameters.AddWithValue("$offset", query.Offset);
        using var rows = command.ExecuteReader();
        List<AuditEntry> entries = [];
        while (rows.Read())
        {
            entries.Add(ReadRow(rows));
        }

        return new(entries, total);
    }

    private static void Bind(SqliteCommand command, AuditQuery query)
    {
        var values = command.Parameters;
        values.AddWithValue("$account", query.AccountId);
        values.AddWithValue("$id", OrNull(query.Id?.ToByteArray(bigEndian: true)));
        values.AddWithValue("$since", OrNull(query.Since is { } since ? Timestamps.ToMicroseconds(since) : null));
        values.AddWithValue("$before", OrNull(query.Before is { } before ? Timestamps.ToMicroseconds(before) : null));
        values.AddWithValue("$actorId", OrNull(query.ActorId));
        values.AddWithValue("$actorName", OrNull(query.ActorName));
        values.AddWithValue("$actorIp", OrNull(query.ActorIp));
        values.AddWithValue("$action", OrNull(query.Action));
        values.AddWithValue("$resourceType", OrNull(query.ResourceType));
        values.AddWithValue("$resourceId", OrNull(query.ResourceId));
    }

    private static AuditEntry ReadRow(SqliteDataReader row) => new()
    {
        Id = new Guid((byte[])row[0], bigEndian: true),
        AccountId = row.GetString(1),
        When = Timestamps.FromMicroseconds(row.GetInt64(2)),
        ActorId = row.GetString(3),
        ActorName = row.GetString(4),
        IsOperator = row.GetBoolean(5),
        ActorIp = Text(row, 6),
        Action = row.GetString(7),
        ResourceType = row.GetString(8),
        ResourceId = Text(row, 9),
        Method = row.GetString(10),
        Route = row.GetString(11),
        Path = row.GetString(12),
        Status = row.GetInt32(13),
        ErrorCodes = Text(row, 14),
        RequestId = row.GetString(15),
        OldJson = Text(row, 16),
        NewJson = Text(row, 17),
    };

    private static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static object OrNull(object? value) => value ?? DBNull.Value;
}
