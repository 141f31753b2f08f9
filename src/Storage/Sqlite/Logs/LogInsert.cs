using System.Globalization;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Storage.Logs;
using Microsoft.Data.Sqlite;

namespace GatewayActors.Storage.Sqlite.Logs;

/// <summary>Writes one entry's row.</summary>
internal sealed class LogInsert(SqliteConnection connection) : IDisposable
{
    // In the order of Write below.
    private const string Columns =
        """
        gateway_key, created_us, id, provider, model, model_type, path, request_type, request_content_type, response_content_type,
        status_code, success, cached, duration_us, first_byte_us, upstream_us, tokens_in, tokens_out, cache_read_tokens,
        cache_write_tokens, reasoning_tokens, audio_in_tokens, audio_out_tokens, units, unit_kind, cost_pico, custom_cost, metadata,
        step, request_bytes, response_bytes, event_id, authentication, wholesale, byok, compatibility_mode, dlp_action, user_agent,
        feedback, score, details, body_file, body_offset, request_body_length, response_body_length, rate_limited, superseded
        """;

    private readonly SqliteStatement _insert = new(
        connection, $"INSERT INTO log_entry ({Columns}) VALUES ({string.Join(',', Enumerable.Repeat('?', Columns.Count(c => c == ',') + 1))})");

    public void Write(long gatewayKey, LogEntry entry, BodyPlace bodies)
    {
        Span<byte> id = stackalloc byte[16];
        LogIds.Write(entry.Id, id);
        _insert
            .Int64(gatewayKey)
            .Int64(Timestamps.ToMicroseconds(entry.CreatedAt))
            .Blob(id)
            .Text(entry.Provider)
            .Text(entry.Model)
            .Text(entry.ModelType)
            .Text(entry.Path)
            .Text(entry.RequestType)
            .Text(entry.RequestContentType)
            .Text(entry.ResponseContentType)
            .Int64(entry.StatusCode)
            .Boolean(entry.Success)
            .Boolean(entry.Cached)
            .Int64(Timestamps.Microseconds(entry.DurationMs))
            .Int64(Timestamps.Microseconds(entry.TimeToFirstByteMs))
            .Int64(Timestamps.Microseconds(entry.UpstreamLatencyMs))
            .Int64(entry.TokensIn)
            .Int64(entry.TokensOut)
            .Int64(entry.CacheReadTokens)
            .Int64(entry.CacheWriteTokens)
            .Int64(entry.ReasoningTokens)
            .Int64(entry.AudioInTokens)
            .Int64(entry.AudioOutTokens)
            .Text(entry.Units?.ToString(CultureInfo.InvariantCulture))
            .Text(entry.UnitKind)
            .Int64(entry.CostUsd is { } cost ? PicoDollars.From(cost) : null)
            .Boolean(entry.CustomCost)
            .Text(entry.MetadataJson)
            .Int64(entry.Step)
            .Int64(entry.RequestBytes)
            .Int64(entry.ResponseBytes)
            .Text(LogIds.IsTextOf(entry.EventId, entry.Id) ? null : entry.EventId)
            .Boolean(entry.Authentication)
            .Boolean(entry.Wholesale)
            .Boolean(entry.Byok)
            .Boolean(entry.CompatibilityMode)
            .Text(entry.DlpAction)
            .Text(entry.UserAgent)
            .Int64(entry.Feedback)
            .Text(entry.Score?.ToString(CultureInfo.InvariantCulture))
            .Text(entry.DetailsJson)
            .Int64(bodies.File)
            .Int64(bodies.File is null ? null : bodies.Offset)
            .Int64(entry.RequestBody?.Compressed.Length)
            .Int64(entry.ResponseBody?.Compressed.Length)
            .Boolean(entry.RateLimited)
            .Boolean(entry.IsSuperseded)
            .Run();
    }

    public void Dispose() => _insert.Dispose();
}
