namespace GatewayActors.Abstractions.Logpush;

/// <summary>How a job writes its entries. What is null is as <see cref="Type"/> has it.</summary>
[GenerateSerializer, Immutable, Alias("gateway.logpush.output")]
public sealed record LogpushOutput
{
    /// <summary>The fields, in this order; null or empty for all.</summary>
    [Id(0)] public IReadOnlyList<string>? FieldNames { get; init; }

    /// <summary>The form of values and the default of everything else. Default: NDJSON.</summary>
    [Id(1)] public LogpushOutputType? Type { get; init; }

    /// <summary>How times are written. Default: RFC 3339 with milliseconds.</summary>
    [Id(2)] public LogpushTimestamps? Timestamps { get; init; }

    /// <summary>The part of the entries that is pushed, 0 to 1. Default: 1.</summary>
    [Id(3)] public decimal? SampleRate { get; init; }

    /// <summary>Before each delivery.</summary>
    [Id(4)] public string? BatchPrefix { get; init; }

    /// <summary>After each delivery.</summary>
    [Id(5)] public string? BatchSuffix { get; init; }

    /// <summary>Before each entry.</summary>
    [Id(6)] public string? RecordPrefix { get; init; }

    /// <summary>After each entry.</summary>
    [Id(7)] public string? RecordSuffix { get; init; }

    /// <summary>Between entries.</summary>
    [Id(8)] public string? RecordDelimiter { get; init; }

    /// <summary>Between fields; of no effect with a template.</summary>
    [Id(9)] public string? FieldDelimiter { get; init; }

    /// <summary>In the place of the list of fields: text with <c>{{.Field}}</c> in it.</summary>
    [Id(10)] public string? RecordTemplate { get; init; }

    /// <summary>Whether <c>${</c> becomes <c>x{</c>, which vulnerable readers of logs would run. Default: false.</summary>
    [Id(11)] public bool? ReplacesLookups { get; init; }
}

/// <summary>Forms of deliveries.</summary>
public enum LogpushOutputType
{
    /// <summary>One JSON object per line.</summary>
    Ndjson,

    /// <summary>Values between commas.</summary>
    Csv,
}

/// <summary>Forms of times.</summary>
public enum LogpushTimestamps
{
    /// <summary>Nanoseconds since 1970.</summary>
    UnixNano,

    /// <summary>Seconds since 1970.</summary>
    Unix,

    /// <summary>RFC 3339 in seconds.</summary>
    Rfc3339,

    /// <summary>RFC 3339 with milliseconds.</summary>
    Rfc3339Milliseconds,

    /// <summary>RFC 3339 with nanoseconds.</summary>
    Rfc3339Nanoseconds,
}
