using System.Buffers;
using System.Net;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Pipeline;

namespace GatewayActors.Front.Upstreams;

/// <summary>
/// A large body: it goes upstream while it comes in. Where another attempt may follow, what has passed is kept (in memory first, then
/// in a temporary file), so that every attempt sends the same bytes.
/// </summary>
internal sealed class StreamedRequestBody : RequestBody
{
    private const int CopyBytes = 64 * 1024;

    private readonly byte[] _head;
    private readonly int _headLength;
    private readonly Stream _source;
    private readonly RequestSpool? _spool;
    private readonly long? _contentLength;
    private readonly long _maxBytes;
    private readonly BodyCapture? _capture;
    private Task _sending = Task.CompletedTask;
    private CancellationTokenSource? _stop;
    private IOException? _readFailure;
    private long _length;
    private bool _sentOnce;
    private volatile bool _isClientGone;

    /// <param name="head">A pooled buffer with the bytes that were read already.</param>
    /// <param name="headLength">How many these are.</param>
    /// <param name="source">The rest.</param>
    /// <param name="contentLength">The length the client declared, if it did.</param>
    /// <param name="spool">Where bytes are kept for another attempt; null if only one is made.</param>
    /// <param name="maxBytes">The largest body that is accepted; what comes beyond it breaks the attempt.</param>
    /// <param name="capture">Where the bytes are kept for the log, or null.</param>
    public StreamedRequestBody(byte[] head, int headLength, Stream source, long? contentLength, RequestSpool? spool, long maxBytes, BodyCapture? capture)
    {
        (_head, _headLength, _source, _contentLength, _spool, _maxBytes, _capture) = (head, headLength, source, contentLength, spool, maxBytes, capture);
        _length = headLength;
        _capture?.Append(head.AsSpan(0, headLength));
    }

    public override ReadOnlySpan<byte> Head => _head.AsSpan(0, _headLength);

    public override bool IsWhole => false;

    public override long Length => Interlocked.Read(ref _length);

    public override IOException? ReadFailure => _readFailure;

    public override bool IsClientGone => _isClientGone;

    public override bool IsRepeatable => _spool is { Failure: null };

    public override Exception? KeepFailure => _spool?.Failure;

    public override async ValueTask<HttpContent?> StartAttemptAsync(CancellationToken cancellationToken)
    {
        // The failed attempt may still be reading; two readers would tear the body apart.
        await StopAsync();
        cancellationToken.ThrowIfCancellationRequested();
        return new Content(this);
    }

    public override async ValueTask StopAsync()
    {
        if (!_sending.IsCompleted)
        {
            await _stop!.CancelAsync();
            await _sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _stop?.Dispose();
        _stop = null;
    }

    public override ReadOnlySpan<byte> Kept => _capture is { IsWhole: true } capture ? capture.Bytes : [];

    protected override void Dispose(bool disposing)
    {
        ArrayPool<byte>.Shared.Return(_head);
        _capture?.Dispose();
        _spool?.Dispose();
        _stop?.Dispose();
        base.Dispose(disposing);
    }

    private Task StartSending(Stream upstream, CancellationToken cancellationToken)
    {
        if (_sentOnce && !IsRepeatable)
        {
            // The HTTP client may want to repeat a request whose connection broke early; these bytes are gone.
            throw new IOException("This body can be sent only once.");
        }

        _sentOnce = true;
        _stop?.Dispose();
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        return _sending = SendAsync(upstream, _stop.Token);
    }

    private async Task SendAsync(Stream upstream, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(CopyBytes);
        try
        {
            await upstream.WriteAsync(_head.AsMemory(0, _headLength), cancellationToken);
            if (_spool is not null)
            {
                await _spool.CopyToAsync(upstream, cancellationToken);
            }

            int read;
            while ((read = await ReadAsync(buffer, cancellationToken)) > 0)
            {
                // Every byte comes from the client once.
                if (Interlocked.Add(ref _length, read) > _maxBytes)
                {
                    throw _readFailure = new BadHttpRequestException("The body is too large.", StatusCodes.Status413PayloadTooLarge);
                }

                _capture?.Append(buffer.AsSpan(0, read));
                if (_spool is not null)
                {
                    await _spool.AppendAsync(buffer.AsMemory(0, read));
                }

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

    private sealed class Content(StreamedRequestBody body) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
            body.StartSending(stream, cancellationToken);

        protected override bool TryComputeLength(out long length)
        {
            length = body._contentLength ?? 0;
            return body._contentLength is not null;
        }
    }
}
