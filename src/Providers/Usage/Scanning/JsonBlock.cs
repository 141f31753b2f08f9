using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace GatewayActors.Providers.Usage.Scanning;

/// <summary>Where in 64 bytes of JSON brackets stand outside strings, one bit a byte, found without a branch per byte.</summary>
/// <remarks>The method of Langdale and Lemire, "Parsing Gigabytes of JSON per Second" (2019), section 3.1.</remarks>
internal readonly ref struct JsonBlock
{
    /// <summary>Bytes of a block.</summary>
    public const int Bytes = 64;

    private const ulong EvenBits = 0x5555_5555_5555_5555;
    private const byte CaseBit = 0x20; // '[' and ']' differ from '{' and '}' in this bit only

    /// <summary>Reads a block.</summary>
    /// <param name="block">64 bytes.</param>
    /// <param name="length">How many of them are there; the others are zero.</param>
    /// <param name="inString">Whether the block begins inside a string; afterwards, whether it ends inside one.</param>
    /// <param name="escaped">Whether its first byte is escaped; afterwards, whether the next block's first byte is.</param>
    public JsonBlock(ReadOnlySpan<byte> block, int length, ref bool inString, ref bool escaped)
    {
        ref var first = ref MemoryMarshal.GetReference(block);
        var low = Vector256.LoadUnsafe(ref first);
        var high = Vector256.LoadUnsafe(ref first, (nuint)Vector256<byte>.Count);

        var backslashes = Mask(low, high, (byte)'\\');
        var quotes = Mask(low, high, (byte)'"');
        if (backslashes != 0 || escaped)
        {
            quotes &= ~Escaped(backslashes, length, ref escaped);
        }

        var strings = PrefixXor(quotes) ^ (inString ? ulong.MaxValue : 0);
        inString = (strings >> (Bytes - 1)) != 0;

        var bit = Vector256.Create(CaseBit);
        (low, high) = (low | bit, high | bit);
        Opens = Mask(low, high, (byte)'{') & ~strings;
        Closes = Mask(low, high, (byte)'}') & ~strings;
    }

    /// <summary>Opening brackets and braces.</summary>
    public ulong Opens { get; }

    /// <summary>Closing brackets and braces.</summary>
    public ulong Closes { get; }

    /// <summary>Where the depth comes to zero; -1 if it does not here.</summary>
    public int FindEnd(ref int depth)
    {
        var closes = BitOperations.PopCount(Closes);
        if (closes < depth)
        {
            depth += BitOperations.PopCount(Opens) - closes;
            return -1;
        }

        for (var brackets = Opens | Closes; brackets != 0; brackets &= brackets - 1)
        {
            depth += (Closes & brackets & (0 - brackets)) != 0 ? -1 : 1;
            if (depth == 0)
            {
                return BitOperations.TrailingZeroCount(brackets);
            }
        }

        return -1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mask(Vector256<byte> low, Vector256<byte> high, byte value)
    {
        var wanted = Vector256.Create(value);
        return Vector256.Equals(low, wanted).ExtractMostSignificantBits() | ((ulong)Vector256.Equals(high, wanted).ExtractMostSignificantBits() << 32);
    }

    /// <summary>The bytes behind a backslash that is not itself escaped.</summary>
    private static ulong Escaped(ulong backslashes, int length, ref bool escaped)
    {
        var carry = escaped ? 1UL : 0;
        backslashes &= ~carry;
        var follows = (backslashes << 1) | carry;
        var oddStarts = backslashes & ~EvenBits & ~follows;
        var sum = unchecked(oddStarts + backslashes);
        var result = (EvenBits ^ (sum << 1)) & follows;
        escaped = length == Bytes ? sum < oddStarts : ((result >> length) & 1) != 0;
        return result;
    }

    /// <summary>Each bit becomes the parity of itself and all below it: set from an opening quote up to its closing one.</summary>
    private static ulong PrefixXor(ulong bits)
    {
        bits ^= bits << 1;
        bits ^= bits << 2;
        bits ^= bits << 4;
        bits ^= bits << 8;
        bits ^= bits << 16;
        return bits ^ (bits << 32);
    }
}
