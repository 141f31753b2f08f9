using System.Text.Json.Nodes;
using GatewayActors.Providers.Anthropic;
using Xunit;

namespace GatewayActors.Providers.Tests.Translation.Anthropic;

public sealed class AnthropicRequestTests
{
    [Fact]
    public void Request_Plain_IsWhatAnthropicTakes()
    {
        var call = Chat.Call(
            """
            {"model":"anthropic/claude-haiku-4-5","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Why is the sea salty?"}],
             "max_tokens":256,"temperature":0.5,"stop":["END"],"user":"user-1"}
            """,
            "claude-haiku-4-5");

        Assert.Equal("v1/messages", call.Path);
        Assert.Equal([new("anthropic-version", "2023-06-01")], call.Headers);
        Assert.Empty(call.Dropped);
        Chat.AssertJson(
            """
            {"model":"claude-haiku-4-5","max_tokens":256,"system":[{"type":"text","text":"Be brief."}],
             "messages":[{"role":"user","content":[{"type":"text","text":"Why is the sea salty?"}]}],
             "temperature":0.5,"stop_sequences":["END"],"metadata":{"user_id":"user-1"}}
            """,
            call.Body());
    }

    /// <summary>Turns of a conversation and what becomes of them.</summary>
    public static TheoryData<string, string> Conversations => new()
    {
        // Neighbours of one role are one turn; a system message in the middle goes to the top.
        {
            """[{"role":"user","content":"a"},{"role":"system","content":"s"},{"role":"user","content":[{"type":"text","text":"b"}]}]""",
            """[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]"""
        },
        // The conversation begins with the user.
        {
            """[{"role":"assistant","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"c"}]""",
            """[{"role":"user","content":[{"type":"text","text":"."}]},{"role":"assistant","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},{"role":"user","content":[{"type":"text","text":"c"}]}]"""
        },
        // An empty turn that must be there, one that need not, and nothing but instructions.
        {
            """[{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":" "}]""",
            """[{"role":"user","content":[{"type":"text","text":"a"}]},{"role":"assistant","content":[{"type":"text","text":"b"}]},{"role":"user","content":[{"type":"text","text":"."}]}]"""
        },
        {
            """[{"role":"user","content":"a"},{"role":"user","content":""},{"role":"assistant","content":""},{"role":"user","content":"c"}]""",
            """[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"c"}]}]"""
        },
        { """[{"role":"system","content":"s"}]""", """[{"role":"user","content":[{"type":"text","text":"."}]}]""" },
        // Results stand first in the turn of the user, whatever the order in which they came.
        {
            """
            [{"role":"user","content":"a"},
             {"role":"assistant","content":null,"tool_calls":[{"id":"c.1","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}},{"id":"c2","type":"function","function":{"name":"g","arguments":""}},{"id":"c3","type":"function","function":{"name":"g","arguments":"{\"x"}}]},
             {"role":"user","content":"hurry"},
             {"role":"tool","tool_call_id":"c.1","content":"1"},{"role":"tool","tool_call_id":"c2","content":"","is_error":true},{"role":"tool","tool_call_id":"c3","content":[{"type":"text","text":"2"},{"type":"text","text":"3"}]}]
            """,
            """
            [{"role":"user","content":[{"type":"text","text":"a"}]},
             {"role":"assistant","content":[{"type":"tool_use","id":"c_1","name":"f","input":{"x":1}},{"type":"tool_use","id":"c2","name":"g","input":{}},{"type":"tool_use","id":"c3","name":"g","input":{"_raw":"{\"x"}}]},
             {"role":"user","content":[{"type":"tool_result","tool_use_id":"c_1","content":"1"},{"type":"tool_result","tool_use_id":"c2","is_error":true},{"type":"tool_result","tool_use_id":"c3","content":"23"},{"type":"text","text":"hurry"}]}]
            """
        },
        // A begun answer: blanks at its end go.
        {
            """[{"role":"user","content":"a"},{"role":"assistant","content":"{ "}]""",
            """[{"role":"user","content":[{"type":"text","text":"a"}]},{"role":"assistant","content":[{"type":"text","text":"{"}]}]"""
        },
        // Pictures, documents and texts.
        {
            """
            [{"role":"user","content":[
              {"type":"image_url","image_url":{"url":"data:image/jpg;base64,/9j/4A=="}},
              {"type":"image_url","image_url":{"url":"https://example.test/a.png","detail":"high"}},
              {"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,JVBERg=="}},
              {"type":"file","file":{"filename":"a.csv","file_data":"data:text/csv;base64,YSxi"}},
              {"type":"text","text":""}]}]
            """,
            """
            [{"role":"user","content":[
              {"type":"image","source":{"type":"base64","media_type":"image/jpeg","data":"/9j/4A=="}},
              {"type":"image","source":{"type":"url","url":"https://example.test/a.png"}},
              {"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERg=="},"title":"a.pdf"},
              {"type":"document","source":{"type":"text","media_type":"text/plain","data":"a,b"},"title":"a.csv"}]}]
            """
        },
        {
            """
            [{"role":"user","content":"a"},{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},
             {"role":"tool","tool_call_id":"c","content":[{"type":"text","text":"see"},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}]}]
            """,
            """
            [{"role":"user","content":[{"type":"text","text":"a"}]},{"role":"assistant","content":[{"type":"tool_use","id":"c","name":"f","input":{}}]},
             {"role":"user","content":[{"type":"tool_result","tool_use_id":"c","content":[{"type":"text","text":"see"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}}]}]}]
            """
        },
    };

