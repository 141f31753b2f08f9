using System.Buffers;
using System.Collections.Concurrent;
using System.Net.WebSockets;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Sockets;

namespace GatewayActors.Front.Universal.Sockets;

/// <summary>
/// The WebSocket of one client over which it sends universal requests. Each message is an exchange of its own, and several are under way at
/// once; their answers are told apart by the client's names. Whatever is wrong with one of them, the WebSocket stays open.
/// </summary>
internal sealed class UniversalSocket(WebSocket socket, Exchange handshake, Func<Exchange, Task> run, GatewayOptions options, TimeProvider timeProvider) : IDisposable
{
    private readonly SocketOptions _limits = options.WebSockets;
    private readonly ConcurrentDictionary<Task, bool> _inFlight = new();
    private readonly CancellationTokenSource _gone = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly long _startedAt = timeProvider.GetTimestamp();
    private long _lastMessageAt = timeProvider.GetTimestamp();
    private ITimer? _watch;
    private Task _closing = Task.CompletedTask;
    private int _isClosing;

    /// <summary>Serves the client until one side closes.</summary>
    /// <param name="stopping">Cancelled when the process stops.</param>
    public async Task RunAsync(CancellationToken stopping)
    {
        _watch = timeProvider.CreateTimer(static socket => ((UniversalSocket)socket!).Watch(), this, _limits.IdleTimeout < _limits.TotalTimeout ? _limits.IdleTimeout : _limits.TotalTimeout, Timeout.InfiniteTimeSpan);
        using var stop = stopping.UnsafeRegister(
            static socket => ((UniversalSocket)socket!).Close(CloseReason.Of(WebSocketCloseStatus.EndpointUnavailable, "The gateway is stopping; connect again.")), this);
        try
        {
            while (await ReadAsync() is { } message)
            {
                Begin(message);
            }

            Close(CloseReason.ReceivedBy(socket));
        }
        catch (Exception exception) when (exception is WebSocketException or IOException or OperationCanceledException)
        {
            handshake.ClientGone = Volatile.Read(ref _isClosing) == 0;
        }
        finally
        {
            await _gone.CancelAsync(); // Nobody waits for what is under way.
            await Task.WhenAll(_inFlight.Keys);
            await _closing;
        }
    }

    public void Dispose()
    {
        _watch?.Dispose();
        _gone.Dispose();
        _sending.Dispose();
    }

