using GatewayActors.Providers.Usage.Scanning;

namespace GatewayActors.Providers.Realtime;

/// <summary>Finds members in one message after another. Between messages it holds no buffer: most sessions are silent most of the time.</summary>
internal sealed class MessageScanner(JsonPaths paths) : IMemberSink
{
    private readonly CapturedMembers _members = new();
    private JsonMemberScanner _scanner = new(paths);
    private TextLength _text;

    /// <summary>The slot whose text is counted instead of being kept, because it may be of any length; -1 for none.</summary>
    public int CountedSlot { get; set; } = -1;

    /// <summary>What was found in the message so far.</summary>
    public CapturedMembers Members => _members;

    /// <summary>How many characters (Unicode scalar values) the counted text has.</summary>
    public long Characters { get; private set; }

    public void Read(ReadOnlySpan<byte> piece) => _scanner.Read(piece, this);

    /// <summary>Begins with the next message.</summary>
    public void Reset()
    {
        _scanner.Reset(this);
        _members.Release();
        _text = default;
        Characters = 0;
    }

    void IMemberSink.Count(int slot) => ((IMemberSink)_members).Count(slot);

    void IMemberSink.Append(ReadOnlySpan<byte> piece)
    {
        if (CountedSlot >= 0)
        {
            _text.Add(piece);
        }

        ((IMemberSink)_members).Append(piece);
    }

    void IMemberSink.End(int slot, ReadOnlySpan<byte> last)
    {
        if (slot == CountedSlot)
        {
            _text.Add(last);
            Characters += _text.Count;
            ((IMemberSink)_members).Abandon();
        }
        else
        {
            ((IMemberSink)_members).End(slot, last);
        }

        _text = default;
    }

    void IMemberSink.Abandon()
    {
        _text = default;
        ((IMemberSink)_members).Abandon();
    }
}
