using System.Text;
using System.Text.Json.Nodes;
using GatewayActors.Providers.AwsBedrock;
using GatewayActors.Providers.Tests.Mapping;
using GatewayActors.Providers.Tests.Translation.Anthropic;
using GatewayActors.Providers.Translation;
using Xunit;

namespace GatewayActors.Providers.Tests.Translation.AwsBedrock;

public sealed class ConverseRequestTests
{
    private const string Claude = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
    private const string Nova = "amazon.nova-pro-v1:0";
    private const string Nova2 = "us.amazon.nova-2-lite-v1:0";
    private const string Llama = "meta.llama3-3-70b-instruct-v1:0";

    internal static ChatCall Call(string body, string model = Claude)
    {
        using var request = ChatRequestReader.Read(Encoding.UTF8.GetBytes(body), model);
        return new AwsBedrockProvider().ChatTranslator!.Translate(request);
    }

    [Fact]
    public void Request_Plain_IsWhatConverseTakes()
    {
        var call = Call(
            """
            {"messages":[{"role":"system","content":[{"type":"text","text":"Be brief.","cache_control":{"type":"ephemeral"}}]},{"role":"user","content":"Why is the sea salty?"}],
             "max_tokens":256,"temperature":0.2,"stop":["END"],"metadata":{"team":"a"},"service_tier":"flex","user":"u"}
            """);

        Chat.AssertJson(
            """
            {"system":[{"text":"Be brief."},{"cachePoint":{"type":"default"}}],"messages":[{"role":"user","content":[{"text":"Why is the sea salty?"}]}],
             "inferenceConfig":{"maxTokens":256,"temperature":0.2,"stopSequences":["END"]},"additionalModelResponseFieldPaths":["/stop_sequence"],"requestMetadata":{"team":"a"},"serviceTier":{"type":"flex"}}
            """,
            call.Body());
        Assert.Equal(["user"], call.Dropped);
    }

    [Theory]
    [InlineData(Claude, "", "bedrock-runtime/us-east-1/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse")]
    [InlineData(Claude, "\"stream\":true", "bedrock-runtime/us-east-1/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse-stream")]
    [InlineData(
        "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-haiku-4-5",
        "",
        "bedrock-runtime/eu-west-1/model/arn%3Aaws%3Abedrock%3Aeu-west-1%3A123456789012%3Ainference-profile%2Feu.anthropic.claude-haiku-4-5/converse")]
    public void Request_Path_LeadsToTheModelInItsRegion(string model, string members, string expected)
    {
        var address = Map.Address("aws-bedrock/" + Call(Chat.With(members), model).Path);

        Assert.Equal(expected, address.Path);
        Assert.Equal(model, address.Model);
        Assert.StartsWith($"https://bedrock-runtime.{expected.Split('/')[1]}.amazonaws.com/model/", address.Url, StringComparison.Ordinal);
    }

    [Fact]
    public void Request_Path_FollowsTheCredentialsRegion() =>
        Assert.StartsWith(
            "https://bedrock-runtime.eu-central-1.amazonaws.com/model/",
            Map.Address("aws-bedrock/" + Call(Chat.With("")).Path, home: new() { Region = "eu-central-1" }).Url,
            StringComparison.Ordinal);