    /// <summary>The next message; null at the end. While none comes, no buffer is held.</summary>
    private async ValueTask<ReadOnlyMemory<byte>?> ReadAsync()
    {
        var first = await socket.ReceiveAsync(Memory<byte>.Empty, _gone.Token);
        if (first.MessageType == WebSocketMessageType.Close)
        {
            return null;
        }

        if (first.EndOfMessage)
        {
            return ReadOnlyMemory<byte>.Empty;
        }

        var message = new ArrayBufferWriter<byte>(4 * 1024);
        while (true)
        {
            var piece = await socket.ReceiveAsync(message.GetMemory(4 * 1024), _gone.Token);
            if (piece.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            message.Advance(piece.Count);
            Touch();
            if (message.WrittenCount > _limits.MaxMessageBytes)
            {
                Close(CloseReason.Of(WebSocketCloseStatus.MessageTooBig, $"The message has more than {_limits.MaxMessageBytes} bytes."));
                message.Clear(); // What still comes of it interests nobody.
            }

            if (piece.EndOfMessage)
            {
                return message.WrittenMemory;
            }
        }
    }

    private void Begin(ReadOnlyMemory<byte> message)
    {
        if (Volatile.Read(ref _isClosing) != 0)
        {
            return;
        }

        var answering = AnswerAsync(UniversalFrame.Read(message));
        _inFlight.TryAdd(answering, true);
        _ = answering.ContinueWith(static (ended, set) => ((ConcurrentDictionary<Task, bool>)set!).TryRemove(ended, out _), _inFlight, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    /// <summary>Answers one message. Catches what goes wrong: the others must not hear of it.</summary>
    private async Task AnswerAsync(UniversalFrame frame)
    {
        var isFull = _inFlight.Count >= _limits.MaxInFlight; // Before anything is awaited, so that the next message sees this one.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            if (frame.Problem is { } problem)
            {
                await SendErrorAsync(frame.EventId, new(GatewayErrorKind.MalformedRequest, problem));
            }
            else if (isFull)
            {
                await SendErrorAsync(frame.EventId, new(GatewayErrorKind.RateLimited, $"{_limits.MaxInFlight} requests of this WebSocket are in flight; wait for one of them."));
            }
            else
            {
                await RunAsync(frame);
            }
        }
        catch (Exception exception) when (exception is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            await _gone.CancelAsync(); // The client does not take answers any more.
        }
    }

    private async Task RunAsync(UniversalFrame frame)
    {
        var now = timeProvider.GetUtcNow();
        var id = ExchangeIds.Create(now);
        var eventId = frame.EventId ?? id.ToString("D");
        using var answer = new MessageAnswer(eventId, SendAsync);
        var exchange = new Exchange(MessageContext.Create(handshake, eventId, frame.Request, answer, _gone.Token), id, now, timeProvider.GetTimestamp())
        {
            IsMessage = true,
            Principal = handshake.Principal,
            Identity = handshake.Identity,
        };
        answer.Exchange = exchange;
        await run(exchange);
        await exchange.Http.Response.CompleteAsync();
        await answer.CompleteAsync();
    }

    private ValueTask SendErrorAsync(string? eventId, GatewayError error) => SendAsync(UniversalMessages.Error(new() { EventId = eventId }, error, error.Status(strict: false)));

    private async ValueTask SendAsync(ReadOnlyMemory<byte> message)
    {
        await _sending.WaitAsync(_gone.Token);
        try
        {
            await socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, _gone.Token);
            Touch();
        }
        catch (Exception exception) when (exception is WebSocketException or ObjectDisposedException)
        {
            throw new IOException("The client is gone.", exception);
        }
        finally
        {
            _sending.Release();
        }
    }

    private void Touch() => Volatile.Write(ref _lastMessageAt, timeProvider.GetTimestamp());

    /// <summary>Closes the WebSocket, once. Who does not answer in time is cut off.</summary>
    private void Close(CloseReason reason)
    {
        if (Interlocked.Exchange(ref _isClosing, 1) == 0)
        {
            _closing = CloseAsync(reason);
        }
    }

    private async Task CloseAsync(CloseReason reason)
    {
        using var late = new CancellationTokenSource(_limits.CloseTimeout, timeProvider);
        using var cut = late.Token.UnsafeRegister(static socket => ((WebSocket)socket!).Abort(), socket);
        try
        {
            await socket.CloseOutputAsync(reason.Status, reason.Text, late.Token);
            if (socket.State == WebSocketState.CloseSent)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, timeProvider, _gone.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // Whoever reads ends it.
            }
        }
        catch (Exception exception) when (exception is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            socket.Abort();
        }
    }

    private void Watch()
    {
        var idle = _inFlight.IsEmpty ? _limits.IdleTimeout - timeProvider.GetElapsedTime(Volatile.Read(ref _lastMessageAt)) : _limits.IdleTimeout;
        var left = _limits.TotalTimeout - timeProvider.GetElapsedTime(_startedAt);
        if (idle <= TimeSpan.Zero || left <= TimeSpan.Zero)
        {
            Close(CloseReason.Of(WebSocketCloseStatus.EndpointUnavailable, left <= TimeSpan.Zero ? $"The WebSocket was open for {_limits.TotalTimeout}, which is the longest." : $"Nothing was sent for {_limits.IdleTimeout}."));
        }
        else
        {
            _watch?.Change(idle < left ? idle : left, Timeout.InfiniteTimeSpan);
        }
    }
}
