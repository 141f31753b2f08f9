using System.Globalization;
using GatewayActors.Front.Dlp.Detection;
using Xunit;

namespace GatewayActors.Front.Tests.Dlp.Quality;

public sealed class DetectorQualityTests(ITestOutputHelper output)
{
    private const double Least = 0.98;

    public static TheoryData<string> Labels => [.. DetectorQuality.Classes.Select(samples => samples.Label)];

    [Theory]
    [MemberData(nameof(Labels))]
    public void Detectors_OnGeneratedSamples_AreRight(string label)
    {
        List<string> mistakes = [];
        var quality = DetectorQuality.Measure(DetectorQuality.Classes.Single(samples => samples.Label == label), mistakes);

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {quality.Label} | {quality.Positives} | {quality.Negatives} | {quality.Precision:0.000} | {quality.Recall:0.000} |"));
        Assert.True(quality.Precision >= Least && quality.Recall >= Least, $"{quality}\n{string.Join('\n', mistakes.Take(8))}");
    }

    [Fact]
    public void Entries_OfAllProfiles_HaveSamples()
    {
        // What has no published shape is measured by nothing; it is named in the documentation.
        string[] unmeasured = ["MEDICAL_CONDITION", "GITLAB_TOKEN"];

        Assert.Equal(
            BuiltInProfile.AllEntries.Values.Select(entry => entry.Label).Distinct().Except(unmeasured).Order(StringComparer.Ordinal),
            DetectorQuality.Classes.Select(samples => samples.Label).Order(StringComparer.Ordinal));
    }
}
