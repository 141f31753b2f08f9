using System.Runtime.InteropServices;
using System.Text.Json;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Storage.Logs;
using Microsoft.Data.Sqlite;

namespace GatewayActors.Storage.Sqlite.Logs;

/// <summary>Adds exchanges to the hour of each entry of their metadata. Metadata is content: when a log entry goes, or its metadata changes, so do these sums.</summary>
internal sealed class MetadataRollupWriter(SqliteConnection connection) : IDisposable
{
    /// <summary>Longer values are summed up under their beginning.</summary>
    public const int LongestValue = 128;

    private readonly SqliteStatement _upsert = new(connection,
        $"""
        INSERT INTO {RollupTables.Metadata} (gateway_key, at_us, key, value, success, cached, requests, tokens_in, tokens_out,
            cache_read_tokens, cache_write_tokens, cost_pico, durations)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET
            requests = requests + excluded.requests,
            tokens_in = CAST(tokens_in + excluded.tokens_in AS INTEGER),
            tokens_out = CAST(tokens_out + excluded.tokens_out AS INTEGER),
            cache_read_tokens = CAST(cache_read_tokens + excluded.cache_read_tokens AS INTEGER),
            cache_write_tokens = CAST(cache_write_tokens + excluded.cache_write_tokens AS INTEGER),
            cost_pico = CAST(cost_pico + excluded.cost_pico AS INTEGER),
            durations = COALESCE({DurationFunctions.Merge}(durations, excluded.durations), x'')
        """);

    private readonly SqliteStatement _subtract = new(connection,
        $"""
        UPDATE {RollupTables.Metadata} SET requests = requests - ?, tokens_in = tokens_in - ?, tokens_out = tokens_out - ?,
            cache_read_tokens = cache_read_tokens - ?, cache_write_tokens = cache_write_tokens - ?, cost_pico = cost_pico - ?,
            durations = COALESCE({DurationFunctions.Subtract}(durations, ?), x'')
        WHERE gateway_key = ? AND at_us = ? AND key = ? AND value = ? AND success = ? AND cached = ?
        """);

    private readonly SqliteStatement _drop = new(connection,
        $"DELETE FROM {RollupTables.Metadata} WHERE gateway_key = ? AND at_us = ? AND key = ? AND value = ? AND success = ? AND cached = ? AND requests <= 0 AND tokens_in <= 0 AND tokens_out <= 0 AND cost_pico <= 0");

    private readonly Dictionary<Key, RollupSums> _sums = [];

    public void Begin() => _sums.Clear();

    public void Add(long gatewayKey, LogEntry entry)
    {
        if (entry.MetadataJson is not { Length: > 2 } json)
        {
            return;
        }

        var hour = Timestamps.Floor(Timestamps.ToMicroseconds(entry.CreatedAt), Timestamps.Hour);
        try
        {
            using var metadata = JsonDocument.Parse(json);
            if (metadata.RootElement.ValueKind == JsonValueKind.Object)
            {
                foreach (var property in metadata.RootElement.EnumerateObject())
                {
                    var key = new Key(gatewayKey, hour, property.Name, TextOf(property.Value), entry.Success, entry.Cached);
                    (CollectionsMarshal.GetValueRefOrAddDefault(_sums, key, out _) ??= new()).Add(entry);
                }
            }
        }
        catch (JsonException)
        {
            // An older release may have stored anything: it is shown as it is, and has no entries to count.
        }
    }

    public void Flush()
    {
        foreach (var (key, sums) in _sums)
        {
            _upsert
                .Int64(key.GatewayKey).Int64(key.At).Text(key.Name).Text(key.Value).Boolean(key.Success).Boolean(key.Cached)
                .Int64(sums.Requests).Int64(sums.TokensIn).Int64(sums.TokensOut).Int64(sums.CacheReadTokens).Int64(sums.CacheWriteTokens)
                .Int64(sums.CostPico).Blob(sums.Durations.ToBytes())
                .Run();
        }
    }

    /// <summary>Takes back what was added since <see cref="Begin"/>, which earlier transactions have counted.</summary>
    public void FlushSubtracting()
    {
        foreach (var (key, sums) in _sums)
        {
            _subtract
                .Int64(sums.Requests).Int64(sums.TokensIn).Int64(sums.TokensOut).Int64(sums.CacheReadTokens).Int64(sums.CacheWriteTokens)
                .Int64(sums.CostPico).Blob(sums.Durations.ToBytes())
                .Int64(key.GatewayKey).Int64(key.At).Text(key.Name).Text(key.Value).Boolean(key.Success).Boolean(key.Cached)
                .Run();
            _drop.Int64(key.GatewayKey).Int64(key.At).Text(key.Name).Text(key.Value).Boolean(key.Success).Boolean(key.Cached).Run();
        }
    }

    public void Dispose()
    {
        _upsert.Dispose();
        _subtract.Dispose();
        _drop.Dispose();
    }

    private static string TextOf(JsonElement value)
    {
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        if (text.Length <= LongestValue)
        {
            return text;
        }

        // Not within a pair that stands for one character.
        return text[..(char.IsHighSurrogate(text[LongestValue - 1]) ? LongestValue - 1 : LongestValue)];
    }

    private readonly record struct Key(long GatewayKey, long At, string Name, string Value, bool Success, bool Cached);
}
