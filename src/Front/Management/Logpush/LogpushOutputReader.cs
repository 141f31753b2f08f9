using System.Text.Json.Serialization;
using GatewayActors.Abstractions.Logpush;
using GatewayActors.Front.Export.Logpush;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.Logpush;

/// <summary>Reads <c>output_options</c>. An update replaces them whole, as in the reference; one without them leaves them.</summary>
internal static class LogpushOutputReader
{
    private const string Name = "output_options";
    private const int MaxText = 1_024;
    private const int MaxTemplate = 8_192;

    private static readonly string[] Known =
    [
        "field_names", "output_type", "timestamp_format", "sample_rate", "batch_prefix", "batch_suffix", "record_prefix", "record_suffix", "record_delimiter", "field_delimiter",
        "record_template", LogpushOutputResource.Lookups, "merge_subrequests",
    ];

    public static Words<LogpushOutputType> Types { get; } = new((LogpushOutputType.Ndjson, "ndjson"), (LogpushOutputType.Csv, "csv"));

    public static Words<LogpushTimestamps> Timestamps { get; } = new(
        (LogpushTimestamps.UnixNano, "unixnano"),
        (LogpushTimestamps.Unix, "unix"),
        (LogpushTimestamps.Rfc3339, "rfc3339"),
        (LogpushTimestamps.Rfc3339Milliseconds, "rfc3339ms"),
        (LogpushTimestamps.Rfc3339Nanoseconds, "rfc3339ns"));

    public static LogpushOutput? Read(ObjectReader job, LogpushOutput? stored)
    {
        var read = job.Object(Name);
        if (read.Value is not { } reader)
        {
            return read.IsSet ? null : stored;
        }

        var before = reader.Errors.Count;
        foreach (var name in reader.Names.Where(name => !Known.Contains(name)))
        {
            reader.Fail(name, "There is no such option");
        }

        if (reader.Boolean("merge_subrequests").Value == true)
        {
            reader.Fail("merge_subrequests", "The dataset has no subrequests");
        }

        var output = new LogpushOutput
        {
            FieldNames = reader.Texts("field_names", 0, 100, 64).Value,
            Type = reader.Word("output_type", Types).Value,
            Timestamps = reader.Word("timestamp_format", Timestamps).Value,
            SampleRate = reader.Number("sample_rate", 0, 1).Value,
            BatchPrefix = reader.Text("batch_prefix", 0, MaxText).Value,
            BatchSuffix = reader.Text("batch_suffix", 0, MaxText).Value,
            RecordPrefix = reader.Text("record_prefix", 0, MaxText).Value,
            RecordSuffix = reader.Text("record_suffix", 0, MaxText).Value,
            RecordDelimiter = reader.Text("record_delimiter", 0, MaxText).Value,
            FieldDelimiter = reader.Text("field_delimiter", 0, MaxText).Value,
            RecordTemplate = reader.Text("record_template", 0, MaxTemplate).Value is { Length: > 0 } template ? template : null,
            ReplacesLookups = reader.Boolean(LogpushOutputResource.Lookups).Value,
        };
        if (reader.Errors.Count == before && LogpushFormat.Read(output, out var option, out var problem) is null)
        {
            reader.Fail(option!, $"{option} {problem}");
        }

        return output;
    }
}

/// <summary><c>output_options</c> as they were set.</summary>
internal sealed record LogpushOutputResource
{
    /// <summary>The option that makes lines harmless to readers with that vulnerability.</summary>
    public const string Lookups = "CVE-2021-44228";

    public IReadOnlyList<string>? FieldNames { get; init; }

    public string? OutputType { get; init; }

    public string? TimestampFormat { get; init; }

    public decimal? SampleRate { get; init; }

    public string? BatchPrefix { get; init; }

    public string? BatchSuffix { get; init; }

    public string? RecordPrefix { get; init; }

    public string? RecordSuffix { get; init; }

    public string? RecordDelimiter { get; init; }

    public string? FieldDelimiter { get; init; }

    public string? RecordTemplate { get; init; }

    [JsonPropertyName(Lookups)]
    public bool? ReplacesLookups { get; init; }

    public static LogpushOutputResource? From(LogpushOutput? output) => output is null ? null : new()
    {
        FieldNames = output.FieldNames,
        OutputType = LogpushOutputReader.Types.Format(output.Type),
        TimestampFormat = LogpushOutputReader.Timestamps.Format(output.Timestamps),
        SampleRate = output.SampleRate,
        BatchPrefix = output.BatchPrefix,
        BatchSuffix = output.BatchSuffix,
        RecordPrefix = output.RecordPrefix,
        RecordSuffix = output.RecordSuffix,
        RecordDelimiter = output.RecordDelimiter,
        FieldDelimiter = output.FieldDelimiter,
        RecordTemplate = output.RecordTemplate,
        ReplacesLookups = output.ReplacesLookups,
    };
}
