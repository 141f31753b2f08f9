using System.Diagnostics;
using System.Text.Json;
using GatewayActors.Front.Policies;
using GatewayActors.Front.Policies.Cel;
using Xunit;

namespace GatewayActors.Front.Tests.Policies;

/// <summary>Conditions: what they say about a request, and which of them are no conditions.</summary>
public sealed class CelExpressionTests
{
    private static readonly PolicySubject Subject = new()
    {
        Identity = new()
        {
            Subject = "u1",
            Email = "ada@example.com",
            Groups = ["engineering", "eng-ml"],
            Country = "US",
            Custom = JsonElement.Parse("""{"level":3,"https://example.com/plan":"pro","org":{"id":"o1","tags":["a","b"]},"admin":true,"none":null}""")
                .EnumerateObject().ToDictionary(claim => claim.Name, claim => claim.Value),
        },
        Metadata = """{"environment":"production","tier":2,"beta":false,"user-id":"42","quote":"it's \"so\""}""",
        Provider = "openai",
        Model = "gpt-4o",
    };

    [Theory]
    [InlineData("true", true)]
    [InlineData("\"contractors\" in cf.user.groups", false)]
    [InlineData("\"engineering\" in cf.user.groups", true)]
    [InlineData("cf.user.email.endsWith(\"@example.com\")", true)]
    [InlineData("cf.user.email.startsWith('ada') && cf.country == \"US\"", true)]
    [InlineData("metadata.environment == \"production\"", true)]
    [InlineData("metadata[\"user-id\"] == '42'", true)]
    [InlineData("metadata.tier >= 2 && metadata.tier < 2.5 && -1 < metadata.tier", true)]
    [InlineData("metadata.tier == \"2\"", false)]
    [InlineData("!metadata.beta", true)]
    [InlineData("metadata.quote == \"it's \\\"so\\\"\"", true)]
    [InlineData("cf.user.id in [\"u0\", \"u1\"]", true)]
    [InlineData("cf.custom.level == 3u", true)]
    [InlineData("cf.custom[\"https://example.com/plan\"] != \"free\"", true)]
    [InlineData("cf.custom.org.id == \"o1\" && \"b\" in cf.custom.org.tags && \"id\" in cf.custom.org", true)]
    [InlineData("cf.custom.org.tags[1] == \"b\"", true)]
    [InlineData("cf.custom.none == null", true)]
    [InlineData("cf.user.groups.exists(g, g.startsWith(\"eng-\"))", true)]
    [InlineData("cf.user.groups.all(g, g.contains(\"eng\"))", true)]
    [InlineData("cf.user.groups.all(g, cf.custom.org.tags.exists(t, g.contains(t)))", false)]
    [InlineData("size(cf.user.groups) == 2 && cf.user.id.size() == 2", true)]
    [InlineData("string(cf.custom.level) == \"3\" && string(cf.custom.admin) == 'true'", true)]
    [InlineData("cf.user.email.matches(\"^[a-z]+@example\\\\.com$\")", true)]
    [InlineData("cf.user.email.matches(r\"^[a-z]+@example\\.org$\")", false)]
    [InlineData("cf.custom.admin ? cf.country == \"US\" : false", true)]
    [InlineData("has(metadata.environment) && !has(metadata.team) && !has(cf.custom.org.name)", true)]
    [InlineData("false || (true && !(1 > 2))", true)]
    [InlineData("metadata.team == \"x\" || true", true)]
    [InlineData("metadata.team == \"x\" && false", false)]
    [InlineData("true || metadata.environment > 3", true)]
    public void Evaluate_Condition_SaysWhetherTheRequestMeetsIt(string text, bool expected)
    {
        var expression = CelExpression.Parse(text, out var mistake);

        Assert.Null(mistake);
        Assert.Equal(CelResult.Of(expected), expression!.Evaluate(Subject));
    }

    [Theory]
    [InlineData("metadata.team == \"x\"")]
    [InlineData("metadata.team == \"x\" || false")]
    [InlineData("!(cf.custom.nothing == 1)")]
    [InlineData("cf.custom.org.name == \"x\"")]
    [InlineData("cf.custom.org.tags[2] == \"c\"")]
    [InlineData("metadata.team in [\"a\"]")]
    public void Evaluate_FieldIsMissing_IsNeitherTrueNorFalse(string text) =>
        Assert.Equal(CelResult.Missing, CelExpression.Parse(text, out _)!.Evaluate(Subject));

    [Theory]
    [InlineData("metadata.environment > 3")]
    [InlineData("metadata.environment")]
    [InlineData("!metadata.tier")]
    [InlineData("metadata.tier.startsWith(\"x\")")]
    [InlineData("cf.custom.level.exists(x, true)")]
    [InlineData("\"a\" in metadata.environment")]
    [InlineData("cf.custom.level[0] == 1")]
    [InlineData("metadata.tier ? true : false")]
    public void Evaluate_KindsDoNotGoTogether_Fails(string text) =>
        Assert.Equal(CelResult.Failed, CelExpression.Parse(text, out _)!.Evaluate(Subject));

