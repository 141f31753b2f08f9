using System.Buffers;
using System.Buffers.Text;
using System.Text;
using GatewayActors.Providers.Usage.Scanning;

namespace GatewayActors.Providers.Usage;

/// <summary>What the readers of all body formats share.</summary>
internal abstract class BodyReader(UsageDialect dialect, UsageFallback fallback) : UsageReader
{
    private StreamError? _error;
    private UsageReport? _report;

    public override StreamError? Error => _error ??= _report is null ? dialect.Error(Members) : null;

    protected UsageDialect Dialect => dialect;

    protected CapturedMembers Members { get; } = new(dialect);

    public override UsageReport Complete()
    {
        if (_report is null)
        {
            var error = Error;
            _report = dialect.Report(Members, fallback);
            _report = error is null ? _report : _report with { Error = error };
            Members.Release();
        }

        return _report;
    }

    protected void Fail(StreamError error) => _error ??= error;
}

/// <summary>Reads JSON, NDJSON and arrays of documents.</summary>
internal sealed class JsonBodyReader(UsageDialect dialect, UsageFallback fallback) : BodyReader(dialect, fallback)
{
    private JsonMemberScanner _json = new(dialect.Paths);

    public override void Read(ReadOnlySpan<byte> bytes) => _json.Read(bytes, Members);
}

/// <summary>Reads server-sent events.</summary>
internal sealed class SseBodyReader(UsageDialect dialect, UsageFallback fallback) : BodyReader(dialect, fallback)
{
    private SseScanner _events = new(dialect.Paths);

    public override void Read(ReadOnlySpan<byte> bytes)
    {
        // Most reads are whole events of text: one search over all of them, and only what follows the last blank line is looked at.
        if (_events.IsBetweenEvents && !Dialect.SeeksModel(Members, _events.Events + 1) && !Dialect.MayMatter(bytes))
        {
            bytes = bytes[AfterLastEvent(bytes)..];
        }

        _events.Read(bytes, Dialect, Members);
    }

    private static int AfterLastEvent(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.LastIndexOf("\n\n"u8);
        if (end >= 0)
        {
            return end + 2;
        }

        end = bytes.LastIndexOf("\n\r\n"u8);
        return end < 0 ? 0 : end + 3;
    }
}

/// <summary>Reads AWS event streams, also those that wrap the events of a model's own API in base64.</summary>
internal sealed class EventStreamBodyReader : BodyReader, IFrameSink
{
    private const int MaxKindBytes = 64;
    private static readonly JsonPaths ChunkPaths = new(("bytes", 0));

    private readonly EventStreamScanner _frames;
    private readonly CapturedMembers _chunk = new();
    private JsonMemberScanner _chunkJson = new(ChunkPaths);
    private JsonMemberScanner _json;
    private Frame _frame;

    public EventStreamBodyReader(UsageDialect dialect, UsageFallback fallback)
        : base(dialect, fallback)
    {
        _json = new(dialect.Paths);
        _frames = new(this);
    }

    private enum Frame : byte
    {
        Event,
        Chunk,
        Error,
    }

    public override void Read(ReadOnlySpan<byte> bytes) => _frames.Read(bytes);

    public override UsageReport Complete()
    {
        _frames.Release();
        _chunk.Release();
        return base.Complete();
    }

    public void BeginFrame(ReadOnlySpan<byte> headers)
    {
        var type = EventStreamScanner.Header(headers, ":message-type"u8);
        if (type.SequenceEqual("exception"u8) || type.SequenceEqual("error"u8))
        {
            var kind = EventStreamScanner.Header(headers, type[1] == (byte)'x' ? ":exception-type"u8 : ":error-code"u8);
            var name = Encoding.UTF8.GetString(kind[..Math.Min(kind.Length, MaxKindBytes)]);
            Fail(StreamErrors.Of(name));
            _frame = Frame.Error;
            return;
        }

        _frame = EventStreamScanner.Header(headers, ":event-type"u8).SequenceEqual("chunk"u8) ? Frame.Chunk : Frame.Event;
    }

    public void Payload(ReadOnlySpan<byte> piece, bool isWhole)
    {
        switch (_frame)
        {
            case Frame.Chunk:
                _chunkJson.Read(piece, _chunk);
                break;
            case Frame.Event when !isWhole || Dialect.MayMatter(piece):
                _json.Read(piece, Members);
                break;
        }
    }

    public void EndFrame()
    {
        if (_frame == Frame.Chunk)
        {
            _chunkJson.Reset(_chunk);
            ReadChunk(_chunk[0]);
            _chunk.Clear();
        }

        _json.Reset(Members);
    }

    private void ReadChunk(ReadOnlySpan<byte> quoted)
    {
        if (quoted.Length < 3)
        {
            return;
        }

        var encoded = quoted[1..^1];
        var decoded = ArrayPool<byte>.Shared.Rent(Base64.GetMaxDecodedFromUtf8Length(encoded.Length));
        if (Base64.DecodeFromUtf8(encoded, decoded, out _, out var length) == OperationStatus.Done)
        {
            var data = decoded.AsSpan(0, length);
            if (Dialect.MayMatter(data) || !Dialect.KnowsModel(Members))
            {
                _json.Read(data, Members);
            }
        }

        ArrayPool<byte>.Shared.Return(decoded);
    }
}

/// <summary>For bodies in which nothing can be read, such as audio: all is known before the first byte.</summary>
internal sealed class FixedReader(UsageReport report) : UsageReader
{
    public override void Read(ReadOnlySpan<byte> bytes)
    {
    }

    public override UsageReport Complete() => report;
}
