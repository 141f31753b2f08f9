using System.Buffers;
using GatewayActors.Front.Pipeline;

namespace GatewayActors.Front.Realtime;

/// <summary>
/// Counts the messages of one side of a session, and keeps its short texts for the log, a line each. Long ones are sound in most protocols,
/// and nobody reads them in a log.
/// </summary>
/// <param name="maxBytes">How much is kept in all; 0 for nothing. Past it nothing is.</param>
internal sealed class MessageTexts(int maxBytes) : IDisposable
{
    /// <summary>The longest message that is kept.</summary>
    public const int MaxMessageBytes = 16 * 1024;

    private const int FirstBytes = 1024; // Most sessions are silent most of the time.

    private static readonly SearchValues<byte> LineBreaks = SearchValues.Create((byte)'\r', (byte)'\n');

    private readonly BodyCapture? _kept = maxBytes > 0 ? new(maxBytes, FirstBytes) : null;
    private byte[] _message = [];
    private int _length;
    private bool _isLeftOut;

    /// <summary>How many messages there were.</summary>
    public long Messages { get; private set; }

    /// <summary>Their bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>What is kept; empty if it was too much.</summary>
    public ReadOnlySpan<byte> Kept => _kept is { IsWhole: true } ? _kept.Bytes : [];

    /// <summary>Takes the next bytes of a message.</summary>
    /// <param name="piece">The bytes.</param>
    /// <param name="isText">Whether they are text.</param>
    /// <param name="endsMessage">Whether no more follow.</param>
    public void Add(ReadOnlySpan<byte> piece, bool isText, bool endsMessage)
    {
        Bytes += piece.Length;
        if (_kept is { IsWhole: true } kept)
        {
            Keep(kept, piece, isText, endsMessage);
        }

        if (endsMessage)
        {
            Messages++;
            _isLeftOut = false;
            Release();
        }
    }

    public void Dispose()
    {
        _kept?.Dispose();
        Release();
    }

    private void Keep(BodyCapture kept, ReadOnlySpan<byte> piece, bool isText, bool endsMessage)
    {
        _isLeftOut |= !isText || _length + piece.Length > MaxMessageBytes;
        if (_isLeftOut)
        {
            return;
        }

        if (endsMessage && _length == 0)
        {
            Append(kept, piece); // Nearly every message.
            return;
        }

        if (_message.Length == 0)
        {
            _message = ArrayPool<byte>.Shared.Rent(MaxMessageBytes);
        }

        piece.CopyTo(_message.AsSpan(_length));
        _length += piece.Length;
        if (endsMessage)
        {
            Append(kept, _message.AsSpan(0, _length));
        }
    }

    // Within JSON's texts line breaks are escaped; between its members they mean nothing.
    private static void Append(BodyCapture kept, ReadOnlySpan<byte> message)
    {
        while (message.IndexOfAny(LineBreaks) is >= 0 and var at)
        {
            kept.Append(message[..at]);
            kept.Append(" "u8);
            message = message[(at + 1)..];
        }

        kept.Append(message);
        kept.Append("\n"u8);
    }

    private void Release()
    {
        if (_message.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_message);
        }

        (_message, _length) = ([], 0);
    }
}
