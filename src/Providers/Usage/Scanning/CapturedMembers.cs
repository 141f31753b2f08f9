using System.Buffers;
using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;

namespace GatewayActors.Providers.Usage.Scanning;

/// <summary>Keeps the raw values of selected members, the last one of each, in one pooled buffer.</summary>
/// <remarks>
/// A value over <see cref="MaxValueBytes"/> is dropped, so that no body is ever held. <c>null</c> and <c>""</c> do not replace a value:
/// streams repeat members without having anything to say.
/// </remarks>
/// <param name="dialect">Says which values replace an earlier one; null for all.</param>
internal sealed class CapturedMembers(UsageDialect? dialect = null) : IMemberSink
{
    /// <summary>The longest value that is kept, in bytes.</summary>
    public const int MaxValueBytes = 16 * 1024;

    /// <summary>How many slots there are.</summary>
    public const int Slots = 28;

    /// <summary>From this slot on, values are numbers that are added up under <see cref="CountOf"/>.</summary>
    public const int FirstSumSlot = 24;

    private const long MaxSum = 1_000_000_000_000; // more is nonsense, and sums must not overflow
    private const int FirstBufferBytes = 1024;

    private byte[] _buffer = [];
    private Values _values;
    private Counts _counts;
    private int _used;
    private int _openLength = -1; // bytes of the value at hand, at the end of what is used; -1 if there is none
    private bool _tooLong;

    /// <summary>Bytes of the buffer; what the tests hold against the bound.</summary>
    public int BufferBytes => _buffer.Length;

    /// <summary>The value of a slot; empty if there is none.</summary>
    public ReadOnlySpan<byte> this[int slot] => _buffer.AsSpan(_values[slot].Offset, _values[slot].Length);

    /// <summary>Whether a slot has a value.</summary>
    public bool Has(int slot) => _values[slot].Length > 0;

    /// <summary>How many elements were counted, or the sum of the values of a slot from <see cref="FirstSumSlot"/> on.</summary>
    public long CountOf(int slot) => _counts[slot];

    /// <summary>The value of a slot as text: a string unescaped, anything else as it stands; null if there is none or it is not UTF-8.</summary>
    public string? Text(int slot)
    {
        var raw = this[slot];
        return raw.IsEmpty ? null : JsonText.Of(raw);
    }

    /// <summary>The value of a slot as JSON text; null if there is none or it is not UTF-8.</summary>
    public string? Raw(int slot) => Has(slot) && Utf8.IsValid(this[slot]) ? Encoding.UTF8.GetString(this[slot]) : null;

    public void Count(int slot) => _counts[slot]++;

    public void Append(ReadOnlySpan<byte> piece)
    {
        _openLength = Math.Max(_openLength, 0);
        if (_tooLong || _openLength + piece.Length > MaxValueBytes)
        {
            _tooLong = true;
            return;
        }

        Reserve(_openLength + piece.Length);
        piece.CopyTo(_buffer.AsSpan(_used + _openLength));
        _openLength += piece.Length;
    }

    public void End(int slot, ReadOnlySpan<byte> last)
    {
        if (_openLength < 0)
        {
            Set(slot, last);
            return;
        }

        Append(last);
        var value = _tooLong ? [] : _buffer.AsSpan(_used, _openLength);
        if (slot >= FirstSumSlot)
        {
            Sum(slot, value);
        }
        else if (SaysSomething(slot, value))
        {
            _values[slot] = new(_used, _openLength);
            _used += _openLength;
        }

        Abandon();
    }

    public void Abandon()
    {
        _openLength = -1;
        _tooLong = false;
    }

    /// <summary>Sets a slot to a value that is at hand as a whole.</summary>
    public void Set(int slot, ReadOnlySpan<byte> value)
    {
        if (slot >= FirstSumSlot)
        {
            Sum(slot, value);
            return;
        }

        if (value.Length > MaxValueBytes || !SaysSomething(slot, value))
        {
            return;
        }

        ref var place = ref _values[slot];
        if (value.Length > place.Length)
        {
            place = default;
            Reserve(value.Length);
            place = new(_used, value.Length);
            _used += value.Length;
        }
        else
        {
            place = place with { Length = value.Length };
        }

        value.CopyTo(_buffer.AsSpan(place.Offset));
    }

    /// <summary>Forgets every value.</summary>
    public void Clear()
    {
        _values = default;
        _used = 0;
        Abandon();
    }

    /// <summary>Gives the buffer back. Nothing can be read afterwards.</summary>
    public void Release()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = [];
        Clear();
    }

    private void Sum(int slot, ReadOnlySpan<byte> value)
    {
        if (Utf8Parser.TryParse(value, out long number, out var used) && used == value.Length && number is >= 0 and <= MaxSum)
        {
            _counts[slot] = Math.Min(_counts[slot] + number, MaxSum);
        }
    }

    private bool SaysSomething(int slot, ReadOnlySpan<byte> value) =>
        !value.IsEmpty && !value.SequenceEqual("null"u8) && !value.SequenceEqual("\"\""u8) && (dialect is null || dialect.Replaces(slot, value));

    private void Reserve(int bytes)
    {
        if (_used + bytes <= _buffer.Length)
        {
            return;
        }

        // Replaced values leave gaps; what is still in use moves together.
        var live = bytes;
        foreach (var place in _values)
        {
            live += place.Length;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstBufferBytes, live + (live / 2)));
        var open = Math.Max(_openLength, 0);
        var used = 0;
        for (var slot = 0; slot < Slots; slot++)
        {
            var value = this[slot];
            value.CopyTo(larger.AsSpan(used));
            _values[slot] = new(used, value.Length);
            used += value.Length;
        }

        _buffer.AsSpan(_used, open).CopyTo(larger.AsSpan(used));
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = larger;
        _used = used;
    }

    private readonly record struct Place(int Offset, int Length);

    [InlineArray(Slots)]
    private struct Values
    {
        private Place _first;
    }

    [InlineArray(Slots)]
    private struct Counts
    {
        private long _first;
    }
}