    [Theory, MemberData(nameof(Conversations))]
    public void Request_Conversation_BecomesTurns(string messages, string expected) =>
        Chat.AssertJson(expected, Chat.Call($$"""{"messages":{{messages}}}""").Body()["messages"]);

    [Fact]
    public void Request_SystemMessages_StayApartAndInOrder()
    {
        var body = Chat.Call("""{"messages":[{"role":"developer","content":[{"type":"text","text":"1"},{"type":"text","text":"2"}]},{"role":"user","content":"a"},{"role":"system","content":"3"}]}""").Body();

        Chat.AssertJson("""[{"type":"text","text":"1"},{"type":"text","text":"2"},{"type":"text","text":"3"}]""", body["system"]);
    }

    [Fact]
    public void Request_FileOfTheProvider_AsksForTheBeta()
    {
        var call = Chat.Call("""{"messages":[{"role":"user","content":[{"type":"file","file":{"file_id":"file_1"}}]}]}""");

        Chat.AssertJson("""[{"type":"document","source":{"type":"file","file_id":"file_1"}}]""", call.Body()["messages"]![0]!["content"]);
        Assert.Contains(new("anthropic-beta", "files-api-2025-04-14"), call.Headers);
    }

    [Theory]
    [InlineData("\"tool_choice\":\"auto\"", """{"type":"auto"}""")]
    [InlineData("\"tool_choice\":\"none\"", """{"type":"none"}""")]
    [InlineData("\"tool_choice\":\"none\",\"parallel_tool_calls\":false", """{"type":"none"}""")]
    [InlineData("\"tool_choice\":\"required\"", """{"type":"any"}""")]
    [InlineData("\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"g.h\"}}", """{"type":"tool","name":"g_h"}""")]
    [InlineData("\"parallel_tool_calls\":false", """{"type":"auto","disable_parallel_tool_use":true}""")]
    [InlineData("\"tool_choice\":\"required\",\"parallel_tool_calls\":false", """{"type":"any","disable_parallel_tool_use":true}""")]
    [InlineData("\"parallel_tool_calls\":true", "null")]
    public void Request_ToolChoice_BecomesAnthropics(string members, string expected)
    {
        var call = Chat.Call(Chat.With(members + """  ,"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}},{"type":"function","function":{"name":"g.h"}}] """));

        Chat.AssertJson(expected, call.Body()["tool_choice"]);
        Assert.Empty(call.Dropped);
    }