    /// <summary>Turns of a conversation and what becomes of them.</summary>
    public static TheoryData<string, string, string> Conversations => new()
    {
        {
            Claude,
            """
            [{"role":"user","content":"a"},{"role":"user","content":"b"},
             {"role":"assistant","content":"c","tool_calls":[{"id":"c.1","type":"function","function":{"name":"f.g","arguments":"{\"x\":1}"}},{"id":"c2","type":"function","function":{"name":"h","arguments":""}}]},
             {"role":"tool","tool_call_id":"c.1","content":"1"},{"role":"tool","tool_call_id":"c2","content":"","is_error":true},{"role":"user","content":"d"}]
            """,
            """
            [{"role":"user","content":[{"text":"a"},{"text":"b"}]},
             {"role":"assistant","content":[{"text":"c"},{"toolUse":{"toolUseId":"c_1","name":"f_g","input":{"x":1}}},{"toolUse":{"toolUseId":"c2","name":"h","input":{}}}]},
             {"role":"user","content":[{"toolResult":{"toolUseId":"c_1","content":[{"text":"1"}]}},{"toolResult":{"toolUseId":"c2","content":[{"text":"."}],"status":"error"}},{"text":"d"}]}]
            """
        },
        {
            Claude,
            """[{"role":"assistant","content":"a"},{"role":"user","content":"b"}]""",
            """[{"role":"user","content":[{"text":"."}]},{"role":"assistant","content":[{"text":"a"}]},{"role":"user","content":[{"text":"b"}]}]"""
        },
        {
            Claude,
            """
            [{"role":"user","content":[
              {"type":"image_url","image_url":{"url":"data:image/jpg;base64,/9j/4A=="},"cache_control":{"type":"ephemeral","ttl":"1h"}},
              {"type":"image_url","image_url":{"url":"s3://bucket/a.PNG"}},
              {"type":"file","file":{"filename":"My report_1.pdf","file_data":"data:application/pdf;base64,JVBERg=="}},
              {"type":"file","file":{"filename":"My  report_1.txt","file_data":"data:text/plain;base64,YQ=="}}]}]
            """,
            """
            [{"role":"user","content":[
              {"image":{"format":"jpeg","source":{"bytes":"/9j/4A=="}}},{"cachePoint":{"type":"default","ttl":"1h"}},
              {"image":{"format":"png","source":{"s3Location":{"uri":"s3://bucket/a.PNG"}}}},
              {"document":{"format":"pdf","name":"My report-1","source":{"bytes":"JVBERg=="}}},
              {"document":{"format":"txt","name":"My report-1-1","source":{"bytes":"YQ=="}}},
              {"text":"My report_1.pdf"}]}]
            """
        },
        {
            Claude,
            """
            [{"role":"user","content":"a"},
             {"role":"assistant","content":"b","reasoning_details":[{"type":"reasoning.text","index":0,"text":"Hm.","signature":"a+/b==","format":"bedrock"},{"type":"reasoning.encrypted","index":1,"data":"c+/d==","format":"bedrock"}]},
             {"role":"user","content":"c"}]
            """,
            """
            [{"role":"user","content":[{"text":"a"}]},
             {"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"Hm.","signature":"a+/b=="}}},{"reasoningContent":{"redactedContent":"c+/d=="}},{"text":"b"}]},
             {"role":"user","content":[{"text":"c"}]}]
            """
        },
    };

    [Theory, MemberData(nameof(Conversations))]
    public void Request_Conversation_BecomesTurns(string model, string messages, string expected) =>
        Chat.AssertJson(expected, Call($$"""{"messages":{{messages}}}""", model).Body()["messages"]);

    [Fact]
    public void Request_CallIdsForMistral_AreNineCharacters()
    {
        var messages = Call(
            """
            {"messages":[{"role":"user","content":"a"},{"role":"assistant","tool_calls":[{"id":"call_long_id","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"abcDEF123","type":"function","function":{"name":"f","arguments":"{}"}}]},
              {"role":"tool","tool_call_id":"call_long_id","content":"1"},{"role":"tool","tool_call_id":"abcDEF123","content":"2"}]}
            """,
            "mistral.mistral-large-2407-v1:0").Body()["messages"]!;

        var id = (string?)messages[1]!["content"]![0]!["toolUse"]!["toolUseId"];
        Assert.Matches("^[a-z0-9]{9}$", id);
        Assert.Equal(id, (string?)messages[2]!["content"]![0]!["toolResult"]!["toolUseId"]);
        Assert.Equal("abcDEF123", (string?)messages[1]!["content"]![1]!["toolUse"]!["toolUseId"]);
    }