    [Theory]
    [InlineData("", "At character 1: expected a value, found the end.")]
    [InlineData("cf.user.email ==", "At character 17: expected a value, found the end.")]
    [InlineData("cf.user.email == \"x", "At character 18: a text without its closing quote.")]
    [InlineData("cf.user.mail == \"x\"", "At character 1: 'cf.user.mail' is no field: there are cf.user.id, cf.user.email, cf.user.groups, cf.country, cf.custom.<claim> and metadata.<key>.")]
    [InlineData("cf.user == 1", "At character 1: 'cf.user' is no field: there are cf.user.id, cf.user.email, cf.user.groups, cf.country, cf.custom.<claim> and metadata.<key>.")]
    [InlineData("request.time > 1", "At character 1: 'request' is no field: there are cf.user.id, cf.user.email, cf.user.groups, cf.country, cf.custom.<claim> and metadata.<key>.")]
    [InlineData("true true", "At character 6: unexpected 'true'.")]
    [InlineData("1 + 1 == 2", "At character 3: '+', which cannot stand in a condition.")]
    [InlineData("1 - 1 == 0", "At character 3: unexpected '-'.")]
    [InlineData("\"production\"", "The expression is not true or false.")]
    [InlineData("cf.user.groups", "The expression is not true or false.")]
    [InlineData("cf.user.email == 3", "At character 15: a text is never equal to a number.")]
    [InlineData("cf.user.email < 3", "At character 15: '<' compares two numbers or two texts.")]
    [InlineData("cf.user.email && true", "At character 15: '&&' takes a truth value, not a text.")]
    [InlineData("\"a\" in \"abc\"", "At character 5: what stands behind 'in' is no list.")]
    [InlineData("cf.user.email.upper() == \"X\"", "At character 15: there is no function 'upper' of 0 value(s).")]
    [InlineData("now() == 1", "At character 1: there is no function 'now' of 0 value(s).")]
    [InlineData("has(true)", "At character 1: has() takes one field.")]
    [InlineData("cf.user.email.matches(\"(\")", "At character 15: matches() takes a regular expression of at most 256 characters in quotes, without look-around and back-references.")]
    [InlineData("cf.user.email.matches(\"(a)\\\\1\")", "At character 15: matches() takes a regular expression of at most 256 characters in quotes, without look-around and back-references.")]
    [InlineData("cf.user.groups.exists(g, cf.user.groups.exists(g, true))", "At character 48: at most 2 of exists() and all() within one another, each with a name of its own.")]
    [InlineData("metadata.x == 99999999999999999999999999999999", "At character 15: a number that is too large, or none.")]
    [InlineData("metadata.x == \"\\q\"", "At character 17: an escape that is not known.")]
    [InlineData("metadata.x == #", "At character 15: '#', which cannot stand in a condition.")]
    public void Parse_Mistake_IsToldWithItsPlace(string text, string expected)
    {
        Assert.Null(CelExpression.Parse(text, out var mistake));
        Assert.Equal(expected, mistake);
    }

    [Theory]
    [InlineData("(", ")", "true")]
    [InlineData("!", "", "true")]
    [InlineData("[", "]", "true")]
    [InlineData("size(", ")", "\"a\"")]
    [InlineData("true ? ", " : false", "true")]
    [InlineData("metadata.x[", "]", "1")]
    public void Parse_TooDeep_IsRefusedRatherThanOverflowingTheStack(string open, string close, string inner)
    {
        var text = string.Concat(Enumerable.Repeat(open, 100_000)) + inner + string.Concat(Enumerable.Repeat(close, 100_000));

        Assert.Null(CelExpression.Parse(text, out var mistake));
        Assert.Contains("too much", mistake, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_TooLong_IsRefused()
    {
        Assert.Null(CelExpression.Parse(string.Join(" || ", Enumerable.Repeat("true", 2_000)), out var mistake));
        Assert.Contains("too much", mistake, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_EveryPrefixAndEveryCutOfAnExpression_NeitherThrowsNorHangs()
    {
        const string Text = "has(metadata.a) && cf.user.groups.exists(g, g.matches(\"^[a-z]{2,}$\") || g in ['x', \"\\u00e9\"]) ? -1.5 < metadata.n : !(cf.country != null)";
        Assert.NotNull(CelExpression.Parse(Text, out _));
        for (var i = 0; i <= Text.Length; i++)
        {
            CelExpression.Parse(Text[..i], out _);
            CelExpression.Parse(Text[i..], out _);
            CelExpression.Parse(Text.Insert(i, "\""), out _);
        }
    }

    [Fact]
    public void Evaluate_TooMuchToLookAt_Fails()
    {
        var groups = Enumerable.Range(0, 5_000).Select(number => $"g{number}").ToArray();
        var expression = CelExpression.Parse("cf.user.groups.all(a, cf.user.groups.exists(b, a == b))", out _)!;

        var clock = Stopwatch.StartNew();
        var result = expression.Evaluate(new() { Identity = new() { Groups = groups }, Provider = "openai" });

        Assert.Equal(CelResult.Failed, result);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(1), $"{clock.Elapsed}"); // 25 million comparisons would take longer.
    }
}
