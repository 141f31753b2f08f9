using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;

namespace GatewayActors.Providers.Tests.Translation.Typed;

/// <summary>A random answer: a text, and calls of functions with an argument each.</summary>
internal sealed record RandomAnswer(string Text, (string Id, string Name, string Argument)[] Calls)
{
    private const string Letters = "aé \"\\\n漢}{";

    private static readonly Gen<string> Word = Gen.String[Gen.Int[0, Letters.Length - 1].Select(index => Letters[index]), 1, 30];

    public static Gen<RandomAnswer> Any { get; } = Gen.Select(Word, Word.Array[0, 3], (text, arguments) =>
        new RandomAnswer(text, [.. arguments.Select((argument, index) => ($"call_{index}", index % 2 == 0 ? "tide" : "wind", argument))]));

    /// <summary>As OpenAI answers.</summary>
    public byte[] AsCompletion()
    {
        var message = new JsonObject { ["role"] = "assistant", ["content"] = Text };
        if (Calls.Length > 0)
        {
            message["tool_calls"] = new JsonArray([.. Calls.Select(call => new JsonObject
            {
                ["id"] = call.Id,
                ["type"] = "function",
                ["function"] = new JsonObject { ["name"] = call.Name, ["arguments"] = JsonSerializer.Serialize(new { k = call.Argument }) },
            })]);
        }

        return Encoding.UTF8.GetBytes(new JsonObject
        {
            ["id"] = "c",
            ["object"] = "chat.completion",
            ["created"] = 1,
            ["model"] = "m",
            ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["message"] = message, ["finish_reason"] = Calls.Length > 0 ? "tool_calls" : "stop" }),
            ["usage"] = new JsonObject { ["prompt_tokens"] = 7, ["completion_tokens"] = 5, ["total_tokens"] = 12 },
        }.ToJsonString());
    }

    /// <summary>As Anthropic answers.</summary>
    public byte[] AsMessage() => Encoding.UTF8.GetBytes(new JsonObject
    {
        ["id"] = "msg_1",
        ["type"] = "message",
        ["role"] = "assistant",
        ["model"] = "m",
        ["content"] = new JsonArray([new JsonObject { ["type"] = "text", ["text"] = Text }, .. Calls.Select(Use)]),
        ["stop_reason"] = Calls.Length > 0 ? "tool_use" : "end_turn",
        ["usage"] = new JsonObject { ["input_tokens"] = 7, ["output_tokens"] = 5 },
    }.ToJsonString());

    /// <summary>As Anthropic streams, every text and argument letter by letter.</summary>
    public byte[] AsMessageStream()
    {
        List<JsonObject> events = [new() { ["type"] = "message_start", ["message"] = new JsonObject { ["id"] = "msg_1", ["type"] = "message", ["role"] = "assistant", ["model"] = "m", ["content"] = new JsonArray(), ["usage"] = new JsonObject { ["input_tokens"] = 7, ["output_tokens"] = 1 } } }];
        Block(events, 0, new() { ["type"] = "text", ["text"] = "" }, "text_delta", "text", Text);
        for (var index = 0; index < Calls.Length; index++)
        {
            var use = Use(Calls[index]);
            use["input"] = new JsonObject();
            Block(events, index + 1, use, "input_json_delta", "partial_json", JsonSerializer.Serialize(new { k = Calls[index].Argument }));
        }

        events.Add(new() { ["type"] = "message_delta", ["delta"] = new JsonObject { ["stop_reason"] = Calls.Length > 0 ? "tool_use" : "end_turn" }, ["usage"] = new JsonObject { ["output_tokens"] = 5 } });
        events.Add(new() { ["type"] = "message_stop" });
        return Encoding.UTF8.GetBytes(string.Concat(events.Select(item => $"event: {item["type"]}\ndata: {item.ToJsonString()}\n\n")));
    }

    private static JsonObject Use((string Id, string Name, string Argument) call) =>
        new() { ["type"] = "tool_use", ["id"] = call.Id, ["name"] = call.Name, ["input"] = new JsonObject { ["k"] = call.Argument } };

    private static void Block(List<JsonObject> events, int index, JsonObject block, string type, string member, string text)
    {
        events.Add(new() { ["type"] = "content_block_start", ["index"] = index, ["content_block"] = block });
        events.AddRange(text.Select(letter => new JsonObject { ["type"] = "content_block_delta", ["index"] = index, ["delta"] = new JsonObject { ["type"] = type, [member] = $"{letter}" } }));
        events.Add(new() { ["type"] = "content_block_stop", ["index"] = index });
    }
}
