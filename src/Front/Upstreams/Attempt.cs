using System.Buffers;
using System.Runtime.CompilerServices;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Pipeline;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Front.Upstreams;

/// <summary>
/// An answer of an upstream whose first bytes are here and have not been sent to the client yet. Whoever holds it disposes it, which
/// closes or returns the connection.
/// </summary>
internal sealed class Attempt(HttpResponseMessage response, Stream body, byte[] buffer, AttemptTimer timer, UsageReader? usage) : Answer
{
    private UsageReport? _report;

    public HttpResponseMessage Response { get; } = response;

    public Stream Body { get; } = body;

    /// <summary>A pooled buffer; holds the first bytes, then serves the relay.</summary>
    public byte[] Buffer { get; } = buffer;

    /// <summary>How many first bytes are in <see cref="Buffer"/>.</summary>
    public int Buffered { get; set; }

    /// <summary>Whether these are all there are.</summary>
    public bool IsComplete { get; set; }

    public override bool IsWhole => IsComplete;

    /// <summary>Looks into the first bytes: a stream may begin with an error although its status is 200.</summary>
    public override bool StatesError => Usage?.Error is not null;

    public override ReadOnlyMemory<byte> First => Buffer.AsMemory(0, Buffered);

    /// <summary>A read that has begun behind the buffered bytes and waits for the upstream; null if there is none.</summary>
    public Task<int>? NextRead { get; private set; }

    public AttemptTimer Timer { get; } = timer;

    /// <summary>Reads usage out of the passing bytes; has seen the buffered ones already.</summary>
    public UsageReader? Usage { get; } = usage;

    public override int StatusCode => (int)Response.StatusCode;

    public override string? ContentType => Response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var values) ? values.ToString() : null;

    /// <summary>Reads on behind the buffered bytes as far as no waiting is needed; what would wait is left to <see cref="NextRead"/>.</summary>
    public void ReadAhead()
    {
        while (!IsComplete && Buffered < Buffer.Length)
        {
            var read = Body.ReadAsync(Buffer.AsMemory(Buffered), Timer.Token);
            if (!read.IsCompletedSuccessfully)
            {
                NextRead = read.AsTask();
                return;
            }

            var length = read.GetAwaiter().GetResult();
            Buffered += length;
            IsComplete = length == 0;
        }
    }

    public override bool TimedOut => Timer.TimedOut;

    public override void CopyHeaders(IHeaderDictionary headers) => HeaderPolicy.CopyResponse(Response, headers);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))] // Once for every piece of every stream.
    public override async ValueTask<ReadOnlyMemory<byte>> ReadNextAsync()
    {
        Timer.ExpectNextBytes();
        Memory<byte> piece;
        if (NextRead is { } begun)
        {
            piece = Buffer.AsMemory(Buffered, await begun);
            NextRead = null;
        }
        else
        {
            piece = Buffer.AsMemory(0, await Body.ReadAsync(Buffer, Timer.Token));
        }

        Usage?.Read(piece.Span);
        return piece;
    }

    public override UsageReport? Report() => _report ??= Usage?.Complete();

    protected override void Dispose(bool disposing)
    {
        // The connection first, so that nothing is still read into the buffer when it goes back.
        Response.Dispose();
        Timer.Dispose();
        if (NextRead is { } read)
        {
            // It may still write into the buffer, which therefore does not go back; its failure interests nobody any more.
            _ = read.ContinueWith(static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }
        else
        {
            ArrayPool<byte>.Shared.Return(Buffer);
        }

        base.Dispose(disposing);
    }
}

/// <summary>The result of one attempt, before it is decided whether there will be another.</summary>
/// <param name="Answer">The answer, whatever its status; null if none came.</param>
/// <param name="Failure">Why none came.</param>
/// <param name="MayRetry">Whether another attempt may be made.</param>
/// <param name="RetryAfter">How long the upstream asks to wait.</param>
internal readonly record struct AttemptResult(Attempt? Answer, GatewayError? Failure, bool MayRetry, TimeSpan? RetryAfter);
