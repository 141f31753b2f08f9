using System.Buffers;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Upstreams;
using GatewayActors.Providers.Translation;
using Microsoft.AspNetCore.Http.Features;

namespace GatewayActors.Front.Universal.Sockets;

/// <summary>Takes the answer of one request as a server would, and makes messages of it: one of a whole answer, one of each event of a stream.</summary>
/// <param name="eventId">The client's name of the request.</param>
/// <param name="send">Sends a message to the client; throws if it is gone.</param>
internal sealed class MessageAnswer(string eventId, Func<ReadOnlyMemory<byte>, ValueTask> send) : Stream, IHttpResponseFeature
{
    private readonly ArrayBufferWriter<byte> _body = new();
    private SseEvents? _events;
    private bool _isTooLong;

    public int StatusCode { get; set; } = StatusCodes.Status200OK;

    public string? ReasonPhrase { get; set; }

    public IHeaderDictionary Headers { get; set; } = new HeaderDictionary();

    /// <summary>The body is written to the stream that this is.</summary>
    Stream IHttpResponseFeature.Body
    {
        get => this;
        set => throw new NotSupportedException();
    }

    /// <summary>Whether the client knows of an answer, so that it cannot be replaced by another one. A whole one is kept back until its end.</summary>
    public bool HasStarted => _events is not null;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The exchange that is answered; set before it runs.</summary>
    public Exchange Exchange { get; set; } = null!;

    private UniversalMetadata Metadata => UniversalMetadata.Of(eventId, Exchange, Headers.ContentType is [{ Length: > 0 } type, ..] ? type : null);

    /// <summary>Says how it ended. Called once, when the exchange is over.</summary>
    public async ValueTask CompleteAsync()
    {
        var exchange = Exchange;
        if (exchange.ClientGone)
        {
            return;
        }

        if (_events is not null)
        {
            if (exchange.RelayFailure is null && exchange.Delivered)
            {
                while (_events.TryTakeLast(out var data))
                {
                    await SendEventAsync(data);
                }

                await send(UniversalMessages.Done(Metadata));
                return;
            }

            await send(UniversalMessages.Error(Metadata, new(GatewayErrorKind.UpstreamUnreachable, "The provider's answer broke off; it is not whole."), StatusCodes.Status502BadGateway));
        }
        else if (exchange.Error is { } error)
        {
            await send(UniversalMessages.Error(Metadata with { ContentType = null }, error, exchange.StatusCode));
        }
        else if (_isTooLong || !exchange.Delivered)
        {
            var failure = _isTooLong
                ? $"The answer is longer than {AnswerBodies.MaxWholeBytes / 1024 / 1024} MiB; ask for it over HTTP."
                : "The provider's answer broke off; it is not whole.";
            await send(UniversalMessages.Error(Metadata, new(GatewayErrorKind.UpstreamUnreachable, failure), StatusCodes.Status502BadGateway));
        }
        else if (StatusCode >= StatusCodes.Status400BadRequest)
        {
            await send(UniversalMessages.Refused(Metadata, StatusCode, _body.WrittenMemory));
        }
        else
        {
            await send(UniversalMessages.Created(Metadata, _body.WrittenMemory));
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_events is null && _body.WrittenCount == 0 && StatusCode < StatusCodes.Status400BadRequest && BodyCapture.IsEventStream(Headers.ContentType))
        {
            _events = new();
            await send(UniversalMessages.Created(Metadata));
        }

        if (_events is null)
        {
            _isTooLong |= (long)_body.WrittenCount + buffer.Length > AnswerBodies.MaxWholeBytes;
            if (!_isTooLong)
            {
                _body.Write(buffer.Span);
            }

            return;
        }

        if (!_events.TryAppend(buffer.Span))
        {
            throw new IOException("An event of the answer is too long to be passed on.");
        }

        while (_events.TryTake(out var data))
        {
            await SendEventAsync(data);
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Answers are written asynchronously.");

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public void OnStarting(Func<object, Task> callback, object state)
    {
    }

    public void OnCompleted(Func<object, Task> callback, object state)
    {
    }

    // The mark at the end of OpenAI's streams is told by the message that ends this one.
    private ValueTask SendEventAsync(ReadOnlyMemory<byte> data) => data.Span.SequenceEqual("[DONE]"u8) ? ValueTask.CompletedTask : send(UniversalMessages.Stream(eventId, data));
}