    [Fact]
    public void Request_Tools_BecomeAnthropics()
    {
        var call = Chat.Call(Chat.With(
            """
            "tools":[
              {"type":"function","function":{"name":"f","description":"Does.","parameters":{"type":"object","properties":{"a":{"type":"integer","minimum":1}}},"strict":true},"cache_control":{"type":"ephemeral"}},
              {"type":"function","function":{"name":"g","description":" ","strict":false}},
              {"type":"function","function":{"name":"h","parameters":{"properties":{}}}},
              {"type":"web_search_20250305","name":"web_search","max_uses":2}]
            """));

        Chat.AssertJson(
            """
            [{"name":"f","description":"Does.","input_schema":{"type":"object","properties":{"a":{"type":"integer","minimum":1}}},"strict":true,"cache_control":{"type":"ephemeral"}},
             {"name":"g","input_schema":{"type":"object","properties":{}}},
             {"name":"h","input_schema":{"type":"object","properties":{}}},
             {"type":"web_search_20250305","name":"web_search","max_uses":2}]
            """,
            call.Body()["tools"]);
    }

    [Theory]
    [InlineData("files.read", "files_read")]
    [InlineData("files_read", "files.read")]
    public void Request_NamesThatWouldBecomeOne_StayTwo(string first, string second)
    {
        var call = Chat.Call(Chat.With($$$"""  "tools":[{"type":"function","function":{"name":"{{{first}}}"}},{"type":"function","function":{"name":"{{{second}}}"}}],"tool_choice":{"type":"function","function":{"name":"{{{second}}}"}} """));

        var names = call.Body()["tools"]!.AsArray().Select(tool => (string)tool!["name"]!).ToList();
        Assert.Equal("files_read", names[0]);
        Assert.Matches("^files_read_[0-9a-f]{6}$", names[1]);
        Assert.Equal(names[1], (string?)call.Body()["tool_choice"]!["name"]);
        Assert.Equal([first, second], names.Select(call.Names.ToClient));
    }

    [Fact]
    public void Request_AllowedTools_AreTheOnlyOnes()
    {
        var body = Chat.Call(Chat.With(
            """
            "tools":[{"type":"function","function":{"name":"f"}},{"type":"function","function":{"name":"g"}}],
            "tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","function":{"name":"g"}}]}}
            """)).Body();

        Assert.Equal("g", (string?)Assert.Single(body["tools"]!.AsArray())!["name"]);
        Chat.AssertJson("""{"type":"any"}""", body["tool_choice"]);
    }

    [Fact]
    public void Request_Functions_AreToolsAndCallsGetTheirResults()
    {
        var body = Chat.Call(
            """
            {"messages":[{"role":"user","content":"a"},{"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}},{"role":"function","name":"f","content":"1"}],
             "functions":[{"name":"f","parameters":{"type":"object"}}],"function_call":{"name":"f"}}
            """).Body();

        Assert.Equal((string?)body["messages"]![1]!["content"]![0]!["id"], (string?)body["messages"]![2]!["content"]![0]!["tool_use_id"]);
        Chat.AssertJson("""{"type":"tool","name":"f"}""", body["tool_choice"]);
    }

