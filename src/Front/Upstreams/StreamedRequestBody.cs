using System.Buffers;
using System.Net;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Pipeline;
using Microsoft.AspNetCore.WebUtilities;

namespace GatewayActors.Front.Upstreams;

/// <summary>
/// A large body: it goes upstream while it comes in. Where another attempt may follow, what has passed is kept (in memory first, then
/// in a temporary file), so that every attempt sends the same bytes.
/// </summary>
internal sealed class StreamedRequestBody : RequestBody
{
    private const int SpoolMemoryBytes = 1024 * 1024;
    private const int CopyBytes = 64 * 1024;

    private readonly byte[] _head;
    private readonly int _headLength;
    private readonly Stream _source;
    private readonly FileBufferingReadStream? _spool;
    private readonly long? _contentLength;
    private readonly long _maxBytes;
    private readonly BodyCapture? _capture;
    private Task _sending = Task.CompletedTask;
    private IOException? _readFailure;
    private long _length;
    private bool _sentOnce;
    private volatile bool _isClientGone;

    /// <param name="head">A pooled buffer with the bytes that were read already.</param>
    /// <param name="headLength">How many these are.</param>
    /// <param name="source">The rest.</param>
    /// <param name="contentLength">The length the client declared, if it did.</param>
    /// <param name="isRepeatable">Whether more than one attempt may be made.</param>
    /// <param name="maxBytes">The largest body that is accepted; what comes beyond it breaks the attempt.</param>
    /// <param name="capture">Where the bytes are kept for the log, or null.</param>
    public StreamedRequestBody(byte[] head, int headLength, Stream source, long? contentLength, bool isRepeatable, long maxBytes, BodyCapture? capture)
    {
        (_head, _headLength, _contentLength, _maxBytes, _capture) = (head, headLength, contentLength, maxBytes, capture);
        _spool = isRepeatable ? new FileBufferingReadStream(source, SpoolMemoryBytes) : null;
        _source = _spool ?? source;
        _length = headLength;
        _capture?.Append(head.AsSpan(0, headLength));
    }

    public override ReadOnlySpan<byte> Head => _head.AsSpan(0, _headLength);

    public override bool IsWhole => false;

    public override long Length => Interlocked.Read(ref _length);

    public override IOException? ReadFailure => _readFailure;

    public override bool IsClientGone => _isClientGone;

    public override async ValueTask<HttpContent?> StartAttemptAsync(CancellationToken cancellationToken)
    {
        // The failed attempt may still be reading; two readers would tear the body apart.
        await _sending.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        return new Content(this);
    }

    public override ReadOnlySpan<byte> Kept => _capture is { IsWhole: true } capture ? capture.Bytes : [];

    protected override void Dispose(bool disposing)
    {
        ArrayPool<byte>.Shared.Return(_head);
        _capture?.Dispose();
        _spool?.Dispose();
        base.Dispose(disposing);
    }

    private async Task SendAsync(Stream upstream, CancellationToken cancellationToken)
    {
        if (_spool is not null)
        {
            _spool.Position = 0;
        }
        else if (_sentOnce)
        {
            // The HTTP client may want to repeat a request whose connection broke early; these bytes are gone.
            throw new IOException("This body can be sent only once.");
        }

        _sentOnce = true;
        await upstream.WriteAsync(_head.AsMemory(0, _headLength), cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(CopyBytes);
        try
        {
            var position = (long)_headLength;
            int read;
            while ((read = await ReadAsync(buffer, cancellationToken)) > 0)
            {
                position += read;
                if (position > _maxBytes)
                {
                    throw _readFailure = new BadHttpRequestException("The body is too large.", StatusCodes.Status413PayloadTooLarge);
                }

                Note(buffer.AsSpan(0, read), position);
                await upstream.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask<int> ReadAsync(byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await _source.ReadAsync(buffer, cancellationToken);
        }
        catch (IOException exception) when (RequestFailures.IsClientGone(exception))
        {
            _isClientGone = true;
            throw;
        }
        catch (IOException exception) when (RequestFailures.IsMalformed(exception))
        {
            _readFailure = exception; // The client's fault, not the upstream's.
            throw;
        }
    }

    /// <summary>Counts and keeps bytes the first time they pass.</summary>
    private void Note(ReadOnlySpan<byte> bytes, long position)
    {
        var seen = Interlocked.Read(ref _length);
        if (position > seen)
        {
            _capture?.Append(bytes[^(int)(position - seen)..]);
            Interlocked.Exchange(ref _length, position);
        }
    }

    private sealed class Content(StreamedRequestBody body) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
            body._sending = body.SendAsync(stream, cancellationToken);

        protected override bool TryComputeLength(out long length)
        {
            length = body._contentLength ?? 0;
            return body._contentLength is not null;
        }
    }
}
