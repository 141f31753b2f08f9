using System.Buffers.Binary;
using System.Globalization;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Pipeline;

namespace GatewayActors.Front.Export.Otlp;

/// <summary>One step as collectors get it. Made when it is over; what costs time is done when it is sent.</summary>
internal sealed record ExportedSpan
{
    public required SpanTrace Trace { get; init; }

    public required ulong SpanId { get; init; }

    public required LogEntry Entry { get; init; }

    public string? Operation { get; init; }

    public string? ResponseModel { get; init; }

    /// <summary>What went wrong; null if nothing did.</summary>
    public string? ErrorType { get; init; }

    /// <summary>The client's body, compressed; empty where payloads are not collected.</summary>
    public ReadOnlyMemory<byte> Prompt { get; init; }

    /// <summary>The answer's body, compressed; empty where payloads are not collected.</summary>
    public ReadOnlyMemory<byte> Completion { get; init; }

    /// <summary>About how much memory it holds, in bytes.</summary>
    public int Size => 1_024 + Prompt.Length + Completion.Length;

    /// <summary>The span of a step.</summary>
    /// <param name="step">The step, which is over.</param>
    /// <param name="entry">Its log entry, which still has its bodies.</param>
    public static ExportedSpan Of(Step step, LogEntry entry)
    {
        Span<byte> id = stackalloc byte[16];
        entry.Id.TryWriteBytes(id, bigEndian: true, out _);
        return new()
        {
            Trace = step.Exchange.ExportTrace,
            SpanId = BinaryPrimitives.ReadUInt64BigEndian(id[8..]), // The random half of the log id.
            Entry = entry,
            Operation = step.Route?.Operation,
            ResponseModel = step.Usage.Model,
            ErrorType = entry.Success ? null
                : (step.Error ?? step.Exchange.Error)?.Type ?? step.Exchange.RelayFailure ?? step.Usage.Error?.Kind ?? entry.StatusCode.ToString(CultureInfo.InvariantCulture),

            // Copies: the entry's own are gone when it is written.
            Prompt = entry.RequestBody?.Compressed.ToArray() ?? [],
            Completion = entry.ResponseBody?.Compressed.ToArray() ?? [],
        };
    }
}
