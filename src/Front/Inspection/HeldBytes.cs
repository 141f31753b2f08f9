namespace GatewayActors.Front.Inspection;

/// <summary>Bytes of a stream that wait: those that may go, then those that have been read, then those whose event is not whole. Not thread-safe.</summary>
internal sealed class HeldBytes
{
    private byte[] _bytes = new byte[4096];
    private int _start;
    private int _end;

    /// <summary>How many wait.</summary>
    public int Count => _end - _start;

    /// <summary>How many of them have been read.</summary>
    public int Read { get; set; }

    /// <summary>How many of them may go.</summary>
    public int Cleared { get; private set; }

    /// <summary>Those that have not been read.</summary>
    public ReadOnlySpan<byte> Unread => _bytes.AsSpan(_start + Read, Count - Read);

    /// <summary>Takes the next bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (_bytes.Length - _end < bytes.Length)
        {
            var target = Count + bytes.Length > _bytes.Length / 2 ? new byte[Math.Max(_bytes.Length * 2, Count + bytes.Length)] : _bytes;
            _bytes.AsSpan(_start, Count).CopyTo(target);
            (_bytes, _end, _start) = (target, Count, 0);
        }

        bytes.CopyTo(_bytes.AsSpan(_end));
        _end += bytes.Length;
    }

    /// <summary>Lets those go that stand before a place.</summary>
    public void Clear(int count) => Cleared = Math.Max(Cleared, Math.Min(count, Count));

    /// <summary>Lets all go.</summary>
    public void ClearAll() => (Read, Cleared) = (Count, Count);

    /// <summary>Lets go of those that have been read.</summary>
    public void Forget()
    {
        _start += Read;
        (Read, Cleared) = (0, 0);
    }

    /// <summary>Gives out those that may go.</summary>
    public byte[] Release()
    {
        var released = _bytes.AsSpan(_start, Cleared).ToArray();
        _start += Cleared;
        Read -= Cleared;
        Cleared = 0;
        return released;
    }
}
