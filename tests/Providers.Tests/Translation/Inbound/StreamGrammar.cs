using System.Text.Json.Nodes;
using GatewayActors.Providers.Translation;
using Xunit;

namespace GatewayActors.Providers.Tests.Translation.Inbound;

/// <summary>Holds streams to the order of events that clients rely on, and puts together what they say.</summary>
internal static class StreamGrammar
{
    /// <summary>Checks a whole stream of a format and gives out the answer it makes up.</summary>
    public static JsonNode Assemble(ClientFormat format, string stream) => format == ClientFormat.Messages ? Message(Inbound.Parse(stream)) : Response(Inbound.Parse(stream));

    private static JsonNode Message(List<JsonNode> events)
    {
        Assert.Equal("message_start", (string?)events[0]["type"]);
        var message = events[0]["message"]!.DeepClone();
        var content = (JsonArray)message["content"]!;
        string? open = null;
        var arguments = "";
        foreach (var item in events[1..^2])
        {
            var type = (string?)item["type"];
            if (type == "ping")
            {
                continue;
            }

            if (type == "content_block_start")
            {
                Assert.Null(open);
                Assert.Equal(content.Count, (int?)item["index"]);
                content.Add(item["content_block"]!.DeepClone());
                (open, arguments) = ((string?)item["content_block"]!["type"], "");
                continue;
            }

            Assert.NotNull(open);
            Assert.Equal(content.Count - 1, (int?)item["index"]);
            var block = content[^1]!;
            if (type == "content_block_stop")
            {
                if (open == "tool_use")
                {
                    block["input"] = JsonNode.Parse(arguments);
                }

                open = null;
                continue;
            }

            var delta = item["delta"]!;
            Assert.Equal("content_block_delta", type);
            switch ((string?)delta["type"])
            {
                case "text_delta" when open == "text":
                    block["text"] = (string?)block["text"] + (string?)delta["text"];
                    break;
                case "thinking_delta" when open == "thinking":
                    block["thinking"] = (string?)block["thinking"] + (string?)delta["thinking"];
                    break;
                case "signature_delta" when open == "thinking":
                    block["signature"] = (string?)delta["signature"];
                    break;
                case "input_json_delta" when open == "tool_use":
                    arguments += (string?)delta["partial_json"];
                    break;
                case "citations_delta" when open == "text":
                    var citations = block["citations"] as JsonArray ?? [];
                    citations.Add(delta["citation"]!.DeepClone());
                    block["citations"] = citations.DeepClone();
                    break;
                default:
                    Assert.Fail($"{delta["type"]} in {open}");
                    break;
            }
        }

        Assert.Null(open);
        Assert.Equal(("message_delta", "message_stop"), ((string?)events[^2]["type"], (string?)events[^1]["type"]));
        message["stop_reason"] = events[^2]["delta"]!["stop_reason"]!.DeepClone();
        message["usage"] = events[^2]["usage"]!.DeepClone();
        return message;
    }

    private static JsonNode Response(List<JsonNode> events)
    {
        Assert.Equal(["response.created", "response.in_progress"], events[..2].Select(item => (string?)item["type"]));
        Assert.Equal(Enumerable.Range(0, events.Count), events.Select(item => (int)item["sequence_number"]!));
        List<JsonNode> done = [];
        string? open = null;
        var pieces = "";
        foreach (var item in events[2..^1])
        {
            Assert.Equal(done.Count, (int?)item["output_index"]);
            switch ((string?)item["type"])
            {
                case "response.output_item.added":
                    Assert.Null(open);
                    (open, pieces) = ((string?)item["item"]!["id"], "");
                    break;
                case "response.output_item.done":
                    Assert.Equal(open, (string?)item["item"]!["id"]);
                    done.Add(item["item"]!.DeepClone());
                    open = null;
                    break;
                case var type:
                    Assert.Equal(open, (string?)item["item_id"]);
                    pieces += type!.EndsWith(".delta", StringComparison.Ordinal) ? (string?)item["delta"] : "";
                    if (type.EndsWith("text.done", StringComparison.Ordinal) || type.EndsWith("arguments.done", StringComparison.Ordinal) || type.EndsWith("input.done", StringComparison.Ordinal))
                    {
                        Assert.Equal(pieces, (string?)(item["text"] ?? item["arguments"] ?? item["input"]));
                    }

                    break;
            }
        }

        Assert.Null(open);
        var end = events[^1]["response"]!;
        Assert.Equal("response." + (string?)end["status"], (string?)events[^1]["type"]);
        Assert.Equal(done.Select(item => item.ToJsonString()), ((JsonArray)end["output"]!).Select(item => item!.ToJsonString()));
        return end.DeepClone();
    }
}
