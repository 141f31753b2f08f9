using System.Text;

namespace GatewayActors.Bench.Upstream;

/// <summary>The answers, as bytes: a chat completion of about 1 KB, one of 2 KB, and a stream of 100 events.</summary>
internal static class Answers
{
    private const int Tokens = 97;

    internal const string Text =
        "Tides are caused by the gravitational pull of the Moon and, to a lesser extent, the Sun. The side of the Earth that faces the Moon is pulled more strongly than its centre, and the far side less strongly, so that two bulges of water form.";

    /// <summary>A whole chat completion.</summary>
    public static ReadOnlyMemory<byte> Json { get; } = Completion(Text);

    /// <summary>The same with a longer text.</summary>
    public static ReadOnlyMemory<byte> LongJson { get; } = Completion(string.Join(' ', Enumerable.Repeat(Text, 5)));

    /// <summary>
    /// 100 events, each written by itself: 97 with a token, one with the reason why it ended, one with usage, and the end mark.
    /// </summary>
    public static ReadOnlyMemory<byte>[] Events { get; } =
    [
        .. Enumerable.Range(0, Tokens).Select(index => Event($$"""{"index":0,"delta":{"content":" word{{index:00}}"},"logprobs":null,"finish_reason":null}""", "null")),
        Event("""{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}""", "null"),
        Event("", """{"prompt_tokens":182,"completion_tokens":97,"total_tokens":279,"prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":0}}"""),
        Encoding.UTF8.GetBytes("data: [DONE]\n\n"),
    ];

    private static ReadOnlyMemory<byte> Event(string choice, string usage) => Encoding.UTF8.GetBytes(
        $$"""data: {"id":"chatcmpl-Bench1","object":"chat.completion.chunk","created":1767225600,"model":"gpt-4o-mini","choices":[{{choice}}],"usage":{{usage}}}""" + "\n\n");

    private static ReadOnlyMemory<byte> Completion(string text) => Encoding.UTF8.GetBytes(
        $$"""
        {
          "id": "chatcmpl-BenchAnswer0000000000000001",
          "object": "chat.completion",
          "created": 1767225600,
          "model": "gpt-4o-mini-2024-07-18",
          "choices": [
            {
              "index": 0,
              "message": {
                "role": "assistant",
                "content": "{{text}}",
                "refusal": null,
                "annotations": []
              },
              "logprobs": null,
              "finish_reason": "stop"
            }
          ],
          "usage": {
            "prompt_tokens": 182,
            "completion_tokens": 97,
            "total_tokens": 279,
            "prompt_tokens_details": {
              "cached_tokens": 0,
              "audio_tokens": 0
            },
            "completion_tokens_details": {
              "reasoning_tokens": 0,
              "audio_tokens": 0,
              "accepted_prediction_tokens": 0,
              "rejected_prediction_tokens": 0
            }
          },
          "service_tier": "default",
          "system_fingerprint": "fp_0000bench0"
        }

        """);
}
