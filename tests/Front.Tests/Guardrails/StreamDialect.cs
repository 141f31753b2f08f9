using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using GatewayActors.Providers.AwsBedrock;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Guardrails;

/// <summary>How a provider streams a text that it cuts in pieces.</summary>
/// <param name="Path">Below the gateway.</param>
/// <param name="Request">The client's request.</param>
/// <param name="ContentType">The type of the stream.</param>
/// <param name="Write">The stream of pieces, event by event.</param>
/// <param name="Ending">What a stream that is ended in the middle says, in its own way.</param>
internal sealed partial record StreamDialect(string Path, string Request, string ContentType, Func<string[], byte[][]> Write, string Ending)
{
    private const string Sse = "text/event-stream";
    private const string Chat = """{"model":"%","stream":true,"max_tokens":50,"messages":[{"role":"user","content":"Hello"}]}""";
    private const string OpenAIError = """{"error":{"message":"Response blocked due to security configurations","type":"invalid_request_error","param":null,"code":"response_blocked"}}""";
    private const string GoogleError = """{"error":{"code":424,"message":"Response blocked due to security configurations","status":"FAILED_PRECONDITION"}}""";
    private const string AnthropicError = """event: error\ndata: {"type":"error","error":{"type":"invalid_request_error","message":"Response blocked due to security configurations"}}""";

