using System.Buffers;
using GatewayActors.Front.Pipeline;
using Microsoft.AspNetCore.Http.Features;

namespace GatewayActors.Front.Upstreams;

/// <summary>Takes in a client's body: a small one whole, a large one as a stream.</summary>
internal static class RequestBodyReader
{
    /// <summary>Bodies up to this size are read before the first attempt: it costs nothing and makes attempts repeatable.</summary>
    public const int SmallBodyBytes = 256 * 1024;

    /// <summary>Of a body of unknown length and type this much is awaited, so that an upload starts at once.</summary>
    private const int HeadBytes = 16 * 1024;

    /// <param name="http">The request.</param>
    /// <param name="isRepeatable">Whether more than one attempt may be made.</param>
    /// <param name="wholeBytes">Bodies up to this size are taken in whole, should they be larger than <see cref="SmallBodyBytes"/>.</param>
    /// <param name="maxBytes">The largest body that is accepted.</param>
    /// <param name="captureBytes">How much is kept of it for the log at most; 0 for nothing.</param>
    /// <exception cref="BadHttpRequestException">The client sent less than it said, or more than is allowed.</exception>
    public static async ValueTask<RequestBody> ReadAsync(HttpContext http, bool isRepeatable, int wholeBytes, long maxBytes, int captureBytes)
    {
        if (http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
        {
            return RequestBody.None;
        }

        var request = http.Request;
        var isTextual = BodyCapture.IsTextual(request.ContentType);
        var largestWhole = Math.Max(SmallBodyBytes, wholeBytes);
        var wanted = request.ContentLength switch
        {
            { } known when known <= largestWhole => (int)known,
            null when wholeBytes > 0 => wholeBytes,
            null when isTextual => SmallBodyBytes,
            _ => HeadBytes,
        };

        var buffer = ArrayPool<byte>.Shared.Rent(Math.Min(wanted, 4 * SmallBodyBytes)); // A declared length costs a client nothing.
        var length = 0;
        var ended = wanted == 0;
        try
        {
            while (length < wanted)
            {
                buffer = length < buffer.Length ? buffer : Grow(buffer);
                var read = await request.Body.ReadAsync(buffer.AsMemory(length, Math.Min(wanted, buffer.Length) - length), http.RequestAborted);
                if (read == 0)
                {
                    ended = true;
                    break;
                }

                length += read;
                if (length > maxBytes)
                {
                    throw new BadHttpRequestException("The body is too large.", StatusCodes.Status413PayloadTooLarge);
                }

                if (request.ContentLength > largestWhole)
                {
                    break; // A large upload goes on at once.
                }
            }
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }

        if (ended || length == request.ContentLength)
        {
            return new BufferedRequestBody(buffer, length);
        }

        var spool = isRepeatable ? new RequestSpool(RequestSpool.DefaultDirectory) : null;
        var capture = captureBytes > 0 && isTextual ? new BodyCapture(captureBytes) : null;
        return new StreamedRequestBody(buffer, length, request.Body, request.ContentLength, spool, maxBytes, capture);
    }

    /// <summary>Reads a body to its end, whatever its size.</summary>
    /// <exception cref="BadHttpRequestException">The client sent less than it said, or more than is allowed.</exception>
    public static async ValueTask<BufferedRequestBody> ReadWholeAsync(HttpContext http, long maxBytes)
    {
        var request = http.Request;
        // At first no more than has a chance to come at once: a declared length costs a client nothing. One more than it, to see the end.
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp((request.ContentLength ?? 0) + 1, HeadBytes, 4 * SmallBodyBytes));
        var length = 0;
        try
        {
            while (true)
            {
                buffer = length < buffer.Length ? buffer : Grow(buffer);
                var read = await request.Body.ReadAsync(buffer.AsMemory(length), http.RequestAborted);
                if (read == 0)
                {
                    return new(buffer, length);
                }

                length += read;
                if (length > maxBytes)
                {
                    throw new BadHttpRequestException("The body is too large.", StatusCodes.Status413PayloadTooLarge);
                }
            }
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }
    }

    private static byte[] Grow(byte[] buffer)
    {
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(buffer.Length * 2L, Array.MaxLength));
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
