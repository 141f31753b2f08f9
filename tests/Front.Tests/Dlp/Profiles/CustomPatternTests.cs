using GatewayActors.Front.Dlp.Profiles;
using Xunit;

namespace GatewayActors.Front.Tests.Dlp.Profiles;

public sealed class CustomPatternTests
{
    [Theory]
    [InlineData("abc", 3, 3)]
    [InlineData("a|bcd", 1, 3)]
    [InlineData("ab?c{2,5}", 3, 7)]
    [InlineData("(ab){3}", 6, 6)]
    [InlineData("(?:ab|c){1,4}d", 2, 9)]
    [InlineData("(?<name>ab)(?i)c(?i:d)", 4, 4)]
    [InlineData("(?'name'ab)c", 3, 3)]
    [InlineData("(?#comment (with bracket)ab", 2, 2)]
    [InlineData(@"\bPRJ-\d{4}\b", 8, 8)]
    [InlineData(@"[]a-z\]]{2}[^]x]", 3, 3)]
    [InlineData(@"[a-z-[aeiou]]{3}", 3, 3)]
    [InlineData(@"\p{Lu}\x41\u0041\cA\101\.\$", 7, 7)]
    [InlineData("a{,3}b{x}", 9, 9)]
    [InlineData("a{1,2}?", 1, 2)]
    [InlineData("^a$", 1, 1)]
    [InlineData("", 0, 0)]
    public void PatternLength_OfBoundedPatterns_IsWhatTheyCanMatch(string pattern, long min, long max)
    {
        _ = new System.Text.RegularExpressions.Regex(pattern); // What .NET does not take is no case here.

        Assert.Equal((min, (long?)max), PatternLength.Of(pattern));
    }

    [Theory]
    [InlineData("a*")]
    [InlineData("a+")]
    [InlineData("a{2,}")]
    [InlineData("(a|b+)c")]
    [InlineData("((a+))?")]
    public void PatternLength_OfUnboundedPatterns_HasNoMost(string pattern) => Assert.Null(PatternLength.Of(pattern).Max);

    [Theory]
    [InlineData("(", "not a regular expression")]
    [InlineData("[z-a]", "not a regular expression")]
    [InlineData(@"(a)\1", "not supported")]
    [InlineData("a(?=b)", "not supported")]
    [InlineData("(?>a)", "not supported")]
    [InlineData("a*", "matches the empty text")]
    [InlineData("a?", "matches the empty text")]
    [InlineData(@"\b", "matches the empty text")]
    [InlineData("ab+", "bounded length")]
    [InlineData(".{1,2000}", "at most 1024")]
    [InlineData("(.{1,1000}){1,1000}", "not supported")]
    public void Problem_OfBadPatterns_SaysWhatItIs(string pattern, string problem) => Assert.Contains(problem, CustomPattern.Problem(pattern), StringComparison.Ordinal);

    [Fact]
    public void Problem_OfDeeplyNestedPattern_IsOne() =>
        Assert.NotNull(CustomPattern.Problem(new string('(', 400) + "a" + new string(')', 400)));

    [Fact]
    public void Problem_OfAnyText_NeverThrows()
    {
        const string Alphabet = @"ab01()[]{}|?*+\^$.,-:<>'#x";
        var random = new Random(7);
        for (var i = 0; i < 5_000; i++)
        {
            var pattern = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            var problem = CustomPattern.Problem(pattern);
            if (problem is null)
            {
                // What passes keeps its promise on texts that it can match.
                var max = PatternLength.Of(pattern).Max!.Value;
                foreach (System.Text.RegularExpressions.Match match in CustomPattern.Compile(pattern).Matches("ab01()[]{}|?*+\\^$.,-:<>'#x aabb aa0011 bbbb....{{{"))
                {
                    Assert.True(match.Length > 0 && match.Length <= max, pattern);
                }
            }
        }
    }
}
