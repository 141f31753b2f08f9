using GatewayActors.Front.Pipeline;
using Xunit;

namespace GatewayActors.Front.Tests.Pipeline;

public sealed class MetadataTests
{
    [Theory]
    [InlineData("""{"a":"x","b":1,"c":true,"d":false,"e":1.50}""", """{"a":"x","b":1,"c":true,"d":false,"e":1.50}""")]
    [InlineData("""{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7}""", """{"a":1,"b":2,"c":3,"d":4,"e":5}""")]
    [InlineData("""{"a":1,"a":2,"b":3,"a":4}""", """{"a":4,"b":3}""")]
    [InlineData("""{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"a":7}""", """{"a":7,"b":2,"c":3,"d":4,"e":5}""")]
    [InlineData("""{"cf.user_id":"x","a":1}""", """{"a":1}""")]
    [InlineData("""{"cf.a":1,"cf.b":2,"a":1,"b":2,"c":3,"d":4,"e":5}""", """{"a":1,"b":2,"c":3,"d":4,"e":5}""")]
    [InlineData("""{"cfo":"x"}""", """{"cfo":"x"}""")]
    [InlineData("""{"big":123456789012345678901234567890}""", """{"big":123456789012345678901234567890}""")]
    [InlineData("""  {"a" : 1 }  """, """{"a":1}""")]
    public void Read_Tags_KeepsTheFirstFive(string header, string expected)
    {
        Assert.Equal(expected, Metadata.Read(header, 5, userId: null, out var warning));
        Assert.Null(warning);
    }

    [Fact]
    public void ReadValues_ForLimits_AreTextsInFullLength()
    {
        var value = new string('x', 3_000);

        var values = Metadata.ReadValues($$"""{"cf.a":1,"a":"{{value}}","b":1.50,"c":true,"d":"","e":5,"f":6}""", 5);

        Assert.Equal(new Dictionary<string, string> { ["a"] = value, ["b"] = "1.50", ["c"] = "true", ["d"] = "", ["e"] = "5" }, values);
        Assert.Null(Metadata.ReadValues("""{"a":1,"b":null}""", 5));
        Assert.Null(Metadata.ReadValues(null, 5));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("""{"cf.user_id":"x"}""")]
    public void Read_Nothing_KeepsNothing(string? header)
    {
        Assert.Null(Metadata.Read(header, 5, userId: null, out var warning));
        Assert.Null(warning);
    }

    [Theory]
    [InlineData("""{"a":null}""")]
    [InlineData("""{"a":1,"b":{"c":1}}""")]
    [InlineData("""{"a":[1]}""")]
    [InlineData("""[1]""")]
    [InlineData("\"text\"")]
    [InlineData("7")]
    [InlineData("{")]
    [InlineData("garbage")]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"\ud800":"a"}""")]
    [InlineData("""{"a":1} {"b":2}""")]
    public void Read_WrongShape_DropsEverythingWithAWarning(string header)
    {
        Assert.Null(Metadata.Read(header, 5, userId: null, out var warning));
        Assert.StartsWith("cf-aig-metadata: ", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_DeepNesting_IsAWarning()
    {
        Assert.Null(Metadata.Read("{\"a\":" + new string('[', 100) + new string(']', 100) + "}", 5, userId: null, out var warning));
        Assert.NotNull(warning);
    }

    [Fact]
    public void Read_LongTexts_AreCutBetweenCharacters()
    {
        var key = new string('k', 200);
        var value = new string('v', 1_023) + "😀😀";

        Assert.Equal($$"""{"{{key[..128]}}":"{{new string('v', 1_023)}}"}""", Metadata.Read($$"""{"{{key}}":"{{value}}"}""", 5, userId: null, out _));
    }

    [Fact]
    public void Read_LongKeysThatAreCutToTheSame_AreOneEntry()
    {
        var key = new string('k', 128);

        Assert.Equal($$"""{"{{key}}":2}""", Metadata.Read($$"""{"{{key}}a":1,"{{key}}b":2}""", 5, userId: null, out _));
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, """{"a":1}""")]
    [InlineData(50, """{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}""")]
    public void Read_ByTheOperatorsLimit_Keeps(int most, string? expected) =>
        Assert.Equal(expected, Metadata.Read("""{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}""", most, userId: null, out _));

    [Theory]
    [InlineData(null, """{"cf.user_id":"a\"b"}""")]
    [InlineData("""{"a":1}""", """{"a":1,"cf.user_id":"a\"b"}""")]
    [InlineData("""{"cf.user_id":"somebody else"}""", """{"cf.user_id":"a\"b"}""")]
    [InlineData("""{"a":1,"b":2,"c":3,"d":4,"e":5}""", """{"a":1,"b":2,"c":3,"d":4,"cf.user_id":"a\"b"}""")]
    [InlineData("""{"a":null}""", """{"cf.user_id":"a\"b"}""")]
    [InlineData("[]", """{"cf.user_id":"a\"b"}""")]
    [InlineData("nothing", """{"cf.user_id":"a\"b"}""")]
    public void Read_WithAnIdentity_AlwaysNamesIt(string? header, string expected)
    {
        Assert.Equal(expected.Replace("\\\"", "\\u0022", StringComparison.Ordinal), Metadata.Read(header, 5, userId: "a\"b", out _)!.Replace("\\\"", "\\u0022", StringComparison.Ordinal));
        Assert.Equal("a\"b", Metadata.ReadValues(header, 5, userId: "a\"b")!["cf.user_id"]);
    }
}
