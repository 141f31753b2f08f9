using System.Text.Json;
using GatewayActors.Providers.Anthropic;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.AwsBedrock;

/// <summary>Reads an answer of Converse that came whole.</summary>
internal sealed class ConverseReader(ChatAnswer answer, ClaudeAnswer message) : WholeAnswerReader(answer)
{
    /// <summary>Gives out usage; Bedrock counts what came from a cache beside the prompt, not in it.</summary>
    public static void Usage(ChatAnswer answer, JsonElement usage)
    {
        if (usage.Integer("outputTokens") is not { } output)
        {
            return;
        }

        var (read, written) = (usage.Integer("cacheReadInputTokens") ?? 0, usage.Integer("cacheWriteInputTokens") ?? 0);
        answer.Usage(new((usage.Integer("inputTokens") ?? 0) + read + written, output) { Cached = read, CacheWrite = written });
    }

    protected override void Read(JsonElement root)
    {
        // An error may come with status 200: then there is no output.
        if (root.Member("output").Member("message").Member("content").ValueKind != JsonValueKind.Array || root.Text("stopReason") is not { } reason)
        {
            Answer.Fail(ChatFault.Malformed);
            return;
        }

        Answer.Start(null, null);
        foreach (var block in root.Member("output").Member("message").Items("content"))
        {
            ReadBlock(block);
        }

        Usage(Answer, root.Member("usage"));
        message.Finish(reason, default, root.Member("additionalModelResponseFields").Text("stop_sequence"));
    }

    private void ReadBlock(JsonElement block)
    {
        if (block.Text("text") is { } text)
        {
            if (!message.UsesAnswerTool)
            {
                message.Text(text);
            }
        }
        else if (block.Member("toolUse") is { ValueKind: JsonValueKind.Object } use)
        {
            ReadCall(use);
        }
        else if (block.Member("reasoningContent") is { ValueKind: JsonValueKind.Object } reasoning)
        {
            ReadReasoning(reasoning);
        }
        else if (block.Member("citationsContent") is { ValueKind: JsonValueKind.Object } cited)
        {
            var start = message.Written;
            foreach (var part in cited.Items("content"))
            {
                message.Text(part.Text("text") ?? "");
            }

            foreach (var citation in cited.Items("citations"))
            {
                ReadCitation(message, citation, start, message.Written);
            }
        }
    }

    /// <summary>Gives out a citation if it is one of a page.</summary>
    internal static void ReadCitation(ClaudeAnswer message, JsonElement citation, int? start, int? end) =>
        message.Citation(citation.Member("location").Member("web").Text("url"), citation.Text("title"), start, end);

    private void ReadCall(JsonElement use)
    {
        var input = use.Member("input") is { ValueKind: JsonValueKind.Object } value ? value.GetRawText() : "";
        if (message.IsAnswer(use.Text("name")))
        {
            message.Text(input.Length == 0 ? "{}" : input);
            return;
        }

        var call = message.BeginCall(use.Text("toolUseId"), use.Text("name"));
        Answer.Arguments(0, call, input);
        Answer.EndCall(0, call);
    }

    private void ReadReasoning(JsonElement reasoning)
    {
        if (reasoning.Text("redactedContent") is { } data)
        {
            message.Detail(message.NextDetail(), null, null, data);
            return;
        }

        var text = reasoning.Member("reasoningText").Text("text") ?? "";
        message.Thinking(text);
        message.Detail(message.NextDetail(), text, reasoning.Member("reasoningText").Text("signature"), null);
    }
}
