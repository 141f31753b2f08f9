using System.Text;
using System.Text.Json.Nodes;
using GatewayActors.Providers.Tests.Translation.AwsBedrock;
using GatewayActors.Providers.Translation;
using Xunit;

namespace GatewayActors.Providers.Tests.Translation.Inbound;

/// <summary>Which text ended an answer: clients of Messages are told, where the provider tells.</summary>
public sealed class StopSequenceTests
{
    private const string Bedrock = "aws-bedrock";
    private const string Nova = "amazon.nova-pro-v1:0";

    [Theory]
    // A provider that names the text.
    [InlineData("aws-bedrock", """["END","HALT"]""", """{"output":{"message":{"content":[{"text":"a"}]}},"stopReason":"stop_sequence","additionalModelResponseFields":{"stop_sequence":"HALT"}}""", "HALT")]
    [InlineData("groq", """["END","HALT"]""", """{"choices":[{"message":{"content":"a"},"finish_reason":"stop","stop_reason":"END"}]}""", "END")]
    [InlineData("openrouter", """["END","HALT"]""", """{"choices":[{"message":{"content":"a"},"finish_reason":"stop","matched_stop":"END"}]}""", "END")]
    // One that only says that it was one of them: then it is known where there is only one.
    [InlineData("aws-bedrock", """["END"]""", """{"output":{"message":{"content":[{"text":"a"}]}},"stopReason":"stop_sequence"}""", "END")]
    [InlineData("aws-bedrock", """["END","HALT"]""", """{"output":{"message":{"content":[{"text":"a"}]}},"stopReason":"stop_sequence"}""", null)]
    [InlineData("cohere", """["END"]""", """{"id":"i","message":{"content":[{"type":"text","text":"a"}]},"finish_reason":"STOP_SEQUENCE"}""", "END")]
    [InlineData("cohere", """["END","HALT"]""", """{"id":"i","message":{"content":[{"type":"text","text":"a"}]},"finish_reason":"STOP_SEQUENCE"}""", null)]
    [InlineData("huggingface", """["END"]""", """{"choices":[{"message":{"content":"a"},"finish_reason":"stop_sequence"}]}""", "END")]
    // One that does not say, and what is none of the client's texts.
    [InlineData("cohere", """["END"]""", """{"id":"i","message":{"content":[{"type":"text","text":"a"}]},"finish_reason":"COMPLETE"}""", null)]
    [InlineData("groq", """["END"]""", """{"choices":[{"message":{"content":"a"},"finish_reason":"stop","stop_reason":"<|eot|>"}]}""", null)]
    [InlineData("groq", """["END"]""", """{"choices":[{"message":{"content":"a"},"finish_reason":"stop","stop_reason":128009}]}""", null)]
    [InlineData("groq", """["END"]""", """{"choices":[{"message":{"content":"a"},"finish_reason":"stop"}]}""", null)]
    [InlineData("groq", """["END"]""", """{"choices":[{"message":{"content":"a"},"finish_reason":"length","stop_reason":"END"}]}""", null)]
    public void Answer_ToMessages_NamesTheTextThatEndedIt(string provider, string stop, string answer, string? expected)
    {
        var model = Inbound.Targets.Select(target => target.Provider).Contains(provider) ? null : "any";
        var message = JsonNode.Parse(Answer(provider, model, stop, answer))!;

        var isEnded = answer.Contains("\"length\"", StringComparison.Ordinal) ? "max_tokens" : "end_turn";
        Assert.Equal((expected is null ? isEnded : "stop_sequence", expected), ((string?)message["stop_reason"], (string?)message["stop_sequence"]));
    }

    [Fact]
    public void Stream_OfClaudeOnBedrock_NamesTheTextThatEndedIt()
    {
        byte[] stream =
        [
            .. ConverseAnswerTests.Event("messageStart", """{"role":"assistant"}"""),
            .. ConverseAnswerTests.Event("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"text":"a"}}"""),
            .. ConverseAnswerTests.Event("messageStop", """{"stopReason":"stop_sequence","additionalModelResponseFields":{"delta":{"stop_sequence":"END"}}}"""),
        ];

        var events = Inbound.Parse(Inbound.Answer(ClientFormat.Messages, Bedrock, stream, comesAsStream: true, byteByByte: true, request: Request("""["END","HALT"]""", ",\"stream\":true")).Text);

        var delta = events.Single(@event => (string?)@event["type"] == "message_delta")["delta"]!;
        Assert.Equal(("stop_sequence", "END"), ((string?)delta["stop_reason"], (string?)delta["stop_sequence"]));
    }

    [Fact]
    public void Stream_OfAServerThatNamesTheText_TellsIt()
    {
        var stream = Inbound.Events(Inbound.Chunk("""{"content":"a"}"""), """{"id":"c","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop","stop_reason":"END"}]}""", "[DONE]");

        var events = Inbound.Parse(Inbound.Answer(ClientFormat.Messages, "groq", stream, comesAsStream: true, request: Request("""["END"]""", "")).Text);

        Assert.Equal("""{"stop_reason":"stop_sequence","stop_sequence":"END"}""", events.Single(@event => (string?)@event["type"] == "message_delta")["delta"]!.ToJsonString());
    }

    [Theory]
    [InlineData("", """["/stop_sequence"]""")]
    [InlineData(",\"stream\":true", """["/delta/stop_sequence"]""")]
    public void Request_ToClaudeOnBedrock_AsksForTheText(string members, string expected) =>
        Assert.Equal(expected, Inbound.Sent(ClientFormat.Messages, Request("""["END"]""", members), Bedrock)["additionalModelResponseFieldPaths"]!.ToJsonString());

    [Fact]
    public void Request_WithoutStops_OrToOthers_DoesNotAsk()
    {
        Assert.Null(Inbound.Sent(ClientFormat.Messages, Inbound.Hello(ClientFormat.Messages), Bedrock)["additionalModelResponseFieldPaths"]);
        Assert.Null(Inbound.Sent(ClientFormat.Messages, Request("""["END"]""", ""), Bedrock, Nova)["additionalModelResponseFieldPaths"]);
    }

    [Fact]
    public void Request_ThatAsksByItself_StaysAsItIs()
    {
        var sent = Inbound.Sent(
            ClientFormat.ChatCompletions,
            """{"stop":"END","messages":[{"role":"user","content":"x"}],"extra_body":{"aws-bedrock":{"additionalModelResponseFieldPaths":["/a"]}}}""",
            Bedrock);

        Assert.Equal("""["/a"]""", sent["additionalModelResponseFieldPaths"]!.ToJsonString());
    }

    [Fact]
    public void Completion_HasNoPlaceForIt()
    {
        var answer = Inbound.Answer(
            ClientFormat.ChatCompletions, Bedrock, Encoding.UTF8.GetBytes("""{"output":{"message":{"content":[{"text":"a"}]}},"stopReason":"stop_sequence"}"""), comesAsStream: false).Text;

        Assert.Equal("stop", (string?)JsonNode.Parse(answer)!["choices"]![0]!["finish_reason"]);
        Assert.DoesNotContain("stop_sequence", answer, StringComparison.Ordinal);
    }

    private static string Answer(string provider, string? model, string stop, string answer) =>
        Inbound.Answer(ClientFormat.Messages, provider, Encoding.UTF8.GetBytes(answer), comesAsStream: false, request: Request(stop, ""), model: model).Text;

    private static string Request(string stop, string members) => $$"""{"max_tokens":100,"stop_sequences":{{stop}},"messages":[{"role":"user","content":"Hello"}]{{members}}}""";
}
