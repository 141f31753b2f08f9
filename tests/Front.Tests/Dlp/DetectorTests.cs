using System.Diagnostics;
using GatewayActors.Front.Dlp.Detection;
using GatewayActors.Front.Tests.Dlp.Quality;
using Xunit;

namespace GatewayActors.Front.Tests.Dlp;

public sealed class DetectorTests
{
    [Theory]
    [InlineData("4111 1111 1111 1111", "CREDIT_CARD")]
    [InlineData("4111-1111-1111-1111", "CREDIT_CARD")]
    [InlineData("4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "CREDIT_CARD")]
    [InlineData("4111\u200b1111\u200b1111\u200b1111", "CREDIT_CARD")]
    [InlineData("４１１１１１１１１１１１１１１１", "CREDIT_CARD")]
    [InlineData("٤١١١ ١١١١ ١١١١ ١١١١", "CREDIT_CARD")]
    [InlineData("SSN 078-05-1120", "US_SSN")]
    [InlineData("ssn:078051120", "US_SSN")]
    [InlineData("DE89 3704 0044 0532 0130 00", "IBAN")]
    [InlineData("de89370400440532013000", "IBAN")]
    [InlineData("jane.doe (at) example (dot) com", "EMAIL")]
    [InlineData("postgres://app:s3cretPass@db/x", "URL_PASSWORD")]
    [InlineData("AKIAIOSFODNN7EXAMPLE", "AWS_ACCESS_KEY")]
    [InlineData("glpat-1234567890abcdefghij", "GITLAB_TOKEN")]
    [InlineData("The patient was diagnosed with diabetes.", "MEDICAL_CONDITION")]
    public void Detectors_KnownText_FindIt(string text, string label) => Assert.Contains(DetectorQuality.Matches(text), match => match.Entry.Label == label);

    [Theory]
    [InlineData("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20")]
    [InlineData("550e8400-e29b-41d4-a716-446655440000")]
    [InlineData("0.4111111111111111 and 1.4111111111111111")]
    [InlineData("4111111111111112")]
    [InlineData("a4111111111111111")]
    [InlineData("Diabetes is a disease.")]
    [InlineData("assn 078051120")]
    public void Detectors_HarmlessText_FindNothing(string text) => Assert.Empty(DetectorQuality.Matches(text));

    [Fact]
    public void Entries_OfAllProfiles_HaveIdsOfTheirOwn()
    {
        var entries = BuiltInProfile.All.SelectMany(profile => profile.Entries).ToArray();

        Assert.Equal(entries.Length, entries.Select(entry => entry.Id).Distinct().Count());
        Assert.All(entries, entry => Assert.Matches("^[A-Z][A-Z0-9_]+$", entry.Label));
    }

    [Fact]
    public void Detectors_OnAnyText_StayWithinIt()
    {
        const string Alphabet = "0123456789 -.()+/@:<\n\"'{}[]ABCDEPXYZabcdeghijknopqrstuvwxyz_%٣４é€\ud83d";
        string[] pieces = ["4111", "sk-", "eyJ", "-----BEGIN ", "PRIVATE KEY-----", "://", "DE89", "ssn ", "tel ", "born ", "(at)", "[dot]", "P<UTO", "born March ", "AKIA", "swift DEUT", "dx E1", "+49", "0049 ", "patient hiv"];
        var random = new Random(4);
        for (var i = 0; i < 4_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => random.Next(2) == 0 ? random.Pick(pieces) : random.From(Alphabet, random.Next(8))));
            Assert.All(DetectorQuality.Matches(text), match => Assert.True(match.Start >= 0 && match.Length > 0 && match.End <= text.Length, text));
        }
    }

    /// <summary>Texts that make scanners go back again and again. Ten times the text may take ten times the time, not a hundred times; measured with room for a busy machine.</summary>
    [Theory]
    [InlineData("1 ")]
    [InlineData("12-")]
    [InlineData("4111 ")]
    [InlineData("@")]
    [InlineData("a.a@")]
    [InlineData("aaaaaaaaaaaaaaaa")]
    [InlineData("<")]
    [InlineData("A<")]
    [InlineData("-----BEGIN PRIVATE KEY")]
    [InlineData("eyJ")]
    [InlineData("eyJ.")]
    [InlineData("sk-")]
    [InlineData("://a:b")]
    [InlineData("DE89")]
    [InlineData("ssn 1")]
    [InlineData("patient aids ")]
    [InlineData("1:1:")]
    [InlineData("A1+/")]
    [InlineData("ABCDEFGH ")]
    public void Detectors_OnHardText_TakeTimeInProportion(string piece)
    {
        var (small, large) = (Repeat(piece, 20_000), Repeat(piece, 200_000));
        DetectorQuality.Matches(small);

        var (quick, slow) = (Measure(small), Measure(large));

        Assert.True(slow < TimeSpan.FromSeconds(1) || slow < quick * 50, $"{quick} became {slow}");
    }

    private static string Repeat(string piece, int length) => string.Concat(Enumerable.Repeat(piece, length / piece.Length));

    private static TimeSpan Measure(string text)
    {
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < 3; i++)
        {
            var started = Stopwatch.GetTimestamp();
            DetectorQuality.Matches(text);
            best = Stopwatch.GetElapsedTime(started) is var took && took < best ? took : best;
        }

        return best;
    }
}