    public static IReadOnlyDictionary<string, StreamDialect> All { get; } = new Dictionary<string, StreamDialect>
    {
        ["chat completions"] = new("openai/chat/completions", Chat.Replace("%", "gpt-4o-mini", StringComparison.Ordinal), Sse, pieces => Events(
            [.. pieces.Select(piece => $$$"""{"id":"c","object":"chat.completion.chunk","created":1,"model":"gpt-4o-mini","choices":[{"index":0,"delta":{"role":"assistant","content":{{{Json(piece)}}}},"finish_reason":null}]}"""),
             """{"id":"c","object":"chat.completion.chunk","created":1,"model":"gpt-4o-mini","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""",
             "[DONE]"]), OpenAIError),
        ["refusal"] = new("openai/chat/completions", Chat.Replace("%", "gpt-4o-mini", StringComparison.Ordinal), Sse, pieces => Events(
            [.. pieces.Select(piece => $$$"""{"id":"c","object":"chat.completion.chunk","model":"gpt-4o-mini","choices":[{"index":0,"delta":{"refusal":{{{Json(piece)}}}}}]}"""), "[DONE]"]), OpenAIError),
        ["tool arguments"] = new("openai/chat/completions", Chat.Replace("%", "gpt-4o-mini", StringComparison.Ordinal), Sse, pieces => Events(
            [.. pieces.Select(piece => $$$"""{"id":"c","object":"chat.completion.chunk","model":"gpt-4o-mini","choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"function":{"arguments":{{{Json(piece)}}}}}]}}]}"""), "[DONE]"]), OpenAIError),
        ["second choice"] = new("openai/chat/completions", Chat.Replace("%", "gpt-4o-mini", StringComparison.Ordinal), Sse, pieces => Events(
            [.. pieces.SelectMany(piece => (string[])[
                $$$"""{"id":"c","object":"chat.completion.chunk","model":"gpt-4o-mini","choices":[{"index":1,"delta":{"content":{{{Json(piece)}}}}}]}""",
                """{"id":"c","object":"chat.completion.chunk","model":"gpt-4o-mini","choices":[{"index":0,"delta":{"content":"-"}}]}"""]), "[DONE]"]), OpenAIError),
        ["text completions"] = new("openai/completions", """{"model":"gpt-3.5-turbo-instruct","stream":true,"prompt":"Hello"}""", Sse, pieces => Events(
            [.. pieces.Select(piece => $$$"""{"id":"c","object":"text_completion","choices":[{"index":0,"text":{{{Json(piece)}}}}]}"""), "[DONE]"]), OpenAIError),
        ["responses"] = new("openai/responses", """{"model":"gpt-4o-mini","stream":true,"input":"Hello"}""", Sse, pieces => Events(
            ["""{"type":"response.created","response":{"id":"r","object":"response","instructions":"Say purple elephant","output":[]}}""",
             .. pieces.Select(piece => $$$"""{"type":"response.output_text.delta","item_id":"m","output_index":0,"content_index":0,"delta":{{{Json(piece)}}}}"""),
             $$$"""{"type":"response.output_text.done","item_id":"m","output_index":0,"content_index":0,"text":{{{Json(string.Concat(pieces))}}}}""",
             """{"type":"response.completed","response":{"id":"r","object":"response","status":"completed","output":[],"usage":{"input_tokens":1000,"output_tokens":100,"total_tokens":1100}}}"""]),
            """event: error\ndata: {"type":"error","code":"response_blocked","message":"Response blocked due to security configurations","param":null}"""),
        ["messages"] = new("anthropic/v1/messages", Chat.Replace("%", "claude-haiku-4-5", StringComparison.Ordinal), Sse, pieces => NamedEvents(
            ["""{"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":"claude-haiku-4-5","content":[],"usage":{"input_tokens":1000,"output_tokens":1}}}""",
             """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""",
             """{"type":"ping"}""",
             .. pieces.Select(piece => $$$"""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":{{{Json(piece)}}}}}"""),
             """{"type":"content_block_stop","index":0}""",
             """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":100}}""",
             """{"type":"message_stop"}"""]), AnthropicError),
        ["thinking"] = new("anthropic/v1/messages", Chat.Replace("%", "claude-haiku-4-5", StringComparison.Ordinal), Sse, pieces => NamedEvents(
            [.. pieces.Select(piece => $$$"""{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":{{{Json(piece)}}}}}"""), """{"type":"message_stop"}"""]), AnthropicError),
        ["blocks of messages"] = new("anthropic/v1/messages", Chat.Replace("%", "claude-haiku-4-5", StringComparison.Ordinal), Sse, pieces => NamedEvents(
            [.. pieces.SelectMany((piece, index) => (string[])[
                $$$"""{"type":"content_block_start","index":{{{index}}},"content_block":{"type":"text","text":""}}""",
                $$$"""{"type":"content_block_delta","index":{{{index}}},"delta":{"type":"text_delta","text":{{{Json(piece)}}}}}"""]), """{"type":"message_stop"}"""]), AnthropicError),
        ["tool input"] = new("anthropic/v1/messages", Chat.Replace("%", "claude-haiku-4-5", StringComparison.Ordinal), Sse, pieces => NamedEvents(
            [.. pieces.Select(piece => $$$"""{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":{{{Json(piece)}}}}}"""), """{"type":"message_stop"}"""]), AnthropicError),
        ["gemini"] = new("google-ai-studio/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse", """{"contents":[{"parts":[{"text":"Hello"}]}]}""", Sse, pieces => Events(
            [.. pieces.Select(piece => $$$"""{"candidates":[{"content":{"role":"model","parts":[{"text":{{{Json(piece)}}}}]},"index":0}]}""")]), GoogleError),
        ["gemini as an array"] = new("google-ai-studio/v1beta/models/gemini-2.5-flash:streamGenerateContent", """{"contents":[{"parts":[{"text":"Hello"}]}]}""", "application/json", pieces => Array(
            [.. pieces.Select(piece => $$$"""{"candidates":[{"content":{"role":"model","parts":[{"text":{{{Json(piece)}}}}]}}]}""")]), GoogleError),
        ["cohere"] = new("cohere/v2/chat", Chat.Replace("%", "command-a-03-2025", StringComparison.Ordinal), Sse, pieces => NamedEvents(
            [.. pieces.Select(piece => "{\"type\":\"content-delta\",\"index\":0,\"delta\":{\"message\":{\"content\":{\"text\":" + Json(piece) + "}}}}"),
             """{"type":"message-end","delta":{"finish_reason":"COMPLETE","usage":{"tokens":{"input_tokens":1000,"output_tokens":100}}}}"""]),
            """data: {"type":"message-end","delta":{"finish_reason":"ERROR","error":"Response blocked due to security configurations"}}"""),
        ["workers ai"] = new("workers-ai/@cf/meta/llama-3.1-8b-instruct", """{"prompt":"Hello","stream":true}""", Sse, pieces => Events(
            [.. pieces.Select(piece => $$$"""{"response":{{{Json(piece)}}}}"""), "[DONE]"]), OpenAIError),
        ["converse"] = new("aws-bedrock/bedrock-runtime/us-east-1/model/amazon.nova-lite-v1:0/converse-stream", """{"messages":[{"role":"user","content":[{"text":"Hello"}]}]}""", "application/vnd.amazon.eventstream", pieces =>
            [EventStreamFrameWriter.Event("messageStart", """{"role":"assistant"}"""u8),
             .. pieces.Select(piece => EventStreamFrameWriter.Event("contentBlockDelta", Encoding.UTF8.GetBytes($$$"""{"contentBlockIndex":0,"delta":{"text":{{{Json(piece)}}}}}"""))),
             EventStreamFrameWriter.Event("messageStop", """{"stopReason":"end_turn"}"""u8)], """{"message":"Response blocked due to security configurations"}"""),
        ["bedrock invoke"] = new("aws-bedrock/bedrock-runtime/us-east-1/model/anthropic.claude-haiku-4-5/invoke-with-response-stream", """{"messages":[{"role":"user","content":[{"type":"text","text":"Hello"}]}]}""", "application/vnd.amazon.eventstream", pieces =>
            [.. pieces.Select(piece => EventStreamFrameWriter.Event("chunk", Encoding.UTF8.GetBytes($$"""{"bytes":"{{InBase64(Json(piece))}}","p":"abc"}""")))],
            """{"message":"Response blocked due to security configurations"}"""),
    };

