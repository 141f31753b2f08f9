using System.Buffers;
using GatewayActors.Front.Errors;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Front.Upstreams;

/// <summary>
/// An answer of an upstream whose first bytes are here and have not been sent to the client yet. Whoever holds it disposes it, which
/// closes or returns the connection.
/// </summary>
internal sealed class Attempt(HttpResponseMessage response, Stream body, byte[] buffer, AttemptTimer timer, UsageReader? usage) : IDisposable
{
    public HttpResponseMessage Response { get; } = response;

    public Stream Body { get; } = body;

    /// <summary>A pooled buffer; holds the first bytes, then serves the relay.</summary>
    public byte[] Buffer { get; } = buffer;

    /// <summary>How many first bytes are in <see cref="Buffer"/>.</summary>
    public int Buffered { get; set; }

    /// <summary>Whether these are all there are.</summary>
    public bool IsWhole { get; set; }

    /// <summary>A read that has begun behind the buffered bytes and waits for the upstream; null if there is none.</summary>
    public Task<int>? NextRead { get; private set; }

    public AttemptTimer Timer { get; } = timer;

    /// <summary>Reads usage out of the passing bytes; has seen the buffered ones already.</summary>
    public UsageReader? Usage { get; } = usage;

    public int StatusCode => (int)Response.StatusCode;

    public string? ContentType => Response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var values) ? values.ToString() : null;

    /// <summary>Reads on behind the buffered bytes as far as no waiting is needed; what would wait is left to <see cref="NextRead"/>.</summary>
    public void ReadAhead()
    {
        while (!IsWhole && Buffered < Buffer.Length)
        {
            var read = Body.ReadAsync(Buffer.AsMemory(Buffered), Timer.Token);
            if (!read.IsCompletedSuccessfully)
            {
                NextRead = read.AsTask();
                return;
            }

            var length = read.GetAwaiter().GetResult();
            Buffered += length;
            IsWhole = length == 0;
        }
    }

    /// <summary>Waits for the read that has begun.</summary>
    /// <returns>The bytes, which lie in <see cref="Buffer"/>; none at the end.</returns>
    public async ValueTask<Memory<byte>> FinishNextReadAsync()
    {
        if (NextRead is not { } read)
        {
            return Memory<byte>.Empty;
        }

        var length = await read;
        NextRead = null;
        return Buffer.AsMemory(Buffered, length);
    }

    public void Dispose()
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
    }
}

/// <summary>The result of one attempt, before it is decided whether there will be another.</summary>
/// <param name="Answer">The answer, whatever its status; null if none came.</param>
/// <param name="Failure">Why none came.</param>
/// <param name="MayRetry">Whether another attempt may be made.</param>
/// <param name="RetryAfter">How long the upstream asks to wait.</param>
internal readonly record struct AttemptResult(Attempt? Answer, GatewayError? Failure, bool MayRetry, TimeSpan? RetryAfter);
