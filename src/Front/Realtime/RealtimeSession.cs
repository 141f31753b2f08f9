using System.Buffers;
using System.Net.WebSockets;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Sockets;
using GatewayActors.Providers.Realtime;

namespace GatewayActors.Front.Realtime;

/// <summary>
/// Passes messages between a client and a provider until one of them, or the gateway, ends that. Every piece goes on as soon as it is here;
/// nothing is read from one side while the other does not take it. While nothing comes, no buffer is held.
/// </summary>
/// <remarks>
/// Pings are answered here and not passed on. A close frame is passed on with its code and reason, and the other side's answer comes back the
/// same way.
/// </remarks>
internal sealed class RealtimeSession(
    RealtimeLeg client, RealtimeLeg provider, RealtimeMeter? meter, RealtimeGuard? guard, RealtimeBooks books, RealtimeRecord record, GatewayOptions options, TimeProvider timeProvider) : IDisposable
{
    private readonly SocketOptions _limits = options.WebSockets;
    private readonly CancellationTokenSource _cut = new();
    private readonly TaskCompletionSource _ending = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _metering = new();
    private readonly long _startedAt = timeProvider.GetTimestamp();
    private long _lastMessageAt = timeProvider.GetTimestamp();
    private Task _closing = Task.CompletedTask;
    private int _isEnded;

    /// <summary>Runs the session to its end, whatever that is.</summary>
    /// <param name="stopping">Cancelled when the process stops.</param>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var watch = timeProvider.CreateTimer(static session => ((RealtimeSession)session!).Watch(), this, FirstWatch, Timeout.InfiniteTimeSpan);
        Watcher = watch;
        using var stop = stopping.UnsafeRegister(
            static session => ((RealtimeSession)session!).End(CloseReason.Of(WebSocketCloseStatus.EndpointUnavailable, "The gateway is stopping; connect again.")), this);
        var passing = Task.WhenAll(PassAsync(client, provider), PassAsync(provider, client));
        await Task.WhenAny(passing, _ending.Task);
        try
        {
            await passing.WaitAsync(_limits.CloseTimeout, timeProvider, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            _cut.Cancel();
            client.Socket.Abort();
            provider.Socket.Abort();
            await passing;
        }

        await _closing;
        lock (_metering)
        {
            meter?.Complete(timeProvider.GetElapsedTime(_startedAt));
        }

        await books.CompleteAsync(meter);
    }

    public void Dispose() => _cut.Dispose();

    private TimeSpan FirstWatch => _limits.IdleTimeout < _limits.TotalTimeout ? _limits.IdleTimeout : _limits.TotalTimeout;

    private ITimer? Watcher { get; set; }

    private async Task PassAsync(RealtimeLeg from, RealtimeLeg to)
    {
        try
        {
            while (true)
            {
                // Waits without a buffer.
                var next = await from.Socket.ReceiveAsync(Memory<byte>.Empty, _cut.Token);
                if (next.MessageType == WebSocketMessageType.Close || !await PassMessageAsync(from, to, next.EndOfMessage ? next : null))
                {
                    break;
                }
            }

            await PassCloseAsync(from, to);
        }
        catch (Exception exception) when (RealtimeLeg.IsEnd(exception))
        {
            await BreakAsync(from, to);
        }
        finally
        {
            _ending.TrySetResult();
        }
    }

    /// <returns>False if the side has closed in place of a message.</returns>
    private async ValueTask<bool> PassMessageAsync(RealtimeLeg from, RealtimeLeg to, ValueWebSocketReceiveResult? empty)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(options.Upstream.BufferBytes);
        var held = guard is null ? null : new ArrayBufferWriter<byte>();
        try
        {
            for (var length = 0L; ;)
            {
                var piece = empty ?? await from.Socket.ReceiveAsync(buffer.AsMemory(), _cut.Token);
                if (piece.MessageType == WebSocketMessageType.Close)
                {
                    return false;
                }

                length += piece.Count;
                if (length > _limits.MaxMessageBytes)
                {
                    End(CloseReason.Of(WebSocketCloseStatus.MessageTooBig, $"A message has more than {_limits.MaxMessageBytes} bytes."));
                }

                Volatile.Write(ref _lastMessageAt, timeProvider.GetTimestamp());
                Read(from.Sender, buffer.AsSpan(0, piece.Count), piece);
                if (held is not null && length <= _limits.MaxMessageBytes)
                {
                    held.Write(buffer.AsSpan(0, piece.Count));
                    if (piece.EndOfMessage)
                    {
                        await SendInspectedAsync(to, from, held.WrittenMemory, piece);
                    }
                }
                else
                {
                    await SendAsync(to, from, buffer.AsMemory(0, piece.Count), piece);
                }

                if (piece.EndOfMessage)
                {
                    await BookAsync();
                    return true;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Read(RealtimeSender sender, ReadOnlySpan<byte> bytes, in ValueWebSocketReceiveResult piece)
    {
        var isText = IsText(piece);
        record.Of(sender).Add(bytes, isText, piece.EndOfMessage);
        if (isText && meter is not null)
        {
            lock (_metering)
            {
                meter.Read(sender, bytes, piece.EndOfMessage);
            }
        }
    }

    private bool IsText(in ValueWebSocketReceiveResult piece) => piece.MessageType == WebSocketMessageType.Text || meter?.ReadsBinary == true;

    /// <summary>Passes a whole message on, if it may; else the client is told why not, and the session is over.</summary>
    private async ValueTask SendInspectedAsync(RealtimeLeg to, RealtimeLeg from, ReadOnlyMemory<byte> message, ValueWebSocketReceiveResult piece)
    {
        if (IsText(piece) && Volatile.Read(ref _isEnded) == 0 && await guard!.InspectAsync(from.Sender, message, _cut.Token) is { } error)
        {
            books.Refuse(error);

            // Beside what the other direction sends: messages are whole here, so none is torn apart.
            await SendAsync(client, provider, guard.Error(error), new(0, WebSocketMessageType.Text, endOfMessage: true));
            End(CloseReason.Of(error.Kind == GatewayErrorKind.ScannerUnavailable ? (WebSocketCloseStatus)1013 : WebSocketCloseStatus.PolicyViolation, error.Description));
            return;
        }

        await SendAsync(to, from, message, piece);
    }

    private async ValueTask SendAsync(RealtimeLeg to, RealtimeLeg from, ReadOnlyMemory<byte> bytes, ValueWebSocketReceiveResult piece)
    {
        if (to.IsClosing || Volatile.Read(ref _isEnded) != 0)
        {
            return; // What a side still says after the end is read for what it says about use, and goes nowhere.
        }

        try
        {
            await to.Socket.SendAsync(bytes, piece.MessageType, piece.EndOfMessage, _cut.Token);
        }
        catch (Exception exception) when (RealtimeLeg.IsEnd(exception))
        {
            await BreakAsync(to, from);
        }
    }

    private async ValueTask BookAsync()
    {
        while (true)
        {
            RealtimeTurn? turn;
            lock (_metering)
            {
                if (meter is null || !meter.TryTake(out turn))
                {
                    return;
                }
            }

            if (await books.BookAsync(turn, meter.Model) is { } refusal)
            {
                End(CloseReason.Of(refusal.Kind == GatewayErrorKind.DecisionUnavailable ? (WebSocketCloseStatus)1013 : WebSocketCloseStatus.PolicyViolation, refusal.Description));
            }
        }
    }

    private async ValueTask PassCloseAsync(RealtimeLeg from, RealtimeLeg to)
    {
        var reason = CloseReason.ReceivedBy(from.Socket);
        record.TryEnd(Name(from), (int)reason.Status, reason.Text);
        await to.CloseAsync(reason, _limits.CloseTimeout, timeProvider);
    }

    /// <summary>One side is gone without a word; the other one is told in words that can be sent.</summary>
    private async ValueTask BreakAsync(RealtimeLeg broken, RealtimeLeg other)
    {
        broken.IsBroken = true;
        broken.Socket.Abort();
        if (record.TryEnd(Name(broken), 1006, null))
        {
            books.Broke(broken.Sender);
        }

        var isAnswer = other.Socket.State == WebSocketState.CloseReceived;
        await other.CloseAsync(
            isAnswer ? CloseReason.ReceivedBy(other.Socket)
            : broken.Sender == RealtimeSender.Client ? CloseReason.Normal
            : CloseReason.Of(WebSocketCloseStatus.InternalServerError, "The provider closed the connection without a reason."),
            _limits.CloseTimeout,
            timeProvider);
        _ending.TrySetResult();
    }

    /// <summary>Ends the session for a reason of the gateway's.</summary>
    private void End(CloseReason reason)
    {
        if (Interlocked.Exchange(ref _isEnded, 1) != 0)
        {
            return;
        }

        record.TryEnd("gateway", (int)reason.Status, reason.Text);
        _closing = Task.WhenAll(
            client.CloseAsync(reason, _limits.CloseTimeout, timeProvider),
            provider.CloseAsync(reason.Status == WebSocketCloseStatus.MessageTooBig ? reason with { Text = null } : CloseReason.Normal, _limits.CloseTimeout, timeProvider));
        _ending.TrySetResult();
    }

    private void Watch()
    {
        var idle = _limits.IdleTimeout - timeProvider.GetElapsedTime(Volatile.Read(ref _lastMessageAt));
        var left = _limits.TotalTimeout - timeProvider.GetElapsedTime(_startedAt);
        if (left <= TimeSpan.Zero)
        {
            End(CloseReason.Of(WebSocketCloseStatus.EndpointUnavailable, $"The session has lasted {_limits.TotalTimeout}, which is the longest."));
        }
        else if (idle <= TimeSpan.Zero)
        {
            End(CloseReason.Of(WebSocketCloseStatus.EndpointUnavailable, $"Nothing was sent for {_limits.IdleTimeout}."));
        }
        else
        {
            Watcher?.Change(idle < left ? idle : left, Timeout.InfiniteTimeSpan);
        }
    }

    private static string Name(RealtimeLeg leg) => leg.Sender == RealtimeSender.Client ? "client" : "provider";
}
