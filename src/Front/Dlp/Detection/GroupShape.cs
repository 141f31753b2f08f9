namespace GatewayActors.Front.Dlp.Detection;

/// <summary>How many digits the groups of a number have, as in 3-2-4.</summary>
internal readonly record struct GroupShape
{
    private const int Bits = 5;
    private const int MaxGroups = 12;

    private readonly ulong _lengths;

    private GroupShape(ulong lengths, int count, bool isSpelledOut) => (_lengths, Count, IsSpelledOut) = (lengths, count, isSpelledOut);

    /// <summary>How many groups.</summary>
    public int Count { get; }

    /// <summary>Whether each digit stands alone.</summary>
    public bool IsSpelledOut { get; }

    /// <summary>Whether the digits are not divided.</summary>
    public bool IsOneGroup => Count == 1;

    /// <summary>A shape of these groups.</summary>
    public static GroupShape Of(params ReadOnlySpan<int> lengths)
    {
        var shape = default(GroupShape);
        foreach (var length in lengths)
        {
            shape = shape.Add(length);
        }

        return shape;
    }

    /// <summary>This shape and one more group. Past twelve groups only <see cref="IsSpelledOut"/> tells shapes apart.</summary>
    public GroupShape Add(int length) => new(
        Count < MaxGroups ? (_lengths << Bits) | (uint)Math.Min(length, (1 << Bits) - 1) : ulong.MaxValue,
        Count + 1,
        length == 1 && (Count == 0 || IsSpelledOut));

    /// <summary>Whether all groups but the last, which may be shorter, have this length.</summary>
    public bool IsEven(int length)
    {
        if (Count > MaxGroups)
        {
            return false;
        }

        for (var i = 1; i < Count; i++)
        {
            if (LengthFromEnd(i) != length)
            {
                return false;
            }
        }

        return LengthFromEnd(0) <= length;
    }

    private int LengthFromEnd(int index) => (int)((_lengths >> (index * Bits)) & ((1 << Bits) - 1));
}
