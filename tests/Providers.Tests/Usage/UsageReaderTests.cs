using GatewayActors.Providers.Usage;
using Xunit;

namespace GatewayActors.Providers.Tests.Usage;

public sealed class UsageReaderTests
{
    [Theory]
    [MemberData(nameof(UsageCase.Names), MemberType = typeof(UsageCase))]
    public void Complete_WholeBody_ReportsWhatTheFixtureStates(string fixture)
    {
        var expected = UsageCase.Of(fixture);
        var report = Reading.Whole(expected.Reader(), Reading.Fixture(fixture));

        Assert.Equal(expected.Usage, report.Usage);
        Assert.Equal(expected.Model, report.Model);
        Assert.Equal(expected.Tier, report.ServiceTier);
        Assert.Equal(expected.Error, report.Error);
        if (report.RawUsageJson is { } raw)
        {
            Assert.Equal(System.Text.Json.JsonValueKind.Object, System.Text.Json.JsonDocument.Parse(raw).RootElement.ValueKind);
        }
    }

    [Theory]
    [MemberData(nameof(UsageCase.Names), MemberType = typeof(UsageCase))]
    public void Complete_BodyCutAnywhere_ReportsTheSame(string fixture)
    {
        var expected = UsageCase.Of(fixture);
        var body = Reading.Fixture(fixture);
        var whole = Reading.Whole(expected.Reader(), body);

        for (var at = 0; at <= body.Length; at++)
        {
            Assert.Equal(whole, Reading.Cut(expected.Reader(), body, at));
        }

        Assert.Equal(whole, Reading.InPieces(expected.Reader(), body, bytes: 1));
        Assert.Equal(whole, Reading.InPieces(expected.Reader(), body, bytes: 7));
    }

    [Theory]
    [MemberData(nameof(UsageCase.Names), MemberType = typeof(UsageCase))]
    public void Complete_StreamWithOtherLineEnds_ReportsTheSame(string fixture)
    {
        if (!fixture.EndsWith(".sse", StringComparison.Ordinal))
        {
            return;
        }

        var expected = UsageCase.Of(fixture);
        var text = System.Text.Encoding.UTF8.GetString(Reading.Fixture(fixture)).ReplaceLineEndings("\n");
        var whole = Reading.Whole(expected.Reader(), System.Text.Encoding.UTF8.GetBytes(text));
        foreach (var changed in new[] { text.ReplaceLineEndings("\r\n"), text.ReplaceLineEndings("\r"), "\uFEFF: hello\n" + text, text.TrimEnd(), text.Replace("data: ", "data:", StringComparison.Ordinal) })
        {
            var body = System.Text.Encoding.UTF8.GetBytes(changed);
            Assert.Equal(whole, Reading.Whole(expected.Reader(), body));
            Assert.Equal(whole, Reading.InPieces(expected.Reader(), body, bytes: 1));
            Assert.Equal(whole, Reading.InPieces(expected.Reader(), body, bytes: 13));
        }
    }
}
