using System.Text;
using System.Text.Json.Nodes;
using GatewayActors.Providers.Tests.Translation.Inbound;
using GatewayActors.Providers.Translation;
using GatewayActors.Providers.Translation.Responses;
using Xunit;

namespace GatewayActors.Providers.Tests.Translation;

/// <summary>Answers of OpenAI's Responses from a stream to one object and back; read by what reads OpenAI's own.</summary>
public sealed class StoredResponseTests
{
    private const string Everything = """
        {"id":"resp_1","object":"response","created_at":1760000000,"status":"completed","completed_at":1760000009,"background":false,"error":null,"incomplete_details":null,"instructions":"Be brief.","model":"gpt-5-pro-2025-10-06",
         "output":[
          {"id":"rs_1","type":"reasoning","summary":[{"type":"summary_text","text":"First."},{"type":"summary_text","text":"Then."}],"encrypted_content":"enc="},
          {"id":"ws_1","type":"web_search_call","status":"completed","action":{"type":"search","query":"tide"}},
          {"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[
            {"type":"output_text","text":"Es ist “Flut” 🌊","annotations":[{"type":"url_citation","url":"https://example.com","title":"Tides","start_index":0,"end_index":2}],"logprobs":[]},
            {"type":"refusal","refusal":"No more."}]},
          {"id":"fc_1","type":"function_call","status":"completed","call_id":"call_1","name":"lookup_tide","arguments":"{\"harbour\":\"Porthleven\"}"},
          {"id":"ctc_1","type":"custom_tool_call","status":"completed","call_id":"call_2","name":"sql","input":"select 1"}],
         "parallel_tool_calls":true,"text":{"format":{"type":"text"}},"tools":[],"usage":{"input_tokens":36,"input_tokens_details":{"cached_tokens":0},"output_tokens":87,"output_tokens_details":{"reasoning_tokens":64},"total_tokens":123},"metadata":{}}
        """;

    private static readonly Translated Pro = new("openai", "gpt-5-pro");

    [Fact]
    public void ToResponse_RecordedStream_IsItsLastWord()
    {
        var stream = Inbound.Inbound.Fixture("openai-responses-stream.response.sse");

        var response = StoredResponse.ToResponse(stream)!.Value.ToArray();

        Assert.Equal(("response", "completed"), ((string?)JsonNode.Parse(response)!["object"], (string?)JsonNode.Parse(response)!["status"]));
        Assert.Equal(Whole(Pro.Read(stream, isStream: true, usage: true)), Whole(Pro.Read(response, isStream: false)));
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void Response_ThereAndBack_IsTheSame(string line)
    {
        var stream = Encoding.UTF8.GetString(StoredResponse.ToStream(Encoding.UTF8.GetBytes(Everything))!.Value.Span).Replace("\n", line, StringComparison.Ordinal);

        var back = StoredResponse.ToResponse(Encoding.UTF8.GetBytes(stream))!.Value;

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Everything), JsonNode.Parse(back.Span)), Encoding.UTF8.GetString(back.Span));
    }

    [Fact]
    public void ToStream_Response_ReadsAsTheResponseDoesWhereverItIsCut()
    {
        var stream = StoredResponse.ToStream(Encoding.UTF8.GetBytes(Everything))!.Value.ToArray();

        var whole = Whole(Pro.Read(Encoding.UTF8.GetBytes(Everything), isStream: false));
        for (var cut = 0; cut < stream.Length; cut += 3)
        {
            Assert.Equal(whole, Whole(Pro.Read(stream, isStream: true, cut, usage: true)));
        }
    }

    [Fact]
    public void ToStream_Response_KeepsTheOrderOfEvents()
    {
        var stream = Encoding.UTF8.GetString(StoredResponse.ToStream(Inbound.Inbound.Fixture("openai-responses-plain.response.json"))!.Value.Span);

        var assembled = StreamGrammar.Assemble(ClientFormat.Responses, stream);

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Inbound.Inbound.Fixture("openai-responses-plain.response.json")), assembled));
        var events = Inbound.Inbound.Parse(stream);
        Assert.Equal(("in_progress", 0), ((string?)events[0]["response"]!["status"], events[0]["response"]!["output"]!.AsArray().Count));
        Assert.Null(events[0]["response"]!["usage"]);
    }

    [Fact]
    public void ToStream_PartsOfItems_BeginEmptyAndEndWhole()
    {
        var events = Inbound.Inbound.Parse(Encoding.UTF8.GetString(StoredResponse.ToStream(Encoding.UTF8.GetBytes(Everything))!.Value.Span));

        string?[] types = [.. events.Where(item => (int?)item["output_index"] is 2 or 3).Select(item => (string?)item["type"])];
        Assert.Equal(
            [
                "response.output_item.added",
                "response.content_part.added", "response.output_text.delta", "response.output_text.done", "response.output_text.annotation.added", "response.content_part.done",
                "response.content_part.added", "response.refusal.delta", "response.refusal.done", "response.content_part.done",
                "response.output_item.done",
                "response.output_item.added", "response.function_call_arguments.delta", "response.function_call_arguments.done", "response.output_item.done",
            ],
            types);
        var added = events.First(item => (string?)item["type"] == "response.output_item.added" && (int)item["output_index"]! == 3)["item"]!;
        Assert.Equal(("", "in_progress", "lookup_tide"), ((string?)added["arguments"], (string?)added["status"], (string?)added["name"]));
    }

    [Theory]
    [InlineData("""{"type":"response.failed","response":{"object":"response","status":"failed","output":[],"usage":{}}}""")]
    [InlineData("""{"type":"response.completed","response":{"object":"response","status":"incomplete","output":[],"usage":{}}}""")]
    [InlineData("""{"type":"response.completed","response":{"object":"response","status":"completed","output":[],"usage":null}}""")]
    [InlineData("""{"type":"response.output_text.delta","delta":"\"response.completed\""}""")]
    [InlineData("""{"type":"response.completed",""")]
    [InlineData("""["response.completed"]""")]
    public void ToResponse_NotOneCompletedResponse_IsNone(string data) => Assert.Null(StoredResponse.ToResponse(Encoding.UTF8.GetBytes($"data: {data}\n\n")));

    [Theory]
    [InlineData("""{"object":"response","status":"queued","output":[],"usage":null}""")]
    [InlineData("""{"object":"response","status":"completed","output":[1],"usage":{}}""")]
    [InlineData("""{"object":"chat.completion","choices":[]}""")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("")]
    public void ToStream_NotOneCompletedResponse_IsNone(string response) => Assert.Null(StoredResponse.ToStream(Encoding.UTF8.GetBytes(response)));

    private static string Whole((string Text, ChatFault? Fault) answer)
    {
        Assert.Null(answer.Fault);
        var completion = answer.Text.StartsWith('{') ? Encoding.UTF8.GetBytes(answer.Text) : StoredChat.ToCompletion(Encoding.UTF8.GetBytes(answer.Text))!.Value.ToArray();
        var json = JsonNode.Parse(completion)!;
        var message = json["choices"]![0]!["message"]!;
        return $"{message["content"]} {message["refusal"]} {message["reasoning_content"]} {message["tool_calls"]?.ToJsonString()} {json["choices"]![0]!["finish_reason"]} {json["usage"]!.ToJsonString()}";
    }
}
