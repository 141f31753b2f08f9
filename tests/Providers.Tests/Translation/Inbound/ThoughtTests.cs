using System.Text;
using System.Text.Json.Nodes;
using GatewayActors.Providers.Translation;
using Xunit;

namespace GatewayActors.Providers.Tests.Translation.Inbound;

/// <summary>What a model's reasoning needs back, through clients that know nothing of its maker.</summary>
public sealed class ThoughtTests
{
    [Fact]
    public void Signature_OfAnthropic_ComesBackThroughResponses()
    {
        var answer = Whole(ClientFormat.Responses, "anthropic", Inbound.Fixture("anthropic-messages-thinking-stream.response.sse"));
        var input = new JsonArray(Message("x"));
        foreach (var item in (JsonArray)answer["output"]!)
        {
            input.Add(item!.DeepClone());
        }

        input.Add((JsonNode)Message("y"));
        var request = new JsonObject { ["input"] = input, ["reasoning"] = new JsonObject { ["effort"] = "low" }, ["max_output_tokens"] = 9000 };

        var turn = Inbound.Sent(ClientFormat.Responses, request.ToJsonString(), "anthropic")["messages"]![1]!["content"]!;
        InboundStreamTests.AssertJson(
            """
            [{"type":"thinking","thinking":"17*20 is 340, 17*3 is 51.","signature":"Zml4dHVyZS1zaWduYXR1cmUtbm90LWEtcmVhbC1vbmUtMDEyMzQ1Njc4OQ=="},
             {"type":"redacted_thinking","data":"Zml4dHVyZS1yZWRhY3RlZA=="},{"type":"text","text":"391"}]
            """,
            turn);
    }

    [Theory]
    [InlineData(ClientFormat.Messages)]
    [InlineData(ClientFormat.Responses)]
    public void Signature_OfACallOfGoogle_ComesBackWithTheCall(ClientFormat format)
    {
        var slice = """{"candidates":[{"content":{"parts":[{"functionCall":{"id":"c1","name":"f","args":{"k":1}},"thoughtSignature":"c2ln"}]},"finishReason":"STOP"}]}""";
        var answer = Whole(format, "google-ai-studio", Inbound.Events(slice));
        var request = format == ClientFormat.Messages
            ? $$"""{"max_tokens":10,"messages":[{"role":"user","content":"x"},{"role":"assistant","content":{{answer["content"]!.ToJsonString()}}},{"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":"r"}]}]}"""
            : $$"""{"input":[{"role":"user","content":"x"},{{answer["output"]!.ToJsonString()[1..^1]}},{"type":"function_call_output","call_id":"c1","output":"r"}]}""";

        var part = Inbound.Sent(format, request, "google-ai-studio")["contents"]![1]!["parts"]![0]!;
        Assert.Equal(("f", "c2ln"), ((string?)part["functionCall"]!["name"], (string?)part["thoughtSignature"]));
    }

    [Fact]
    public void Thoughts_OfAnotherProvider_AreTakenOutForAnthropicItself()
    {
        var answer = Whole(ClientFormat.Messages, "google-ai-studio", Inbound.Events(
            """{"candidates":[{"content":{"parts":[{"text":"hm","thought":true},{"text":"a"},{"text":"","thoughtSignature":"c2ln"}]},"finishReason":"STOP"}]}"""));
        Assert.Equal(["thinking", "text", "redacted_thinking"], ((JsonArray)answer["content"]!).Select(block => (string?)block!["type"]));
        var body = $$"""{"model":"m","messages":[{"role":"assistant","content":{{answer["content"]!.ToJsonString()}}},{"role":"user","content":[{"type":"thinking","thinking":"own","signature":"c2ln"}]}]}""";

        var cleaned = JsonNode.Parse(ForeignThoughts.Remove(ClientFormat.Messages, Encoding.UTF8.GetBytes(body)).Span)!;
        InboundStreamTests.AssertJson(
            """{"model":"m","messages":[{"role":"assistant","content":[{"type":"text","text":"a"}]},{"role":"user","content":[{"type":"thinking","thinking":"own","signature":"c2ln"}]}]}""", cleaned);
    }

    [Theory]
    [InlineData("""{"model":"m", "messages":[{"role":"user","content":"say gw1. twice"}]}""")]
    [InlineData("""{"x":"gw1.""")]
    public void Body_WithoutThoughtsOfOurs_IsTheSameBytes(string body) =>
        Assert.Equal(body, Encoding.UTF8.GetString(ForeignThoughts.Remove(ClientFormat.Messages, Encoding.UTF8.GetBytes(body)).Span));

    [Theory]
    [InlineData("gw1.")]
    [InlineData("gw1.???")]
    [InlineData("gw1.W10=")]
    [InlineData("gw1.e30=")]
    public void Envelope_ThatIsBroken_IsNoThought(string signature) => Assert.Equal(
        2,
        Inbound.Sent(
            ClientFormat.Messages,
            $$"""{"max_tokens":5,"messages":[{"role":"user","content":"x"},{"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"{{signature}}"},{"type":"text","text":"a"}]}]}""",
            "google-ai-studio")["contents"]!.AsArray().Count);

    private static JsonNode Whole(ClientFormat format, string provider, byte[] stream) =>
        JsonNode.Parse(Inbound.Answer(format, provider, stream, comesAsStream: true, wantsStream: false).Text)!;

    private static JsonObject Message(string text) => new() { ["role"] = "user", ["content"] = text };
}
