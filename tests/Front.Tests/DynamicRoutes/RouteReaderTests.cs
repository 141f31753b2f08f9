using System.Text.Json;
using GatewayActors.Front.DynamicRoutes.Model;
using Xunit;

namespace GatewayActors.Front.Tests.DynamicRoutes;

public sealed class RouteReaderTests
{
    private const string Newer = """
        [{"id":"s","type":"start","outputs":{"next":{"elementId":"c"}}},
         {"id":"c","type":"conditional","properties":{"conditions":{"metadata.plan":{"$eq":"paid"}}},"outputs":{"true":{"elementId":"p"},"false":{"elementId":"m"}}},
         {"id":"p","type":"percentage","outputs":{"10%":{"elementId":"r"},"90%":{"elementId":"m"}}},
         {"id":"r","type":"rate","properties":{"limitType":"count","key":"metadata.user_id","limit":100,"window":3600},"outputs":{"success":{"elementId":"m"},"fallback":{"elementId":"e"}}},
         {"id":"m","type":"model","properties":{"provider":"openai","model":"gpt-4o-mini","timeout":30000,"retries":2},"outputs":{"success":{"elementId":"e"},"fallback":{"elementId":"e"}}},
         {"id":"e","type":"end","outputs":{}}]
        """;

    private const string Older = """
        [{"id":"s","type":"start","outputs":{"next":{"elementId":"c"}}},
         {"id":"c","type":"conditional","properties":{"condition":{"metadata.plan":{"$eq":"paid"}}},"outputs":{"true":{"elementId":"p"},"false":{"elementId":"m"}}},
         {"id":"p","type":"percentage","outputs":{"10%":{"elementId":"r"},"90%":{"elementId":"m"}}},
         {"id":"r","type":"rate_limit","properties":{"limitType":"count","key":"metadata.user_id","limit":100,"interval":3600,"technique":"fixed"},"outputs":{"success":{"elementId":"m"},"fallback":{"elementId":"e"}}},
         {"id":"m","type":"model","properties":{"provider":"openai","model":"gpt-4o-mini","timeout":30000,"retries":2},"outputs":{"success":{"elementId":"e"},"fallback":{"elementId":"e"}}},
         {"id":"e","type":"end"}]
        """;