    public static TheoryData<string> Names => [.. All.Keys];

    /// <summary>The events, each sent by itself.</summary>
    public UpstreamReply Reply(string[] pieces)
    {
        var reply = new UpstreamReply().Header("Content-Type", ContentType);
        foreach (var bytes in Write(pieces))
        {
            reply.Send(bytes);
        }

        return reply;
    }

    /// <summary>The events up to the first piece of text, then those after the gate.</summary>
    public UpstreamReply Reply(string[] pieces, Gate gate)
    {
        var (events, one, other) = (Write(pieces), Write(["A"]), Write(["B"]));
        var first = System.Array.FindIndex(one, bytes => !other.Any(bytes.SequenceEqual));
        var reply = new UpstreamReply().Header("Content-Type", ContentType);
        for (var index = 0; index < events.Length; index++)
        {
            reply.Send(events[index]);
            if (index == first)
            {
                reply.Wait(gate);
            }
        }

        return reply;
    }

    /// <summary>All the text that a client has got, put together.</summary>
    public static string TextOf(byte[] received)
    {
        var text = Encoding.Latin1.GetString(received);
        text = Base64().Replace(text, match => Encoding.UTF8.GetString(Convert.FromBase64String(match.Groups[1].Value)));
        return string.Concat(Values().Matches(text).Where(match => match.Groups[2].Value != "-").Select(match => match.Groups[2].Value));
    }

    private static byte[][] Events(string[] events) => [.. events.Select(data => Encoding.UTF8.GetBytes($"data: {data}\n\n"))];

    private static byte[][] NamedEvents(string[] events) =>
        [.. events.Select(data => Encoding.UTF8.GetBytes($"event: {JsonElement.Parse(data).GetProperty("type").GetString()}\ndata: {data}\n\n"))];

    private static byte[][] Array(string[] items) => [.. items.Select((item, index) => Encoding.UTF8.GetBytes((index == 0 ? "[" : ",\r\n") + item)), "]"u8.ToArray()];

    private static string InBase64(string text) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes("{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":" + text + "}}"));

    private static string Json(string text) => JsonSerializer.Serialize(text);

    [GeneratedRegex("\"(content|text|delta|response|thinking|refusal|arguments|partial_json)\":\"([^\"]*)\"")]
    private static partial Regex Values();

    [GeneratedRegex("\\{\"bytes\":\"([^\"]*)\"[^}]*\\}")]
    private static partial Regex Base64();
}
