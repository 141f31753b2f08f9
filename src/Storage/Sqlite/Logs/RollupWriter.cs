using System.Runtime.InteropServices;
using GatewayActors.Abstractions.Analytics;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Storage.Logs;
using Microsoft.Data.Sqlite;

namespace GatewayActors.Storage.Sqlite.Logs;

/// <summary>Adds up a batch in memory, then adds each sum to its minute and its hour with one statement each.</summary>
internal sealed class RollupWriter(SqliteConnection connection) : IDisposable
{
    /// <summary>How long sums by minute are kept, in stored units: 32 days.</summary>
    public const long MinutesKept = 32 * 24 * Timestamps.Hour;

    private readonly SqliteStatement _addToMinute = new(connection, Upsert(RollupTables.Minute));
    private readonly SqliteStatement _addToHour = new(connection, Upsert(RollupTables.Hour));
    private readonly SqliteStatement _dropMinutes = new(connection, $"DELETE FROM {RollupTables.Minute} WHERE gateway_key = ? AND at_us < ?");
    private readonly Dictionary<RollupKey, RollupSums> _minutes = [];
    private readonly Dictionary<RollupKey, RollupSums> _hours = [];
    private readonly Dictionary<long, long> _trimmed = []; // Gateway to the hour in which its old minutes were dropped.
    private readonly MetadataRollupWriter _metadata = new(connection);

    public void Begin()
    {
        _minutes.Clear();
        _hours.Clear();
        _metadata.Begin();
    }

    public void Add(long gatewayKey, LogEntry entry)
    {
        var at = Timestamps.ToMicroseconds(entry.CreatedAt);
        var key = new RollupKey(
            gatewayKey, Timestamps.Floor(at, Timestamps.Minute), entry.Provider, entry.Model, entry.StatusCode, entry.Success, entry.Cached, entry.RateLimited, entry.Wholesale);
        (CollectionsMarshal.GetValueRefOrAddDefault(_minutes, key, out _) ??= new()).Add(entry);
        _metadata.Add(gatewayKey, entry);
    }

    public void Flush()
    {
        foreach (var (key, sums) in _minutes)
        {
            Write(_addToMinute, key, sums);
            (CollectionsMarshal.GetValueRefOrAddDefault(_hours, key with { At = Timestamps.Floor(key.At, Timestamps.Hour) }, out _) ??= new()).Add(sums);
        }

        foreach (var (key, sums) in _hours)
        {
            Write(_addToHour, key, sums);
            if (_trimmed.GetValueOrDefault(key.GatewayKey) < key.At)
            {
                _dropMinutes.Int64(key.GatewayKey).Int64(key.At - MinutesKept).Run();
                _trimmed[key.GatewayKey] = key.At;
            }
        }

        _metadata.Flush();
    }

    public void Dispose()
    {
        _addToMinute.Dispose();
        _addToHour.Dispose();
        _dropMinutes.Dispose();
        _metadata.Dispose();
    }

    // The casts keep a sum that would overflow at the largest integer; without them SQLite would go on in floating point.
    private static string Upsert(string table) =>
        $"""
        INSERT INTO {table} (gateway_key, at_us, provider, model, status_code, success, cached, rate_limited, wholesale, requests, tokens_in, tokens_out,
            cache_read_tokens, cache_write_tokens, cost_pico, duration_us, first_byte_us, first_bytes, durations)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET
            requests = requests + excluded.requests,
            tokens_in = CAST(tokens_in + excluded.tokens_in AS INTEGER),
            tokens_out = CAST(tokens_out + excluded.tokens_out AS INTEGER),
            cache_read_tokens = CAST(cache_read_tokens + excluded.cache_read_tokens AS INTEGER),
            cache_write_tokens = CAST(cache_write_tokens + excluded.cache_write_tokens AS INTEGER),
            cost_pico = CAST(cost_pico + excluded.cost_pico AS INTEGER),
            duration_us = CAST(duration_us + excluded.duration_us AS INTEGER),
            first_byte_us = CAST(first_byte_us + excluded.first_byte_us AS INTEGER),
            first_bytes = first_bytes + excluded.first_bytes,
            durations = COALESCE({DurationFunctions.Merge}(durations, excluded.durations), x'')
        """;

    private static void Write(SqliteStatement upsert, RollupKey key, RollupSums sums) => upsert
        .Int64(key.GatewayKey).Int64(key.At).Text(key.Provider).Text(key.Model).Int64(key.StatusCode)
        .Boolean(key.Success).Boolean(key.Cached).Boolean(key.RateLimited).Boolean(key.Wholesale)
        .Int64(sums.Requests).Int64(sums.TokensIn).Int64(sums.TokensOut).Int64(sums.CacheReadTokens).Int64(sums.CacheWriteTokens)
        .Int64(sums.CostPico).Int64(sums.Duration).Int64(sums.FirstByte).Int64(sums.FirstBytes).Blob(sums.Durations.ToBytes())
        .Run();
}

/// <summary>Which exchanges are summed up together.</summary>
internal readonly record struct RollupKey(
    long GatewayKey, long At, string Provider, string Model, int StatusCode, bool Success, bool Cached, bool RateLimited, bool Wholesale);

/// <summary>The sums over some exchanges.</summary>
internal sealed class RollupSums
{
    public long Requests { get; private set; }

    public long TokensIn { get; private set; }

    public long TokensOut { get; private set; }

    public long CacheReadTokens { get; private set; }

    public long CacheWriteTokens { get; private set; }

    public long CostPico { get; private set; }

    public long Duration { get; private set; }

    public long FirstByte { get; private set; }

    public long FirstBytes { get; private set; }

    public DurationHistogram Durations { get; } = new();

    public void Add(LogEntry entry)
    {
        TokensIn = Decimals.AddSaturating(TokensIn, entry.TokensIn ?? 0);
        TokensOut = Decimals.AddSaturating(TokensOut, entry.TokensOut ?? 0);
        CacheReadTokens = Decimals.AddSaturating(CacheReadTokens, entry.CacheReadTokens ?? 0);
        CacheWriteTokens = Decimals.AddSaturating(CacheWriteTokens, entry.CacheWriteTokens ?? 0);
        CostPico = Decimals.AddSaturating(CostPico, PicoDollars.From(entry.CostUsd ?? 0));
        if (entry.IsSuperseded)
        {
            return; // It costs, and is no request of its own.
        }

        var duration = Timestamps.Microseconds(entry.DurationMs);
        Requests++;
        Duration = Decimals.AddSaturating(Duration, duration);
        Durations.Add(duration);
        if (Timestamps.Microseconds(entry.TimeToFirstByteMs) is { } firstByte)
        {
            FirstByte = Decimals.AddSaturating(FirstByte, firstByte);
            FirstBytes++;
        }
    }

    public void Add(RollupSums other)
    {
        Requests += other.Requests;
        TokensIn = Decimals.AddSaturating(TokensIn, other.TokensIn);
        TokensOut = Decimals.AddSaturating(TokensOut, other.TokensOut);
        CacheReadTokens = Decimals.AddSaturating(CacheReadTokens, other.CacheReadTokens);
        CacheWriteTokens = Decimals.AddSaturating(CacheWriteTokens, other.CacheWriteTokens);
        CostPico = Decimals.AddSaturating(CostPico, other.CostPico);
        Duration = Decimals.AddSaturating(Duration, other.Duration);
        Durations.Add(other.Durations.ToBytes());
        FirstByte = Decimals.AddSaturating(FirstByte, other.FirstByte);
        FirstBytes += other.FirstBytes;
    }
}
