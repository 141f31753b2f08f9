using GatewayActors.Front.Dlp.Detection;

namespace GatewayActors.Front.Tests.Dlp.Quality;

/// <summary>How well one class is found.</summary>
internal sealed record DetectorQuality(string Label, int Positives, int Negatives, int Found, int FalselyFound)
{
    public const int Samples = 600;

    private const int Seed = 20_261_128;

    public double Precision => Found + FalselyFound == 0 ? 1 : (double)Found / (Found + FalselyFound);

    public double Recall => (double)Found / Positives;

    public static IReadOnlyList<SampleClass> Classes { get; } =
        [.. FinancialSamples.All, .. PersonalSamples.All, .. GovernmentSamples.All, .. HealthSamples.All, .. SecretSamples.All];

    /// <summary>Measures with as many near misses and as many common numbers as things to find. A find counts where it covers all of it and no more.</summary>
    public static DetectorQuality Measure(SampleClass samples, ICollection<string>? mistakes = null)
    {
        var random = new Random(Seed);
        var (found, falselyFound) = (0, 0);
        for (var i = 0; i < Samples; i++)
        {
            var (text, start, length) = samples.MakePositive(random);
            var isFound = Matches(text).Any(match => match.Entry.Label == samples.Label && match.Start == start && match.Length == length);
            found += isFound ? 1 : 0;
            if (!isFound)
            {
                mistakes?.Add($"missed: {text}");
            }

            foreach (var other in (ReadOnlySpan<string>)[samples.MakeNearMiss(random), CommonNumbers.Make(random)])
            {
                if (Matches(other).Any(match => match.Entry.Label == samples.Label))
                {
                    falselyFound++;
                    mistakes?.Add($"falsely found: {other}");
                }
            }
        }

        return new(samples.Label, Samples, Samples * 2, found, falselyFound);
    }

    public static List<DlpMatch> Matches(string text)
    {
        List<DlpMatch> matches = [];
        using var scanned = new ScannedText(text);
        foreach (var profile in BuiltInProfile.All)
        {
            foreach (var detector in profile.Detectors)
            {
                detector.Find(scanned, matches);
            }
        }

        return matches;
    }
}
