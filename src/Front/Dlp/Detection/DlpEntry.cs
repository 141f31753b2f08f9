namespace GatewayActors.Front.Dlp.Detection;

/// <summary>One kind of text that profiles consist of. Built-in ones are the same for all accounts and never change their id.</summary>
/// <param name="Id">What findings, logs and profiles call it.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Label">What stands in a placeholder for it: upper-case letters and underscores.</param>
internal sealed record DlpEntry(Guid Id, string Name, string Label)
{
    /// <summary>Words beside a match that make it more probable; null for none.</summary>
    public ContextWords? Context { get; init; }

    /// <summary>Whether <see cref="Context"/> or a national way of writing is asked for anyway, so that a match is as good as it gets.</summary>
    public bool IsCertain { get; init; }

    /// <summary>Whether a built-in profile looks for it unless the account says otherwise.</summary>
    public bool IsOnByDefault { get; init; } = true;

    /// <summary>The id of an entry of a built-in profile.</summary>
    public static Guid BuiltInId(byte profile, byte entry) => new(0x0d1b0000 | profile, 0, 0x4000, 0x80, 0, 0, 0, 0, 0, 0, entry);
}

/// <summary>Where a text holds something that an entry describes.</summary>
/// <param name="Start">Offset in UTF-16 code units.</param>
/// <param name="Length">In UTF-16 code units.</param>
/// <param name="Entry">What it is.</param>
internal readonly record struct DlpMatch(int Start, int Length, DlpEntry Entry)
{
    /// <summary>The offset behind it.</summary>
    public int End => Start + Length;
}

/// <summary>Finds entries in a text. Pure and thread-safe; takes time in proportion to the length of the text, whatever stands in it.</summary>
internal interface IDetector
{
    /// <summary>What it finds.</summary>
    IReadOnlyList<DlpEntry> Entries { get; }

    /// <summary>Adds what it finds, in any order.</summary>
    void Find(in ScannedText text, List<DlpMatch> matches);
}
