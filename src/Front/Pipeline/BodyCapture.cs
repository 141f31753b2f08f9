using System.Buffers;

namespace GatewayActors.Front.Pipeline;

/// <summary>
/// Copies passing bytes for a log entry, up to a limit. Past it nothing is kept at all: half a body would be taken for a whole one.
/// </summary>
/// <param name="maxBytes">The limit.</param>
/// <param name="expectedBytes">The size to begin with: the whole body's where it is known, else what spares a stream the first steps of growing.</param>
internal sealed class BodyCapture(int maxBytes, int expectedBytes = BodyCapture.StreamBytes) : IDisposable
{
    private const int StreamBytes = 16 * 1024;

    private byte[]? _buffer;
    private int _length;
    private bool _overflowed;

    /// <summary>What is kept so far; valid until <see cref="Dispose"/>.</summary>
    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, _length);

    /// <summary>Whether everything that passed is here.</summary>
    public bool IsWhole => !_overflowed;

    /// <summary>Whether bodies of this type are worth keeping: text, not audio, images or uploads.</summary>
    public static bool IsTextual(string? contentType)
    {
        var type = contentType.AsSpan();
        return type.StartsWith("application/json", StringComparison.OrdinalIgnoreCase)
            || type.StartsWith("text/", StringComparison.OrdinalIgnoreCase)
            || type.StartsWith("application/x-ndjson", StringComparison.OrdinalIgnoreCase)
            || type.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase)
            || type.StartsWith("application/vnd.amazon.eventstream", StringComparison.OrdinalIgnoreCase)
            || type.StartsWith("application/xml", StringComparison.OrdinalIgnoreCase)
            || type.Contains("+json", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whether this is a stream of events.</summary>
    public static bool IsEventStream(string? contentType) =>
        contentType?.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Takes the next bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_overflowed || bytes.IsEmpty)
        {
            return;
        }

        if (_length + (long)bytes.Length > maxBytes)
        {
            _overflowed = true;
            Release();
            return;
        }

        Reserve(_length + bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }

    public void Dispose() => Release();

    private void Reserve(int length)
    {
        if (_buffer is null)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(length, Math.Min(expectedBytes, maxBytes)));
        }
        else if (_buffer.Length < length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(length, _buffer.Length * 2));
            _buffer.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
    }

    private void Release()
    {
        if (_buffer is { } buffer)
        {
            (_buffer, _length) = (null, 0);
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
