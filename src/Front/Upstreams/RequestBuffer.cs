using System.Buffers;
using System.Net;

namespace GatewayActors.Front.Upstreams;

/// <summary>
/// A pooled buffer that goes back to its pool when nobody uses it any more. An upstream may answer, and the exchange end, before the
/// request's body is sent: bytes of another request must not go out in its place. Thread-safe.
/// </summary>
/// <param name="bytes">Rented from the shared pool.</param>
internal sealed class RequestBuffer(byte[] bytes)
{
    private int _users = 1; // Who made it.

    /// <summary>The bytes; valid until <see cref="Release"/>.</summary>
    public byte[] Bytes => bytes;

    /// <summary>Keeps the buffer until <see cref="Release"/>; false if it has gone back already.</summary>
    public bool TryUse()
    {
        var users = Volatile.Read(ref _users);
        while (users > 0)
        {
            var seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users)
            {
                return true;
            }

            users = seen;
        }

        return false;
    }

    /// <summary>Ends a use; the last one gives the buffer back.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}

/// <summary>A part of a <see cref="RequestBuffer"/> as the body of an attempt.</summary>
internal sealed class RequestBufferContent(RequestBuffer buffer, ReadOnlyMemory<byte> part) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (!buffer.TryUse())
        {
            throw new IOException("The exchange is over.");
        }

        try
        {
            await stream.WriteAsync(part, cancellationToken);
        }
        finally
        {
            buffer.Release();
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = part.Length;
        return true;
    }
}
