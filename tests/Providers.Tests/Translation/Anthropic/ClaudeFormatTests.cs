using System.Text.Json.Nodes;
using Xunit;

namespace GatewayActors.Providers.Tests.Translation.Anthropic;

public sealed class ClaudeFormatTests
{
    private const string Older = "claude-3-5-haiku-latest"; // without structured output

    /// <summary>A schema, and as much of it as structured output takes.</summary>
    public static TheoryData<string, string> Schemas => new()
    {
        {
            """{"type":"object","properties":{"a":{"type":"integer","minimum":1,"description":"Count."},"b":{"type":"string","format":"email"},"c":{"type":"string","format":"phone","pattern":"^x"}},"required":["a"],"additionalProperties":true}""",
            """{"type":"object","properties":{"a":{"type":"integer","description":"Count.\nConstraints: minimum 1"},"b":{"type":"string","format":"email"},"c":{"type":"string","description":"Constraints: format \"phone\"; pattern \"^x\""}},"required":["a"],"additionalProperties":false}"""
        },
        {
            """{"$schema":"s","$ref":"#/$defs/n","description":"gone","$defs":{"n":{"properties":{"next":{"$ref":"#/$defs/n","title":"gone"}}}}}""",
            """{"$ref":"#/$defs/n","$defs":{"n":{"properties":{"next":{"$ref":"#/$defs/n"}},"additionalProperties":false}}}"""
        },
        {
            """{"oneOf":[{"const":1},{"enum":["a"]}],"type":"array","items":{"type":"object","maxProperties":2}}""",
            """{"anyOf":[{"const":1},{"enum":["a"]}],"type":"array","items":{"type":"object","additionalProperties":false,"description":"Constraints: maxProperties 2"}}"""
        },
        { """{"type":["string","null"],"description":"Same."}""", """{"type":["string","null"],"description":"Same."}""" },
    };

    [Theory, MemberData(nameof(Schemas))]
    public void Request_Schema_IsCutToWhatIsTaken(string schema, string expected)
    {
        var body = Chat.Call(Chat.With(Format(schema))).Body();

        Assert.Equal("json_schema", (string?)body["output_config"]!["format"]!["type"]);
        Chat.AssertJson(expected, body["output_config"]!["format"]!["schema"]);
        Assert.Null(body["tools"]);
    }

    [Fact]
    public void Request_SchemaForAnOlderModel_IsAToolThatMustBeCalled()
    {
        var body = Chat.Call(Chat.With(Format("""{"type":"object","minProperties":1}""")), Older).Body();

        Chat.AssertJson("""[{"name":"json_output","description":"Says it.","input_schema":{"type":"object","minProperties":1}}]""", body["tools"]);
        Chat.AssertJson("""{"type":"tool","name":"json_output","disable_parallel_tool_use":true}""", body["tool_choice"]);
        Assert.Null(body["output_config"]);
    }

    [Theory]
    [InlineData("", """{"type":"any","disable_parallel_tool_use":true}""", 2)]
    [InlineData("\"tool_choice\":\"none\",", """{"type":"tool","name":"json_output","disable_parallel_tool_use":true}""", 2)]
    [InlineData("\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"f\"}},", """{"type":"tool","name":"f"}""", 1)]
    public void Request_SchemaBesideTools_LeavesTheModelTheChoice(string choice, string expected, int tools)
    {
        var body = Chat.Call(Chat.With(choice + "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]," + Format("""{"type":"object"}""")), Older).Body();

        Chat.AssertJson(expected, body["tool_choice"]);
        Assert.Equal(tools, body["tools"]!.AsArray().Count);
    }

    [Fact]
    public void Request_StrictToolForAnOlderModel_IsNamed() =>
        Assert.Equal(["tools[0].function.strict"], Chat.Call(Chat.With("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"strict\":true}}]"), Older).Dropped);

    [Fact]
    public void Request_JsonObject_IsAnInstruction()
    {
        var body = Chat.Call("""{"messages":[{"role":"system","content":"s"},{"role":"user","content":"a"}],"response_format":{"type":"json_object"}}""").Body();

        var system = body["system"]!.AsArray();
        Assert.Equal(2, system.Count);
        Assert.Contains("JSON object", (string?)system[1]!["text"], StringComparison.Ordinal);
    }

    private static string Format(string schema) =>
        $$$"""  "response_format":{"type":"json_schema","json_schema":{"name":"n","description":"Says it.","schema":{{{schema}}}}} """;
}