    [Theory]
    [InlineData(Claude, "", "null", "f,g")]
    [InlineData(Claude, "\"tool_choice\":\"auto\",", """{"auto":{}}""", "f,g")]
    [InlineData(Claude, "\"tool_choice\":\"required\",", """{"any":{}}""", "f,g")]
    [InlineData(Claude, "\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"g\"}},", """{"tool":{"name":"g"}}""", "f,g")]
    [InlineData(Llama, "\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"g\"}},", """{"any":{}}""", "g")]
    public void Request_ToolChoice_BecomesConverses(string model, string choice, string expected, string tools)
    {
        var config = Call(Chat.With(choice + """  "tools":[{"type":"function","function":{"name":"f","description":" ","parameters":{"type":"object"}}},{"type":"function","function":{"name":"g"}}] """), model).Body()["toolConfig"]!;

        Chat.AssertJson(expected, config["toolChoice"]);
        Assert.Equal(tools, string.Join(',', config["tools"]!.AsArray().Select(tool => (string?)tool!["toolSpec"]!["name"])));
        Assert.All(config["tools"]!.AsArray(), tool => Assert.False(tool!["toolSpec"]!.AsObject().ContainsKey("description")));
    }

    [Fact]
    public void Request_NoCallsWanted_LeavesToolsOutUnlessEarlierTurnsNeedThem()
    {
        const string Members = """  "tool_choice":"none","tools":[{"type":"function","function":{"name":"f"}}] """;
        Assert.Null(Call(Chat.With(Members)).Body()["toolConfig"]);

        var body = Call($$"""{"messages":{{AfterACall}},{{Members}}}""").Body();
        Assert.Equal("f", (string?)body["toolConfig"]!["tools"]![0]!["toolSpec"]!["name"]);
        Assert.Contains("Do not call any tool", (string?)body["system"]![0]!["text"], StringComparison.Ordinal);
    }

    [Fact]
    public void Request_CallsWithoutTools_GetTheirTools() => Chat.AssertJson(
        """{"tools":[{"toolSpec":{"name":"f","inputSchema":{"json":{"type":"object","properties":{}}}}}]}""",
        Call($$"""{"messages":{{AfterACall}}}""").Body()["toolConfig"]);

    /// <summary>Model, members, what the model is told in its own words, and what is dropped.</summary>
    public static TheoryData<string, string, string?, string[]> Fields => new()
    {
        { Claude, "\"top_k\":5", """{"top_k":5}""", [] },
        { Nova, "\"top_k\":5", """{"inferenceConfig":{"topK":5}}""", [] },
        { Llama, "\"top_k\":5", null, ["top_k"] },
        { Claude, "\"reasoning_effort\":\"low\",\"max_tokens\":10", """{"thinking":{"type":"enabled","budget_tokens":6400}}""", [] },
        { "global.anthropic.claude-opus-4-6-v1", "\"reasoning_effort\":\"high\"", """{"thinking":{"type":"adaptive","display":"summarized"},"output_config":{"effort":"high"}}""", [] },
        { Nova2, "\"reasoning_effort\":\"minimal\"", """{"reasoningConfig":{"type":"enabled","maxReasoningEffort":"low"}}""", [] },
        { Nova2, "\"reasoning_effort\":\"none\"", """{"reasoningConfig":{"type":"disabled"}}""", [] },
        { Nova, "\"reasoning_effort\":\"low\"", null, ["reasoning_effort"] },
        { "openai.gpt-oss-120b-1:0", "\"reasoning_effort\":\"xhigh\"", """{"reasoning_effort":"high"}""", [] },
        { Claude, "\"parallel_tool_calls\":false,\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]", """{"tool_choice":{"type":"auto","disable_parallel_tool_use":true}}""", [] },
        { Nova, "\"parallel_tool_calls\":false,\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]", null, ["parallel_tool_calls"] },
        { Claude, "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"n\",\"schema\":{\"type\":\"object\"}}}", """{"output_config":{"format":{"type":"json_schema","schema":{"type":"object","additionalProperties":false}}}}""", [] },
        { Llama, "\"seed\":1,\"frequency_penalty\":1,\"stop\":[\" \"]", null, ["seed", "frequency_penalty", "stop"] },
        { Llama, "\"extra_body\":{\"aws-bedrock\":{\"additionalModelRequestFields\":{\"x\":1}}}", """{"x":1}""", [] },
    };

