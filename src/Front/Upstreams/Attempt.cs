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

    public AttemptTimer Timer { get; } = timer;

    /// <summary>Reads usage out of the passing bytes; has seen the buffered ones already.</summary>
    public UsageReader? Usage { get; } = usage;

    public int StatusCode => (int)Response.StatusCode;

    public string? ContentType => Response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var values) ? values.ToString() : null;

    public void Dispose()
    {
        // The connection first, so that nothing is still read into the buffer when it goes back.
        Response.Dispose();
        Timer.Dispose();
        ArrayPool<byte>.Shared.Return(Buffer);
    }
}

/// <summary>The result of one attempt, before it is decided whether there will be another.</summary>
/// <param name="Answer">The answer, whatever its status; null if none came.</param>
/// <param name="Failure">Why none came.</param>
/// <param name="MayRetry">Whether another attempt may be made.</param>
/// <param name="RetryAfter">How long the upstream asks to wait.</param>
internal readonly record struct AttemptResult(Attempt? Answer, GatewayError? Failure, bool MayRetry, TimeSpan? RetryAfter);
