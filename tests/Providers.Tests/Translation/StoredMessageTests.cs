using System.Text;
using System.Text.Json.Nodes;
using GatewayActors.Providers.Tests.Translation.Inbound;
using GatewayActors.Providers.Translation;
using GatewayActors.Providers.Translation.Messages;
using Xunit;

namespace GatewayActors.Providers.Tests.Translation;

/// <summary>Answers of Anthropic's Messages from a stream to one object and back; read by what reads Anthropic's own.</summary>
public sealed class StoredMessageTests
{
    private const string Everything = """
        {"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-5-20250929","container":{"id":"ctr_1"},"content":[
          {"type":"thinking","thinking":"Tide, then.\n","signature":"EqQB+/="},
          {"type":"redacted_thinking","data":"abc="},
          {"type":"text","text":"Es ist “Flut” 🌊","citations":[{"type":"char_location","cited_text":"x","document_index":0,"start_char_index":0,"end_char_index":1},{"type":"char_location","cited_text":"y","document_index":0,"start_char_index":4,"end_char_index":5}]},
          {"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{"query":"tide"}},
          {"type":"web_search_tool_result","tool_use_id":"srvtoolu_1","content":[{"type":"web_search_result","url":"https://example.com","title":"Tides","encrypted_content":"e","page_age":null}]},
          {"type":"tool_use","id":"toolu_1","name":"lookup_tide","input":{"harbour":"Porthleven","deep":{"n":[1,2.50,-3e2]}},"caller":{"type":"direct"}},
          {"type":"tool_use","id":"toolu_2","name":"now","input":{}}],
         "stop_reason":"tool_use","stop_sequence":null,"context_management":{"applied_edits":[]},
         "usage":{"input_tokens":598,"cache_creation_input_tokens":3,"cache_read_input_tokens":4,"cache_creation":{"ephemeral_5m_input_tokens":3,"ephemeral_1h_input_tokens":0},"output_tokens":97,"service_tier":"standard","server_tool_use":{"web_search_requests":1}}}
        """;

    private static readonly Translated Claude = new("anthropic", "claude-sonnet-4-5");

    [Theory]
    [InlineData("anthropic-messages-stream.response.sse")]
    [InlineData("anthropic-messages-stream-tools.response.sse")]
    [InlineData("anthropic-messages-thinking-stream.response.sse")]
    public void ToMessage_RecordedStream_ReadsAsTheStreamDoes(string fixture)
    {
        var stream = Inbound.Inbound.Fixture(fixture);

        var message = StoredMessage.ToMessage(stream)!.Value.ToArray();

        Assert.Equal(Whole(Claude.Read(stream, isStream: true, usage: true)), Whole(Claude.Read(message, isStream: false)));
        var json = JsonNode.Parse(message)!;
        Assert.Equal(("message", "assistant"), ((string?)json["type"], (string?)json["role"]));
        Assert.NotNull((string?)json["stop_reason"]);
    }