    [Theory, MemberData(nameof(Fields))]
    public void Request_WhatConverseLacks_GoesToTheModelOrIsNamed(string model, string members, string? expected, string[] dropped)
    {
        var call = Call(Chat.With(members), model);

        Chat.AssertJson(expected ?? "null", call.Body()["additionalModelRequestFields"]);
        Assert.Equal(dropped.Order(StringComparer.Ordinal), call.Dropped.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Request_LimitOfTokens_IsStatedForClaudeOnly()
    {
        Assert.Equal(16_384, (int?)Call(Chat.With("")).Body()["inferenceConfig"]!["maxTokens"]);
        Assert.Null(Call(Chat.With(""), Llama).Body()["inferenceConfig"]);
    }

    [Fact]
    public void Request_SchemaForOthers_IsAToolOrWords()
    {
        const string Format = """  "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object","title":"T"}}} """;

        var alone = Call(Chat.With(Format), Nova).Body();
        Chat.AssertJson("""{"tool":{"name":"json_output"}}""", alone["toolConfig"]!["toolChoice"]);
        Assert.Null(alone["system"]);

        var beside = Call(Chat.With(Format + ""","tools":[{"type":"function","function":{"name":"f"}}]"""), Nova).Body();
        Assert.Null(beside["toolConfig"]!["toolChoice"]);
        Assert.Contains("\"title\":\"T\"", (string?)beside["system"]![0]!["text"], StringComparison.Ordinal);
    }

    [Fact]
    public void Request_Guardrail_PassesOn() => Chat.AssertJson(
        """{"guardrailIdentifier":"g"}""",
        Call(Chat.With("\"extra_body\":{\"aws-bedrock\":{\"guardrailConfig\":{\"guardrailIdentifier\":\"g\"}}}")).Body()["guardrailConfig"]);

    /// <summary>Requests that mean what Bedrock cannot do, and the member that says so.</summary>
    public static TheoryData<string, string, string?> Refusals => new()
    {
        { Chat.With("\"n\":2"), Llama, "n" },
        { Chat.With("\"modalities\":[\"audio\"]"), Llama, "modalities" },
        { Chat.With("\"tools\":[{\"type\":\"custom\"}]"), Claude, "tools[0].type" },
        { Chat.With("\"tool_choice\":\"required\""), Claude, "tool_choice" },
        { Chat.With("\"extra_body\":{\"aws-bedrock\":{\"messages\":[]}}"), Claude, "extra_body.aws-bedrock.messages" },
        { """{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://example.test/a.png"}}]}]}""", Claude, "messages[0].content[0].image_url.url" },
        { """{"messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AA==","format":"wav"}}]}]}""", Claude, "messages[0].content[0]" },
        { """{"messages":[{"role":"user","content":[{"type":"file","file":{"file_id":"f"}}]}]}""", Claude, "messages[0].content[0].file.file_id" },
        { """{"messages":[{"role":"user","content":[{"type":"file","file":{"file_data":"data:application/zip;base64,AAAA"}}]}]}""", Claude, "messages[0].content[0]" },
        { """{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"{"}]}""", "anthropic.claude-opus-5", "messages[1]" },
        { "{\"messages\":[{\"role\":\"user\",\"content\":\"\\ud800\"}]}", Claude, null },
    };

    [Theory, MemberData(nameof(Refusals))]
    public void Request_ThatCannotBeSaid_IsRefusedByName(string body, string model, string? parameter) =>
        Assert.Equal(parameter, Assert.Throws<RefusedRequestException>(() => Call(body, model)).Parameter);

    private const string AfterACall =
        """[{"role":"user","content":"a"},{"role":"assistant","tool_calls":[{"id":"t","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"t","content":"1"}]""";
}
