using System.Buffers;
using System.Net;
using System.Net.Http.Headers;

namespace GatewayActors.Front.Simulator;

/// <summary>The events of a streamed answer. One instance per stream.</summary>
internal interface ISimulatorScript
{
    /// <summary>The number of pieces.</summary>
    int Chunks { get; }

    /// <summary>Appends the events of one piece, from 0.</summary>
    void WriteChunk(int index, IBufferWriter<byte> buffer);

    /// <summary>Appends what comes after the last piece.</summary>
    void WriteEnd(IBufferWriter<byte> buffer);

    /// <summary>Appends an error event, the last of a broken stream.</summary>
    void WriteError(SimulatorProblem problem, IBufferWriter<byte> buffer);
}

/// <summary>The body of a streamed answer; it is made while it is read.</summary>
internal sealed class SimulatorStreamContent : HttpContent
{
    private readonly SimulatorStream _stream;

    public SimulatorStreamContent(ISimulatorScript script, SimulatorSettings settings, TimeProvider time)
    {
        _stream = new(script, settings, time);
        Headers.ContentType = new MediaTypeHeaderValue("text/event-stream", "utf-8");
    }

    protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult<Stream>(_stream);

    protected override Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) => Task.FromResult<Stream>(_stream);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        _stream.CopyToAsync(stream, cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stream.Dispose();
        }

        base.Dispose(disposing);
    }
}

/// <summary>
/// Makes one piece for each read, after its delay: nothing runs ahead of the reader, and a stream that nobody reads costs nothing.
/// </summary>
internal sealed class SimulatorStream(ISimulatorScript script, SimulatorSettings settings, TimeProvider time) : Stream
{
    private readonly ArrayBufferWriter<byte> _buffer = new(512);
    private int _read;
    private int _next;
    private bool _ended;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (buffer.IsEmpty)
        {
            return 0;
        }

        while (_read == _buffer.WrittenCount)
        {
            if (_ended)
            {
                return 0;
            }

            await MakeNextAsync(cancellationToken);
        }

        var count = Math.Min(buffer.Length, _buffer.WrittenCount - _read);
        _buffer.WrittenMemory.Slice(_read, count).CopyTo(buffer);
        _read += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("A simulated stream is read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private async ValueTask MakeNextAsync(CancellationToken cancellationToken)
    {
        if (_next > 0 && _next < script.Chunks && settings.ChunkDelay > TimeSpan.Zero)
        {
            await Task.Delay(settings.ChunkDelay, time, cancellationToken);
        }

        if (_next == settings.FailAt)
        {
            throw new HttpIOException(HttpRequestError.ResponseEnded, $"The simulator was asked to break the stream before piece {_next}.");
        }

        _buffer.ResetWrittenCount();
        _read = 0;
        if (_next == settings.ErrorAt)
        {
            _ended = true;
            script.WriteError(SimulatorProblem.Asked(500), _buffer);
        }
        else if (_next < script.Chunks)
        {
            script.WriteChunk(_next, _buffer);
        }
        else
        {
            _ended = true;
            script.WriteEnd(_buffer);
        }

        _next++;
    }
}
