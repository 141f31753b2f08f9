using System.Buffers;

namespace GatewayActors.Front.Dlp.Detection.Health;

/// <summary>Names of diseases beside a word that says that somebody has one. Off by default: it tells talk about a disease from talk about a patient only by those words.</summary>
internal sealed class MedicalCondition : IDetector
{
    private static readonly string[] Terms =
    [
        "aids", "alzheimer", "angina", "anorexia", "anxiety disorder", "arthritis", "asthma", "autism", "bipolar disorder", "bulimia", "cancer", "carcinoma", "cardiomyopathy", "chlamydia", "cirrhosis",
        "copd", "crohn's disease", "cystic fibrosis", "dementia", "depression", "diabetes", "endometriosis", "epilepsy", "gonorrhea", "heart failure", "hepatitis", "herpes", "hiv", "hypertension", "leukemia",
        "lupus", "lymphoma", "melanoma", "multiple sclerosis", "myocardial infarction", "parkinson", "pneumonia", "psychosis", "ptsd", "renal failure", "schizophrenia", "sepsis", "stroke", "syphilis",
        "tuberculosis", "ulcerative colitis",
    ];

    private static readonly SearchValues<string> Search = SearchValues.Create(Terms, StringComparison.OrdinalIgnoreCase);

    private static readonly ContextWords Words = new(
        "patient", "diagnosed", "diagnosed with", "diagnosis", "suffers from", "suffering from", "tested positive", "hiv-positive", "treated for", "prescribed", "medical history", "medical record", "mrn", "admitted");

    private static readonly DlpEntry Entry = new(DlpEntry.BuiltInId(4, 6), "Medical condition of a patient", "MEDICAL_CONDITION") { Context = Words, IsCertain = true, IsOnByDefault = false };

    private static readonly string[] LongestFirst = [.. Terms.OrderByDescending(term => term.Length)];

    public IReadOnlyList<DlpEntry> Entries { get; } = [Entry];

    public void Find(in ScannedText text, List<DlpMatch> matches)
    {
        var all = text.Text;
        for (var at = 0; all[at..].IndexOfAny(Search) is >= 0 and var found;)
        {
            var start = at + found;
            at = start + 1;
            foreach (var term in LongestFirst)
            {
                var end = start + term.Length;
                if (!all[start..].StartsWith(term, StringComparison.OrdinalIgnoreCase)
                    || (start > 0 && char.IsLetterOrDigit(all[start - 1]))
                    || (end < all.Length && char.IsLetterOrDigit(all[end])))
                {
                    continue;
                }

                if (Words.IsNear(all, start, end))
                {
                    matches.Add(new(start, term.Length, Entry));
                }

                at = end;
                break;
            }
        }
    }
}
