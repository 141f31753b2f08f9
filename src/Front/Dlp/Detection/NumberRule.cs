namespace GatewayActors.Front.Dlp.Detection;

/// <summary>Checks the digits of a number, without what stood between them.</summary>
internal delegate bool DigitsCheck(ReadOnlySpan<byte> digits);

/// <summary>A number of a fixed count of digits with a way to check it.</summary>
/// <param name="Entry">What it is.</param>
/// <param name="Digits">How many digits it has.</param>
/// <param name="IsValid">What is wrong with most other numbers of as many digits.</param>
/// <param name="NeedsContext">Whether a word must say what it is where it is not written as in <paramref name="Shapes"/>.</param>
/// <param name="Shapes">Groups that hardly anything else is written in; a word of context is not needed then.</param>
internal sealed record NumberRule(DlpEntry Entry, int Digits, DigitsCheck IsValid, bool NeedsContext, params GroupShape[] Shapes)
{
    /// <summary>Groups in which people write it, that others write their numbers in too: a word of context is needed.</summary>
    public IReadOnlyList<GroupShape> OtherShapes { get; init; } = [];

    /// <summary>Whether the text that a window covers is such a number.</summary>
    public bool Accepts(in NumberWindow window, in ScannedText text)
    {
        var isUsual = Array.IndexOf(Shapes, window.Shape) >= 0 && window.HasVisibleSeparators;
        return (isUsual || window.Shape.IsOneGroup || window.IsSpelledOut || Array.IndexOf(Shapes, window.Shape) >= 0 || OtherShapes.Contains(window.Shape))
            && IsValid(window.Digits)
            && (isUsual || !NeedsContext || Entry.Context?.IsNear(text.Text, window.Start, window.End) == true);
    }
}