    [Fact]
    public void ToMessage_RecordedCalls_HaveTheirInputAndTheUsageOfTheEnd()
    {
        var json = JsonNode.Parse(StoredMessage.ToMessage(Inbound.Inbound.Fixture("anthropic-messages-stream-tools.response.sse"))!.Value.Span)!;

        Assert.Equal("""{"harbour":"Porthleven"}""", json["content"]![1]!["input"]!.ToJsonString());
        Assert.Equal((598, 97, "standard", "tool_use"), ((int)json["usage"]!["input_tokens"]!, (int)json["usage"]!["output_tokens"]!, (string?)json["usage"]!["service_tier"], (string?)json["stop_reason"]));
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public void Message_ThereAndBack_IsTheSame(string line)
    {
        var stream = Encoding.UTF8.GetString(StoredMessage.ToStream(Encoding.UTF8.GetBytes(Everything))!.Value.Span).Replace("\n", line, StringComparison.Ordinal);

        var back = StoredMessage.ToMessage(Encoding.UTF8.GetBytes(stream))!.Value;

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Everything), JsonNode.Parse(back.Span)), Encoding.UTF8.GetString(back.Span));
    }

    [Fact]
    public void ToStream_Message_ReadsAsTheMessageDoesWhereverItIsCut()
    {
        var stream = StoredMessage.ToStream(Encoding.UTF8.GetBytes(Everything))!.Value.ToArray();

        var whole = Claude.Read(Encoding.UTF8.GetBytes(Everything), isStream: false);
        Assert.Null(whole.Fault);
        for (var cut = 0; cut < stream.Length; cut++)
        {
            Assert.Equal(Whole(whole), Whole(Claude.Read(stream, isStream: true, cut, usage: true)));
        }
    }

    [Theory]
    [InlineData("anthropic-messages-plain.response.json")]
    [InlineData("anthropic-messages-tools.response.json")]
    public void ToStream_RecordedMessage_KeepsTheOrderOfEvents(string fixture)
    {
        var message = Inbound.Inbound.Fixture(fixture);

        var stream = Encoding.UTF8.GetString(StoredMessage.ToStream(message)!.Value.Span);

        var assembled = StreamGrammar.Assemble(ClientFormat.Messages, stream);
        foreach (var name in (string[])["id", "model", "content", "stop_reason", "usage"])
        {
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(message)![name], assembled[name]), name);
        }
    }

    [Theory]
    [InlineData("""{"type":"error","error":{"type":"overloaded_error"}}""")]
    [InlineData("""{"type":"content_block_delta","index":0,"delta":{"type":"new_delta","x":1}}""")]
    [InlineData("""{"type":"content_block_delta","index":7,"delta":{"type":"text_delta","text":"a"}}""")]
    [InlineData("""{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""")]
    [InlineData("""{"type":"message_start","message":{"usage":{}}}""")]
    [InlineData("""{"type":"of_tomorrow"}""")]
    [InlineData("{")]
    [InlineData("[1]")]
    public void ToMessage_StreamWithSomethingElse_IsNone(string event_)
    {
        var lines = Encoding.UTF8.GetString(StoredMessage.ToStream(Encoding.UTF8.GetBytes(Everything))!.Value.Span);
        var end = lines.IndexOf("event: message_delta", StringComparison.Ordinal);

        Assert.Null(StoredMessage.ToMessage(Encoding.UTF8.GetBytes(lines[..end] + $"data: {event_}\n\n" + lines[end..])));
    }

    [Theory]
    [InlineData("message_stop")]
    [InlineData("message_delta")]
    [InlineData("message_start")]
    public void ToMessage_StreamThatLacksAnEvent_IsNone(string name)
    {
        var events = Encoding.UTF8.GetString(StoredMessage.ToStream(Encoding.UTF8.GetBytes(Everything))!.Value.Span).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.Null(StoredMessage.ToMessage(Encoding.UTF8.GetBytes(string.Concat(events.Where(text => !text.StartsWith("event: " + name, StringComparison.Ordinal)).Select(text => text + "\n\n")))));
    }

    [Theory]
    [InlineData("""{"type":"message","content":[],"stop_reason":null,"usage":{}}""")]
    [InlineData("""{"type":"message","content":"a","stop_reason":"end_turn","usage":{}}""")]
    [InlineData("""{"type":"message","content":[],"stop_reason":"end_turn"}""")]
    [InlineData("""{"type":"message","content":[1],"stop_reason":"end_turn","usage":{}}""")]
    [InlineData("""{"object":"chat.completion","choices":[]}""")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("")]
    public void ToStream_NotOneWholeMessage_IsNone(string message) => Assert.Null(StoredMessage.ToStream(Encoding.UTF8.GetBytes(message)));

    // The chunks of a stream put together are the completion that the same answer is as a whole.
    private static string Whole((string Text, ChatFault? Fault) answer)
    {
        Assert.Null(answer.Fault);
        var completion = answer.Text.StartsWith('{') ? Encoding.UTF8.GetBytes(answer.Text) : StoredChat.ToCompletion(Encoding.UTF8.GetBytes(answer.Text))!.Value.ToArray();
        var json = JsonNode.Parse(completion)!;
        var message = json["choices"]![0]!["message"]!;
        return $"{message["content"]} {message["reasoning_content"]} {string.Join(';', message["tool_calls"]?.AsArray().Select(call => $"{call!["id"]} {call["function"]!["name"]} {JsonNode.Parse((string)call["function"]!["arguments"]!)!.ToJsonString()}") ?? [])} {json["choices"]![0]!["finish_reason"]} {json["usage"]!.ToJsonString()} {message["annotations"]?.AsArray().Count}";
    }
}
