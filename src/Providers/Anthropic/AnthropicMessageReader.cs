using System.Text.Json;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.Anthropic;

/// <summary>Reads a message that came whole.</summary>
internal sealed class AnthropicMessageReader(ChatAnswer answer, ClaudeAnswer message) : WholeAnswerReader(answer)
{
    protected override void Read(JsonElement root)
    {
        if (root.Member("error") is { ValueKind: JsonValueKind.Object } error)
        {
            message.Fail(error);
            return;
        }

        if (root.Member("content").ValueKind != JsonValueKind.Array || root.Text("stop_reason") is not { } reason)
        {
            Answer.Fail(ChatFault.Malformed);
            return;
        }

        Answer.Start(root.Text("id"), root.Text("model"));
        foreach (var block in root.Items("content"))
        {
            ReadBlock(block);
        }

        message.Usage([], root.Member("usage"));
        message.Finish(reason, root.Member("stop_details"), root.Text("stop_sequence"));
    }

    private void ReadBlock(JsonElement block)
    {
        switch (block.Text("type"))
        {
            case "text" when !message.UsesAnswerTool:
                var start = message.Written;
                message.Text(block.Text("text") ?? "");
                foreach (var citation in block.Items("citations"))
                {
                    message.Citation(citation.Text("url"), citation.Text("title"), start, message.Written);
                }

                break;
            case "thinking":
                message.Thinking(block.Text("thinking") ?? "");
                message.Detail(message.NextDetail(), block.Text("thinking") ?? "", block.Text("signature"), null);
                break;
            case "redacted_thinking":
                message.Detail(message.NextDetail(), null, null, block.Text("data") ?? "");
                break;
            case "tool_use" when message.IsAnswer(block.Text("name")):
                message.Text(block.Member("input") is { ValueKind: JsonValueKind.Object } value ? value.GetRawText() : "{}");
                break;
            case "tool_use":
                var call = message.BeginCall(block.Text("id"), block.Text("name"));
                if (block.Member("input") is { ValueKind: JsonValueKind.Object } input)
                {
                    Answer.Arguments(0, call, input.GetRawText());
                }

                Answer.EndCall(0, call);
                break;
        }
    }
}
