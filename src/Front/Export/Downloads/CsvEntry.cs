using System.Buffers;
using System.Globalization;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Export.Downloads;

/// <summary>A log entry as a line of comma-separated values. The columns have the names of the admin API's fields.</summary>
internal static class CsvEntry
{
    private static readonly (string Name, Func<LogEntry, CsvCell> Cell)[] Columns =
    [
        ("id", entry => CsvCell.Safe(entry.Id.ToString("D"))),
        ("created_at", entry => CsvCell.Safe(Times.Format(entry.CreatedAt))),
        ("provider", entry => CsvCell.Text(entry.Provider)),
        ("model", entry => CsvCell.Text(entry.Model)),
        ("model_type", entry => CsvCell.Text(entry.ModelType)),
        ("path", entry => CsvCell.Text(entry.Path)),
        ("request_type", entry => CsvCell.Text(entry.RequestType)),
        ("status_code", entry => Number(entry.StatusCode)),
        ("success", entry => Flag(entry.Success)),
        ("cached", entry => Flag(entry.Cached)),
        ("duration", entry => Number((long)Math.Round(entry.DurationMs))),
        ("latency", entry => entry.UpstreamLatencyMs is { } latency ? Number((long)Math.Round(latency)) : default),
        ("tokens_in", entry => Number(entry.TokensIn)),
        ("tokens_out", entry => Number(entry.TokensOut)),
        ("cost", entry => Number(entry.CostUsd)),
        ("custom_cost", entry => Flag(entry.CustomCost)),
        ("metadata", entry => CsvCell.Text(entry.MetadataJson)),
        ("step", entry => Number(entry.Step)),
        ("event_id", entry => CsvCell.Text(entry.EventId)),
        ("feedback", entry => Number(entry.Feedback)),
        ("score", entry => Number(entry.Score)),
        ("authentication", entry => Flag(entry.Authentication)),
        ("wholesale", entry => Flag(entry.Wholesale)),
        ("byok", entry => Flag(entry.Byok)),
        ("compatibilityMode", entry => Flag(entry.CompatibilityMode)),
        ("dlp_action", entry => CsvCell.Text(entry.DlpAction)),
        ("user_agent", entry => CsvCell.Text(entry.UserAgent)),
        ("request_content_type", entry => CsvCell.Text(entry.RequestContentType)),
        ("response_content_type", entry => CsvCell.Text(entry.ResponseContentType)),
        ("request_size", entry => Number(entry.RequestBytes)),
        ("response_size", entry => Number(entry.ResponseBytes)),
    ];

    /// <summary>Writes the names of the columns.</summary>
    public static void WriteHeader(IBufferWriter<byte> output, bool withBodies)
    {
        foreach (var (index, (name, _)) in Columns.Index())
        {
            CsvCell.Safe(name).Write(output, isFirst: index == 0);
        }

        if (withBodies)
        {
            CsvCell.Safe("request").Write(output, isFirst: false);
            CsvCell.Safe("response").Write(output, isFirst: false);
        }

        output.Write("\r\n"u8);
    }

    /// <summary>Writes an entry.</summary>
    public static void Write(IBufferWriter<byte> output, LogEntry entry, bool withBodies, string? request, string? response)
    {
        foreach (var (index, (_, cell)) in Columns.Index())
        {
            cell(entry).Write(output, isFirst: index == 0);
        }

        if (withBodies)
        {
            CsvCell.Text(request).Write(output, isFirst: false);
            CsvCell.Text(response).Write(output, isFirst: false);
        }

        output.Write("\r\n"u8);
    }

    private static CsvCell Flag(bool value) => CsvCell.Safe(value ? "true" : "false");

    private static CsvCell Number(long? value) => CsvCell.Safe(value?.ToString(CultureInfo.InvariantCulture));

    private static CsvCell Number(decimal? value) => CsvCell.Safe(value?.ToString(CultureInfo.InvariantCulture));
}
