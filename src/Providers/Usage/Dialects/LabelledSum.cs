using GatewayActors.Providers.Usage.Scanning;

namespace GatewayActors.Providers.Usage.Dialects;

/// <summary>Adds up the numbers under one label in an array of <c>{label, number}</c> objects, in either order of the two.</summary>
internal sealed class LabelledSum(byte[] label) : IMemberSink
{
    private const int Element = 0, Label = 1, Number = 2;
    private const long MaxSum = 1_000_000_000_000;

    private bool _matches;
    private long _number;
    private long _sum;

    /// <summary>The paths of one such array.</summary>
    public static JsonPaths PathsOf(string array, string labelName, string numberName) =>
        new(($"{array}[]", Element), ($"{array}[].{labelName}", Label), ($"{array}[].{numberName}", Number));

    /// <summary>The sum under a label.</summary>
    /// <param name="raw">The object that has the array.</param>
    /// <param name="paths">Where it is, from <see cref="PathsOf"/>.</param>
    /// <param name="label">The label as raw JSON, in its quotes.</param>
    public static long Of(ReadOnlySpan<byte> raw, JsonPaths paths, byte[] label)
    {
        var sum = new LabelledSum(label);
        var scanner = new JsonMemberScanner(paths);
        scanner.Read(raw, sum);
        sum.Flush();
        return Math.Min(sum._sum, MaxSum);
    }

    void IMemberSink.Count(int slot) => Flush();

    void IMemberSink.End(int slot, ReadOnlySpan<byte> last)
    {
        if (slot == Label)
        {
            _matches = last.SequenceEqual(label);
        }
        else if (UsageNumbers.TryParseDecimal(last, out var number) && number <= MaxSum)
        {
            _number = (long)number;
        }
    }

    void IMemberSink.Append(ReadOnlySpan<byte> piece)
    {
        // The object is at hand as a whole; a piece is the cut end of a malformed one.
    }

    void IMemberSink.Abandon()
    {
    }

    private void Flush()
    {
        if (_matches)
        {
            _sum = Math.Min(_sum + _number, MaxSum);
        }

        _matches = false;
        _number = 0;
    }
}
