using System.Buffers.Binary;
using System.Text;
using GatewayActors.Abstractions.Logpush;
using GatewayActors.Abstractions.Logs;

namespace GatewayActors.Front.Export.Logpush;

/// <summary>What deliveries of a job look like: its <c>output_options</c>, made ready. Immutable.</summary>
internal sealed class LogpushFormat
{
    private readonly decimal _sampleRate;

    private LogpushFormat(LogpushOutput output, IReadOnlyList<LogpushField> fields, IReadOnlyList<TemplatePart>? template)
    {
        IsCsv = output.Type == LogpushOutputType.Csv;
        Timestamps = output.Timestamps ?? LogpushTimestamps.Rfc3339Milliseconds;
        ReplacesLookups = output.ReplacesLookups ?? false;
        _sampleRate = output.SampleRate ?? 1;
        BatchPrefix = Encoding.UTF8.GetBytes(output.BatchPrefix ?? "");
        BatchSuffix = Encoding.UTF8.GetBytes(output.BatchSuffix ?? "");
        RecordDelimiter = Encoding.UTF8.GetBytes(output.RecordDelimiter ?? "");
        Parts = [new(output.RecordPrefix ?? (IsCsv ? "" : "{"), null), .. template ?? List(fields, output.FieldDelimiter ?? ","), new(output.RecordSuffix ?? (IsCsv ? "\n" : "}\n"), null)];
    }

    /// <summary>That of a job without options.</summary>
    public static LogpushFormat Default { get; } = Read(new(), out _, out _)!;

    public bool IsCsv { get; }

    public LogpushTimestamps Timestamps { get; }

    /// <summary>Whether <c>${</c> becomes <c>x{</c>.</summary>
    public bool ReplacesLookups { get; }

    public byte[] BatchPrefix { get; }

    public byte[] BatchSuffix { get; }

    public byte[] RecordDelimiter { get; }

    /// <summary>What an entry consists of.</summary>
    public IReadOnlyList<TemplatePart> Parts { get; }

    /// <summary>Whether a field is written at all.</summary>
    public bool Has(string field) => Parts.Any(part => part.Field?.Name == field);

    /// <summary>Makes options ready; null, with the option and what is wrong with it, if they cannot be used.</summary>
    public static LogpushFormat? Read(LogpushOutput output, out string? option, out string? problem)
    {
        (option, problem) = (null, null);
        List<LogpushField> fields = [];
        foreach (var name in output.FieldNames ?? [])
        {
            if (LogpushField.Find(name) is not { } field || fields.Contains(field))
            {
                (option, problem) = ("field_names", LogpushField.Find(name) is null ? $"must be names of {string.Join(", ", LogpushField.All.Select(known => known.Name))}" : $"holds {name} twice");
                return null;
            }

            fields.Add(field);
        }

        IReadOnlyList<LogpushField> chosen = fields.Count > 0 ? fields : LogpushField.All;
        if (output.RecordTemplate is not { } text)
        {
            return new(output, chosen, template: null) { IsNamed = output.Type != LogpushOutputType.Csv };
        }

        var template = RecordTemplate.Read(text, chosen, out problem);
        option = template is null ? "record_template" : null;
        return template is null ? null : new(output, chosen, template);
    }

    /// <summary>Whether values have their names in front, as in an object.</summary>
    public bool IsNamed { get; private init; }

    /// <summary>Whether an entry is in the sample. The same one always is or is not: a delivery that is repeated has the same entries.</summary>
    public bool Takes(LogEntry entry)
    {
        if (_sampleRate >= 1)
        {
            return true;
        }

        // The end of an id is random.
        Span<byte> bytes = stackalloc byte[16];
        entry.Id.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]) < _sampleRate * (1L << 32);
    }

    private static IEnumerable<TemplatePart> List(IReadOnlyList<LogpushField> fields, string delimiter)
    {
        foreach (var (index, field) in fields.Index())
        {
            if (index > 0)
            {
                yield return new(delimiter, null);
            }

            yield return new(null, field);
        }
    }
}