    /// <summary>Members, the model, what is sent and what is dropped.</summary>
    public static TheoryData<string, string, string, string[]> Sampling => new()
    {
        { "\"temperature\":1.7,\"top_k\":5", Chat.Old, """{"temperature":1,"top_k":5}""", [] },
        { "\"top_p\":0.5", Chat.Old, """{"top_p":0.5}""", [] },
        { "\"temperature\":0.2,\"top_p\":0.5", Chat.Old, """{"temperature":0.2}""", ["top_p"] },
        { "\"temperature\":0.2,\"top_k\":5,\"top_p\":0.5", Chat.New, "{}", ["temperature", "top_p", "top_k"] },
        { "\"top_p\":0.99", Chat.New, """{"top_p":0.99}""", [] },
        { "\"reasoning_effort\":\"low\",\"temperature\":0.2,\"top_p\":0.96", Chat.Old, """{"top_p":0.96}""", ["temperature"] },
        { "\"frequency_penalty\":0,\"presence_penalty\":0.5,\"seed\":1,\"logprobs\":true,\"top_logprobs\":2,\"logit_bias\":{\"1\":2}", Chat.Old, "{}", ["presence_penalty", "seed", "logprobs", "top_logprobs", "logit_bias"] },
        { "\"store\":false,\"n\":1,\"logprobs\":false,\"metadata\":null,\"modalities\":[\"text\"]", Chat.Old, "{}", [] },
        { "\"store\":true,\"metadata\":{\"a\":\"b\"},\"prediction\":{},\"verbosity\":\"low\",\"something\":1", Chat.Old, "{}", ["store", "metadata", "prediction", "verbosity", "something"] },
        { "\"stop\":[\"\\n\",\"A\"]", Chat.Old, """{"stop_sequences":["A"]}""", ["stop"] },
        { "\"service_tier\":\"priority\"", Chat.Old, """{"service_tier":"auto"}""", [] },
        { "\"service_tier\":\"default\"", Chat.Old, """{"service_tier":"standard_only"}""", [] },
        { "\"service_tier\":\"flex\"", Chat.Old, "{}", ["service_tier"] },
        { "\"user\":\"a\",\"safety_identifier\":\"b\"", Chat.Old, """{"metadata":{"user_id":"b"}}""", [] },
        { "\"extra_body\":{\"anthropic\":{\"top_k\":3,\"context_management\":{}}},\"top_k\":9", Chat.Old, """{"top_k":3,"context_management":{}}""", [] },
    };

    [Theory, MemberData(nameof(Sampling))]
    public void Request_Member_IsSentOrDroppedByName(string members, string model, string expected, string[] dropped)
    {
        var call = Chat.Call(Chat.With(members), model);
        var body = call.Body();

        Assert.Equal(dropped.Order(StringComparer.Ordinal), call.Dropped.Order(StringComparer.Ordinal));
        foreach (var name in new[] { "model", "messages", "max_tokens", "thinking" })
        {
            body.Remove(name);
        }

        Chat.AssertJson(expected, body);
    }

    [Theory]
    [InlineData("someone@example.test")]
    [InlineData("+49 (30) 1234-567")]
    public void Request_UserThatLooksPersonal_IsHashed(string user)
    {
        var id = (string?)Chat.Call(Chat.With($"\"user\":\"{user}\"")).Body()["metadata"]!["user_id"];

        Assert.Equal(64, id?.Length);
        Assert.Equal(id, (string?)Chat.Call(Chat.With($"\"user\":\"{user}\"")).Body()["metadata"]!["user_id"]);
    }

    [Fact]
    public void Request_ModelWithDots_GetsDashes() => Assert.Equal("claude-sonnet-4-5", (string?)Chat.Call(Chat.With(""), "claude-sonnet-4.5").Body()["model"]);

