namespace GatewayActors.Front.Dlp.Detection.Personal;

/// <summary>Dates beside a word that says that somebody was born then.</summary>
internal sealed class DateOfBirth : IDetector
{
    private static readonly ContextWords Words = new(
        "dob", "d.o.b", "date of birth", "birth date", "birthdate", "birthday", "born", "geburtsdatum", "geboren", "geb", "né le", "née le", "date de naissance", "fecha de nacimiento", "nacido", "nacida",
        "data di nascita", "nato il", "nata il", "geboortedatum", "data de nascimento");

    private static readonly DlpEntry Entry = new(DlpEntry.BuiltInId(2, 3), "Date of birth", "DATE_OF_BIRTH") { Context = Words, IsCertain = true };

    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    public IReadOnlyList<DlpEntry> Entries { get; } = [Entry];

    public void Find(in ScannedText text, List<DlpMatch> matches)
    {
        var tokens = text.Tokens;
        for (var i = 0; i < tokens.Length; i++)
        {
            if (!tokens[i].IsNumber || tokens[i].Length > 4 || End(text, i, out var start) is not (> 0 and var end))
            {
                continue;
            }

            if (Words.IsNear(text.Text, start, end))
            {
                matches.Add(new(start, end - start, Entry));
            }

            while (i + 1 < tokens.Length && tokens[i + 1].Start < end)
            {
                i++;
            }
        }
    }

    private static int End(in ScannedText text, int index, out int start)
    {
        var all = text.Text;
        var tokens = text.Tokens;
        start = tokens[index].Start;
        if (index + 2 < tokens.Length && tokens[index + 1].IsNumber && tokens[index + 2].IsNumber && IsDivided(all, tokens[index], tokens[index + 1]) && IsDivided(all, tokens[index + 1], tokens[index + 2]))
        {
            var (a, b, c) = (Value(all, tokens[index]), Value(all, tokens[index + 1]), Value(all, tokens[index + 2]));
            return IsDate(tokens[index].Length, a, b, tokens[index + 2].Length, c) ? tokens[index + 2].End : 0;
        }

        // "March 4, 1985", "4 March 1985", "4th of March 1985" in part.
        if (index + 1 >= tokens.Length || tokens[index + 1].Length != 4 || !tokens[index + 1].IsNumber || Value(all, tokens[index]) is < 1 or > 31 || !IsYear(Value(all, tokens[index + 1])))
        {
            return 0;
        }

        var between = all[tokens[index].End..tokens[index + 1].Start];
        if (between.Length <= 16 && IsMonth(between.Trim([' ', '.', ',', '-'])))
        {
            return tokens[index + 1].End;
        }

        var word = start;
        while (word > 0 && start - word < 12 && (char.IsLetter(all[word - 1]) || all[word - 1] is ' ' or '.'))
        {
            word--;
        }

        var before = all[word..start].TrimEnd([' ', '.']);
        var begin = before.LastIndexOf(' ') + 1;
        if (between.Length <= 2 && IsMonth(before[begin..]))
        {
            start = word + begin;
            return tokens[index + 1].End;
        }

        return 0;
    }

    private static bool IsDate(int firstLength, int first, int second, int lastLength, int last) => (firstLength, lastLength) switch
    {
        (4, <= 2) => IsYear(first) && Checksums.IsDay(second, last),
        ( <= 2, 4) => IsYear(last) && (Checksums.IsDay(first, second) || Checksums.IsDay(second, first)),
        ( <= 2, 2) => Checksums.IsDay(first, second) || Checksums.IsDay(second, first),
        _ => false,
    };

    private static bool IsYear(int year) => year is >= 1900 and <= 2099;

    private static bool IsMonth(ReadOnlySpan<char> word)
    {
        foreach (var month in Months)
        {
            if (word.Length is >= 3 and <= 9 && word.StartsWith(month, StringComparison.OrdinalIgnoreCase) && !word.ContainsAny(" ,.-"))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsDivided(ReadOnlySpan<char> text, Token left, Token right) =>
        right.Start - left.End == 1 ? text[left.End] is '/' or '-' or '.' : right.Start - left.End == 2 && text[left.End] == '.' && text[left.End + 1] == ' ';

    private static int Value(ReadOnlySpan<char> text, Token token)
    {
        var value = 0;
        foreach (var c in text.Slice(token.Start, token.Length))
        {
            value = (value * 10) + ScannedText.ValueOf(c);
        }

        return value;
    }
}
