using System.Text;

namespace GatewayActors.Front.Simulator;

/// <summary>
/// The content of an answer: a sentence, cut or continued with filler to a length. The filler is made while it is read, so a large
/// answer that is streamed takes no memory.
/// </summary>
internal sealed class SimulatedText
{
    private const int LongestEcho = 500; // characters of the prompt; enough to recognise it

    private readonly byte[] _sentence;

    private SimulatedText(byte[] sentence, int length) => (_sentence, Length) = (sentence, length);

    private static ReadOnlySpan<byte> Filler => " The simulator goes on as long as it was asked to."u8;

    /// <summary>Bytes of UTF-8.</summary>
    public int Length { get; }

    /// <summary>By the rule that four bytes make a token.</summary>
    public int Tokens => TokensOf(Length);

    /// <summary>Tokens of a text: a quarter of its bytes of UTF-8, rounded up.</summary>
    public static int TokensOf(long bytes) => (int)((bytes + 3) / 4);

    /// <summary>An echo of a prompt.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="length">The exact length in bytes; null for the sentence's own.</param>
    public static SimulatedText Echo(string prompt, int? length)
    {
        var end = Math.Min(prompt.Length, LongestEcho);
        if (end > 0 && end < prompt.Length && char.IsHighSurrogate(prompt[end - 1]))
        {
            end--;
        }

        var sentence = Encoding.UTF8.GetBytes($"The simulator read: {prompt.AsSpan(0, end)}");
        var cut = sentence.Length;
        if (length < cut)
        {
            cut = length.Value;
            while (cut > 0 && IsContinuation(sentence[cut]))
            {
                cut--;
            }
        }

        return new(sentence[..cut], length ?? cut);
    }

    /// <summary>The bounds of one of a number of pieces of nearly the same length, cut between characters.</summary>
    public Range Piece(int index, int pieces) => Boundary(index, pieces)..Boundary(index + 1, pieces);

    /// <summary>Copies a part.</summary>
    public void CopyTo(Range range, Span<byte> target)
    {
        var (offset, length) = range.GetOffsetAndLength(Length);
        for (var written = 0; written < length;)
        {
            var position = offset + written;
            var source = position < _sentence.Length
                ? _sentence.AsSpan(position)
                : Filler[((position - _sentence.Length) % Filler.Length)..];
            var part = source[..Math.Min(source.Length, length - written)];
            part.CopyTo(target[written..]);
            written += part.Length;
        }
    }

    private int Boundary(int index, int pieces)
    {
        var position = (int)((long)Length * index / pieces);
        while (position < _sentence.Length && IsContinuation(_sentence[position]))
        {
            position++;
        }

        return position;
    }

    private static bool IsContinuation(byte unit) => (unit & 0xC0) == 0x80;
}