    [Theory]
    [InlineData(Newer)]
    [InlineData(Older)]
    public void Read_EitherDialect_IsWrittenInTheNewer(string elements)
    {
        var written = RouteHost.Valid(elements);

        Assert.Equal(JsonElement.Parse(Newer).GetRawText().ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal), written);
        Assert.Equal(written, RouteHost.Valid(written));
    }

    [Fact]
    public void Write_WhatTheNewerDialectLacks_IsKept()
    {
        const string Elements = """
            [{"id":"s","type":"start","outputs":{"next":{"elementId":"p"}}},
             {"id":"p","type":"percentage","properties":{"stickyKey":"metadata.team"},"outputs":{"33.3%":{"elementId":"r"},"else":{"elementId":"m"}}},
             {"id":"r","type":"rate","properties":{"limitType":"cost","key":"","limit":0.5,"window":60,"technique":"sliding"},"outputs":{"success":{"elementId":"m"}}},
             {"id":"m","type":"model","properties":{"provider":"openai","model":"gpt-4o-mini","alias":"team-a"},"outputs":{}}]
            """;

        Assert.Equal(Elements.ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal), RouteHost.Valid(Elements));
    }

    // Field, then what the message must say: no part of a mistake may be left for people to find out.
    [Theory]
    [InlineData("""{"id":"x"}""", "1.type", "Required")]
    [InlineData("""{"type":"end"}""", "1.id", "Required")]
    [InlineData("7", "1", "Expected object, received number")]
    [InlineData("""{"id":"s","type":"end"}""", "1.id", "unique")]
    [InlineData("""{"id":"x","type":"loop"}""", "1.type", "Unknown type 'loop'")]
    [InlineData("""{"id":"x","type":"start"}""", "1.outputs", "Required")]
    [InlineData("""{"id":"x","type":"start","outputs":{"next":"e"}}""", "1.outputs.next", "Expected object, received string")]
    [InlineData("""{"id":"x","type":"start","outputs":{"next":{"element_id":"e"}}}""", "1.outputs.next.elementId", "Required")]
    [InlineData("""{"id":"x","type":"conditional","properties":{},"outputs":{"true":{"elementId":"e"}}}""", "1.outputs.false", "Required")]
    [InlineData("""{"id":"x","type":"conditional","outputs":{"true":{"elementId":"e"},"false":{"elementId":"e"}}}""", "1.properties", "Required")]
    [InlineData("""{"id":"x","type":"percentage","outputs":{}}""", "1.outputs", "At least one branch")]
    [InlineData("""{"id":"x","type":"percentage","outputs":{"half":{"elementId":"e"}}}""", "1.outputs.half", "'25%'")]
    [InlineData("""{"id":"x","type":"percentage","outputs":{"-5%":{"elementId":"e"}}}""", "1.outputs.-5%", "'25%'")]
    [InlineData("""{"id":"x","type":"rate","properties":{"limitType":"tokens","key":"k","limit":1,"window":1},"outputs":{"success":{"elementId":"e"}}}""", "1.properties.limitType", "'count' | 'cost'")]
    [InlineData("""{"id":"x","type":"rate","properties":{"limitType":"count","key":"k","limit":-1,"window":1},"outputs":{"success":{"elementId":"e"}}}""", "1.properties.limit", "greater than or equal to 0")]
    [InlineData("""{"id":"x","type":"rate","properties":{"limitType":"count","key":"k","limit":1,"window":0},"outputs":{"success":{"elementId":"e"}}}""", "1.properties.window", "greater than or equal to 1")]
    [InlineData("""{"id":"x","type":"rate","properties":{"limitType":"count","key":"k","limit":1},"outputs":{"success":{"elementId":"e"}}}""", "1.properties.window", "received nan")]
    [InlineData("""{"id":"x","type":"rate","properties":{"limitType":"count","limit":1,"window":1},"outputs":{"success":{"elementId":"e"}}}""", "1.properties.key", "Required")]
    [InlineData("""{"id":"x","type":"rate","properties":{"limitType":"count","key":"k","limit":1,"window":1},"outputs":{}}""", "1.outputs.success", "Required")]
    [InlineData("""{"id":"x","type":"model","properties":{"model":"m"},"outputs":{}}""", "1.properties.provider", "Required")]
    [InlineData("""{"id":"x","type":"model","properties":{"provider":"openai"},"outputs":{}}""", "1.properties.model", "Required")]
    [InlineData("""{"id":"x","type":"model","properties":{"provider":"openai","model":"m","timeout":-1},"outputs":{}}""", "1.properties.timeout", "greater than or equal to 0")]
    [InlineData("""{"id":"x","type":"model","properties":{"provider":"openai","model":"m","retries":6},"outputs":{}}""", "1.properties.retries", "less than or equal to 5")]
    [InlineData("""{"id":"x","type":"model","properties":{"provider":"openai","model":"m","retries":"2"},"outputs":{}}""", "1.properties.retries", "Expected number, received string")]
    [InlineData("""{"id":"x","type":"end","outputs":[]}""", "1.outputs", "Expected object, received array")]
    public void Read_MalformedElement_NamesElementAndField(string element, string path, string message)
    {
        var reading = RouteHost.Read($"[{RouteHost.Start("e")},{element}]");

        var mistake = Assert.Single(reading.Malformed);
        Assert.Equal($"body.elements.{path}", string.Join('.', mistake.Path!));
        Assert.Contains(message, mistake.Message, StringComparison.Ordinal);
        Assert.Equal(7001, mistake.Code);
        if (element.Contains("\"x\"", StringComparison.Ordinal))
        {
            Assert.StartsWith("Element 'x': ", mistake.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("""{"metadata.plan":{"$is":1}}""", "metadata.plan.$is", "Unknown operator '$is'")]
    [InlineData("""{"metadata.plan":{}}""", "metadata.plan", "operator is missing")]
    [InlineData("""{"plan":"paid"}""", "plan", "'plan' is no path")]
    [InlineData("""{"request.model":"x"}""", "request.model", "model_type, stream")]
    [InlineData("""{"body.a..b":1}""", "body.a..b", "empty part")]
    [InlineData("""{"$or":{}}""", "$or", "needs an array")]
    [InlineData("""{"$or":[{"metadata.a":{"$in":"x"}}]}""", "$or.0.metadata.a.$in", "$in needs an array")]
    [InlineData("""{"$nor":[]}""", "$nor", "cannot stand here")]
    [InlineData("""{"metadata.a":{"$not":{"$gt":true}}}""", "metadata.a.$not.$gt", "needs a number or a string")]
    [InlineData("""{"metadata.a":{"$exists":1}}""", "metadata.a.$exists", "true or false")]
    [InlineData("""{"metadata.a":{"$size":"1"}}""", "metadata.a.$size", "needs a number")]
    [InlineData("""{"metadata.a":{"$regex":"(a)\\1"}}""", "metadata.a.$regex", "linear time")]
    [InlineData("""{"metadata.a":{"$regex":"(?=a)"}}""", "metadata.a.$regex", "linear time")]
    [InlineData("""{"metadata.a":{"$regex":"("}}""", "metadata.a.$regex", "linear time")]
    [InlineData("""["metadata.a"]""", "", "must be an object")]
    public void Read_WrongCondition_IsInvalidAndNamesTheField(string condition, string path, string message)
    {
        var reading = RouteHost.Read($$$$$"""
            [{{{{{RouteHost.Start("c")}}}}},{"id":"c","type":"conditional","properties":{"conditions":{{{{{condition}}}}}},"outputs":{"true":{"elementId":"e"},"false":{"elementId":"e"}}},{{{{{RouteHost.End}}}}}]
            """);

        Assert.Empty(reading.Malformed);
        var mistake = Assert.Single(reading.Invalid);
        Assert.Equal($"body.elements.1.properties.conditions{(path.Length > 0 ? "." : "")}{path}", string.Join('.', mistake.Path!));
        Assert.StartsWith("Element 'c': ", mistake.Message, StringComparison.Ordinal);
        Assert.Contains(message, mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_RegexOfMoreThanAThousandCharacters_IsInvalid() =>
        Assert.Contains("1000 characters", Assert.Single(RouteHost.Read($$$$$"""
            [{{{{{RouteHost.Start("c")}}}}},{"id":"c","type":"conditional","properties":{"conditions":{"metadata.a":{"$regex":"{{{{{new string('a', 1_001)}}}}}"}}},"outputs":{"true":{"elementId":"e"},"false":{"elementId":"e"}}},{{{{{RouteHost.End}}}}}]
            """).Invalid).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"40%":{"elementId":"e"},"50%":{"elementId":"e"}}""", "they make 90 %")]
    [InlineData("""{"60%":{"elementId":"e"},"50%":{"elementId":"e"}}""", "they make 110 %")]
    [InlineData("""{"60%":{"elementId":"e"},"50%":{"elementId":"e"},"else":{"elementId":"e"}}""", "they make 110 %")]
    [InlineData("""{"10%":{"elementId":"e"},"11%":{"elementId":"e"},"12%":{"elementId":"e"},"13%":{"elementId":"e"},"14%":{"elementId":"e"},"40%":{"elementId":"e"}}""", "at most 5")]
    public void Read_SharesThatDoNotMakeAHundred_AreInvalid(string outputs, string message)
    {
        var reading = RouteHost.Read($$$$$"""[{{{{{RouteHost.Start("p")}}}}},{"id":"p","type":"percentage","outputs":{{{{{outputs}}}}}},{{{{{RouteHost.End}}}}}]""");

        var mistake = Assert.Single(reading.Invalid);
        Assert.Equal("body.elements.1.outputs", string.Join('.', mistake.Path!));
        Assert.Contains(message, mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SharesWithARemainder_AreValid()
    {
        var reading = RouteHost.Read($$$$$"""[{{{{{RouteHost.Start("p")}}}}},{"id":"p","type":"percentage","outputs":{"0.5%":{"elementId":"e"},"else":{"elementId":"e"} } },{{{{{RouteHost.End}}}}}]""");

        Assert.Empty(reading.Malformed.Concat(reading.Invalid));
    }

    [Fact]
    public void Read_BrokenGraph_ListsEveryMistake()
    {
        var reading = RouteHost.Read($"""
            [{RouteHost.Model("a", fallback: "b", success: "nowhere")},{RouteHost.Model("b", success: "a")},{RouteHost.Model("c", success: "c")}]
            """);

        Assert.Empty(reading.Malformed);
        Assert.Equal(
            [
                "body.elements: A route needs exactly one element of type start; there are 0",
                "body.elements.0.outputs.success.elementId: Element 'a': there is no element 'nowhere'",
                "body.elements.0.outputs: Element 'a': it leads back to itself",
                "body.elements.1.outputs: Element 'b': it leads back to itself",
                "body.elements.2.outputs: Element 'c': it leads back to itself",
            ],
            reading.Invalid.Select(mistake => $"{string.Join('.', mistake.Path!)}: {mistake.Message}"));
    }

    [Fact]
    public void Read_TwoStartsAndAWayBack_AreInvalid()
    {
        var reading = RouteHost.Read($$$$$"""
            [{{{{{RouteHost.Start("m")}}}}},{"id":"t","type":"start","outputs":{"next":{"elementId":"m"} } },{{{{{RouteHost.Model("m", fallback: "t", success: null)}}}}}]
            """);

        Assert.Contains(reading.Invalid, mistake => mistake.Message.Contains("exactly one element of type start; there are 2", StringComparison.Ordinal));
        Assert.Contains(reading.Invalid, mistake => mistake.Message.Contains("nothing may lead back to the start", StringComparison.Ordinal));
    }

    [Fact]
    public void Read_MoreThanAHundredElements_IsInvalid()
    {
        var models = string.Join(',', Enumerable.Range(0, RouteChecks.MaxElements).Select(index => RouteHost.Model($"m{index}", success: null)));

        var mistake = Assert.Single(RouteHost.Read($"[{RouteHost.Start("m0")},{models}]").Invalid);

        Assert.Equal("A route has at most 100 elements; there are 101", mistake.Message);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("\"[]\"")]
    [InlineData("null")]
    public void Read_ElementsThatAreNoArray_AreMalformed(string elements) =>
        Assert.Equal(["body", "elements"], Assert.Single(RouteHost.Read(elements).Malformed).Path);

    [Fact]
    public void ReadStored_WhatThisReleaseCannotRun_IsNull()
    {
        Assert.Null(RouteReader.ReadStored("[{\"id\":\"s\",\"type\":\"quantum\"}]"));
        Assert.Null(RouteReader.ReadStored("["));
        Assert.NotNull(RouteReader.ReadStored(Newer));
    }
}
