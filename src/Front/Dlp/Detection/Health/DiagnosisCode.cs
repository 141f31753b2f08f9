namespace GatewayActors.Front.Dlp.Detection.Health;

/// <summary>Codes of the International Classification of Diseases, tenth revision, beside a word about a diagnosis.</summary>
internal sealed class DiagnosisCode : IDetector
{
    private static readonly ContextWords Words = new("icd", "icd-10", "icd10", "icd-10-cm", "diagnosis", "diagnoses", "diagnosed", "diagnostic code", "dx", "diagnose", "diagnostik", "diagnóstico", "diagnostic");

    private static readonly DlpEntry Entry = new(DlpEntry.BuiltInId(4, 5), "ICD-10 diagnosis code", "ICD10_CODE") { Context = Words, IsCertain = true };

    public IReadOnlyList<DlpEntry> Entries { get; } = [Entry];

    public void Find(in ScannedText text, List<DlpMatch> matches)
    {
        foreach (var token in text.Tokens)
        {
            var end = token.End;
            if (!IsCategory(text.Text.Slice(token.Start, token.Length)))
            {
                continue;
            }

            if (end + 1 < text.Text.Length && text.Text[end] == '.' && char.IsLetterOrDigit(text.Text[end + 1]))
            {
                var detail = end + 1;
                for (end = detail; end < text.Text.Length && char.IsLetterOrDigit(text.Text[end]) && end - detail < 5;)
                {
                    end++;
                }

                if (end - detail > 4 || !IsDetail(text.Text[detail..end]))
                {
                    continue;
                }
            }

            if (Words.IsNear(text.Text, token.Start, end))
            {
                matches.Add(new(token.Start, end - token.Start, Entry));
            }
        }
    }

    // Chapters use all letters; U is for provisional codes, of which U07 became known.
    private static bool IsCategory(ReadOnlySpan<char> code) =>
        code.Length == 3 && char.IsAsciiLetterUpper(code[0]) && char.IsAsciiDigit(code[1]) && (char.IsAsciiDigit(code[2]) || code is "C4A" or "C7A" or "C7B" or "D3A" or "M1A" or "O9A" or "Z3A") && (code[0] != 'U' || code[1] == '0');

    private static bool IsDetail(ReadOnlySpan<char> detail)
    {
        foreach (var c in detail)
        {
            if (!char.IsAsciiDigit(c) && !char.IsAsciiLetterUpper(c))
            {
                return false;
            }
        }

        return char.IsAsciiDigit(detail[0]) || detail[0] is 'X' or 'A';
    }
}
