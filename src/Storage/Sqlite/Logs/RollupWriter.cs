using System.Runtime.InteropServices;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Storage.Logs;
using Microsoft.Data.Sqlite;

namespace GatewayActors.Storage.Sqlite.Logs;

/// <summary>Adds up a batch in memory, then adds each sum to its hour with one statement.</summary>
internal sealed class RollupWriter(SqliteConnection connection) : IDisposable
{
    // The casts keep a sum that would overflow at the largest integer; without them SQLite would go on in floating point.
    private readonly SqliteStatement _upsert = new(connection,
        """
        INSERT INTO log_rollup (gateway_key, hour_us, provider, model, status_class, cached, requests, errors, tokens_in, tokens_out,
            cost_pico, duration_us, first_byte_us, first_bytes)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET
            requests = requests + excluded.requests,
            errors = errors + excluded.errors,
            tokens_in = CAST(tokens_in + excluded.tokens_in AS INTEGER),
            tokens_out = CAST(tokens_out + excluded.tokens_out AS INTEGER),
            cost_pico = CAST(cost_pico + excluded.cost_pico AS INTEGER),
            duration_us = CAST(duration_us + excluded.duration_us AS INTEGER),
            first_byte_us = CAST(first_byte_us + excluded.first_byte_us AS INTEGER),
            first_bytes = first_bytes + excluded.first_bytes
        """);

    private readonly Dictionary<Key, Sums> _sums = [];

    public void Begin() => _sums.Clear();

    public void Add(long gatewayKey, LogEntry entry)
    {
        var hour = Timestamps.ToMicroseconds(entry.CreatedAt);
        hour -= ((hour % Timestamps.Hour) + Timestamps.Hour) % Timestamps.Hour;
        ref var sums = ref CollectionsMarshal.GetValueRefOrAddDefault(
            _sums, new(gatewayKey, hour, entry.Provider, entry.Model, entry.StatusCode / 100, entry.Cached), out _);
        sums.Requests++;
        sums.Errors += entry.Success ? 0 : 1;
        sums.TokensIn = Decimals.AddSaturating(sums.TokensIn, entry.TokensIn ?? 0);
        sums.TokensOut = Decimals.AddSaturating(sums.TokensOut, entry.TokensOut ?? 0);
        sums.CostPico = Decimals.AddSaturating(sums.CostPico, PicoDollars.From(entry.CostUsd ?? 0));
        sums.Duration = Decimals.AddSaturating(sums.Duration, Timestamps.Microseconds(entry.DurationMs));
        if (Timestamps.Microseconds(entry.TimeToFirstByteMs) is { } firstByte)
        {
            sums.FirstByte = Decimals.AddSaturating(sums.FirstByte, firstByte);
            sums.FirstBytes++;
        }
    }

    public void Flush()
    {
        foreach (var (key, sums) in _sums)
        {
            _upsert
                .Int64(key.GatewayKey).Int64(key.Hour).Text(key.Provider).Text(key.Model).Int64(key.StatusClass).Boolean(key.Cached)
                .Int64(sums.Requests).Int64(sums.Errors).Int64(sums.TokensIn).Int64(sums.TokensOut)
                .Int64(sums.CostPico).Int64(sums.Duration).Int64(sums.FirstByte).Int64(sums.FirstBytes)
                .Run();
        }
    }

    public void Dispose() => _upsert.Dispose();

    private readonly record struct Key(long GatewayKey, long Hour, string Provider, string Model, int StatusClass, bool Cached);

    private struct Sums
    {
        public long Requests;
        public long Errors;
        public long TokensIn;
        public long TokensOut;
        public long CostPico;
        public long Duration;
        public long FirstByte;
        public long FirstBytes;
    }
}
