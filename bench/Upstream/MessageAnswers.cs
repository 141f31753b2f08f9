using System.Text;

namespace GatewayActors.Bench.Upstream;

/// <summary>The answers of a provider of Anthropic's format: a message of about 1 KB with the same text, and a stream of 100 events.</summary>
internal static class MessageAnswers
{
    private const int Tokens = 95;
    private const string Usage = "\"input_tokens\":182,\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":0,\"cache_creation\":{\"ephemeral_5m_input_tokens\":0,\"ephemeral_1h_input_tokens\":0}";

    /// <summary>A whole message.</summary>
    public static ReadOnlyMemory<byte> Json { get; } = Encoding.UTF8.GetBytes(
        $$$"""{"id":"msg_BenchAnswer0000000000001","type":"message","role":"assistant","model":"claude-haiku-4-5","content":[{"type":"text","text":"{{{Answers.Text}}}"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{{{{Usage}}},"output_tokens":97,"service_tier":"standard"}}""");

    /// <summary>100 events, each written by itself: the beginning, 95 with a token, and the end.</summary>
    public static ReadOnlyMemory<byte>[] Events { get; } =
    [
        Event("message_start", $$$""" "message":{"id":"msg_Bench1","type":"message","role":"assistant","model":"claude-haiku-4-5","content":[],"stop_reason":null,"stop_sequence":null,"usage":{{{{Usage}}},"output_tokens":1}}"""),
        Event("content_block_start", """ "index":0,"content_block":{"type":"text","text":""}"""),
        .. Enumerable.Range(0, Tokens).Select(index => Event("content_block_delta", $$""" "index":0,"delta":{"type":"text_delta","text":" word{{index:00}}"}""")),
        Event("content_block_stop", """ "index":0"""),
        Event("message_delta", """ "delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":97}"""),
        Event("message_stop", ""),
    ];

    private static ReadOnlyMemory<byte> Event(string type, string members) => Encoding.UTF8.GetBytes(
        $$"""event: {{type}}""" + "\n" + $$"""data: {"type":"{{type}}"{{(members.Length > 0 ? "," + members.Trim() : "")}}}""" + "\n\n");
}