    /// <summary>Requests that mean what Anthropic cannot do, and the member that says so.</summary>
    public static TheoryData<string, string, string?> Refusals => new()
    {
        { Chat.With("\"n\":2"), Chat.Old, "n" },
        { Chat.With("\"modalities\":[\"text\",\"audio\"]"), Chat.Old, "modalities" },
        { Chat.With("\"tools\":[{\"type\":\"custom\",\"custom\":{\"name\":\"x\"}}]"), Chat.Old, "tools[0].type" },
        { Chat.With("\"tools\":[{\"type\":\"google_search\"}]"), Chat.Old, "tools[0].type" },
        { Chat.With("\"tool_choice\":\"required\""), Chat.Old, "tool_choice" },
        { Chat.With("\"extra_body\":{\"anthropic\":{\"messages\":[]}}"), Chat.Old, "extra_body.anthropic.messages" },
        { """{"messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AA==","format":"wav"}}]}]}""", Chat.Old, "messages[0].content[0]" },
        { """{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"http://example.test/a.png"}}]}]}""", Chat.Old, "messages[0].content[0].image_url.url" },
        { """{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/tiff;base64,AAAA"}}]}]}""", Chat.Old, "messages[0].content[0]" },
        { """{"messages":[{"role":"user","content":[{"type":"file","file":{"file_data":"data:video/mp4;base64,AAAA"}}]}]}""", Chat.Old, "messages[0].content[0]" },
        { """{"messages":[{"role":"system","content":[{"type":"image_url","image_url":{"url":"https://example.test/a.png"}}]},{"role":"user","content":"a"}]}""", Chat.Old, "messages[0].content[0]" },
        { """{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"image_url","image_url":{"url":"https://example.test/a.png"}}]},{"role":"user","content":"a"}]}""", Chat.Old, "messages[1].content[0]" },
        { """{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"{"}]}""", Chat.New, "messages[1]" },
        { "{\"messages\":[{\"role\":\"user\",\"content\":\"\\ud800\"}]}", Chat.Old, null },
        { Chat.With("\"user\":\"\\ud800\""), Chat.Old, null },
    };

    [Theory, MemberData(nameof(Refusals))]
    public void Request_ThatCannotBeSaid_IsRefusedByName(string body, string model, string? parameter) =>
        Assert.Equal(parameter, Chat.Refusal(body, model).Parameter);

    [Fact]
    public void Request_CacheMarks_AreTheLastFourLongOnesFirst()
    {
        var body = Chat.Call(
            """
            {"tools":[{"type":"function","function":{"name":"f"},"cache_control":{"type":"ephemeral"}}],
             "messages":[{"role":"system","content":[{"type":"text","text":"s","cache_control":{"type":"ephemeral","ttl":"1h"}}]},
              {"role":"user","content":[{"type":"text","text":"a","cache_control":{"type":"ephemeral","ttl":"5m"}},{"type":"text","text":"b"}],"cache_control":{"type":"ephemeral","ttl":"1h"}},
              {"role":"assistant","content":"c","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},
              {"role":"tool","tool_call_id":"c","content":[{"type":"text","text":"d","prompt_cache_breakpoint":{}}]}]}
            """).Body();

        Assert.Null(body["tools"]![0]!["cache_control"]);
        Chat.AssertJson("""{"type":"ephemeral","ttl":"1h"}""", body["system"]![0]!["cache_control"]);
        Chat.AssertJson("""{"type":"ephemeral","ttl":"5m"}""", body["messages"]![0]!["content"]![0]!["cache_control"]);
        Chat.AssertJson("""{"type":"ephemeral","ttl":"5m"}""", body["messages"]![0]!["content"]![1]!["cache_control"]);
        Chat.AssertJson("""{"type":"ephemeral"}""", body["messages"]![2]!["content"]![0]!["cache_control"]);
    }

    [Fact]
    public void Provider_Anthropic_Translates() => Assert.IsType<OpenAIChatToAnthropicMessages>(new AnthropicProvider().ChatTranslator);

    [Fact]
    public void Request_DroppedParts_AreNamedByTheirPlace()
    {
        var call = Chat.Call("""{"messages":[{"role":"user","name":"x","content":[{"type":"image_url","image_url":{"url":"https://example.test/a.png","detail":"low"}}]}]}""");

        Assert.Equal(["messages[0].content[0].image_url.detail", "messages[0].name"], call.Dropped.Order(StringComparer.Ordinal));
        Assert.Null(JsonNode.Parse(call.Body.Span)!["messages"]![0]!["name"]);
    }
}
