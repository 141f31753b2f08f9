using System.Runtime.InteropServices;
using System.Text.Json;
using GatewayActors.Providers.Translation;
using GatewayActors.Providers.Usage.Dialects;

namespace GatewayActors.Providers.Anthropic;

/// <summary>What a whole message and a stream of its events have in common. One instance per answer.</summary>
internal sealed class AnthropicAnswer(ChatAnswer answer, AnthropicChatCall call)
{
    private readonly CodeFence? _fence = call.MayBeFenced ? new() : null;
    private int _details;
    private bool _hasCalls;
    private int _written; // characters of content so far

    /// <summary>Whether text is not the answer.</summary>
    public bool UsesAnswerTool => call.UsesAnswerTool;

    /// <summary>Characters of content so far.</summary>
    public int Written => _written;

    public void Text(string text)
    {
        if (_fence is not null)
        {
            text = _fence.Push(text);
        }

        _written += text.Length;
        if (text.Length > 0)
        {
            answer.Text(0, text);
        }
    }

    public void Thinking(string text)
    {
        if (!call.HidesReasoning)
        {
            answer.Reasoning(0, text);
        }
    }

    /// <summary>The number of the next block of reasoning among the details.</summary>
    public int NextDetail() => _details++;

    public void Detail(int index, string? text, string? signature, string? data)
    {
        // Without the text that it covers a signature is of no use.
        if (!call.HidesReasoning || data is not null)
        {
            answer.ReasoningDetail(0, new("anthropic", index, text, signature, data));
        }
    }

    public int BeginCall(JsonElement block)
    {
        _hasCalls = true;
        return answer.BeginCall(0, block.Text("id"), block.Text("name") ?? "");
    }

    /// <summary>Whether a block is the call that holds the answer.</summary>
    public bool IsAnswer(JsonElement block) => call.UsesAnswerTool && block.Text("name") == AnthropicTools.AnswerTool;

    public void Citation(JsonElement citation, int? start, int? end)
    {
        if (citation.Text("url") is { } url)
        {
            answer.Citation(0, new(url, citation.Text("title"), start, end));
        }
    }

    public void Finish(string reason, JsonElement details)
    {
        if (_fence?.End() is { Length: > 0 } rest)
        {
            answer.Text(0, rest);
        }

        if (reason == "refusal" && details.Text("explanation") is { Length: > 0 } explanation)
        {
            answer.Refusal(0, explanation);
        }

        answer.Finish(0, reason switch
        {
            "max_tokens" or "model_context_window_exceeded" => ChatFinish.Length,
            "refusal" => ChatFinish.ContentFilter,
            "tool_use" when _hasCalls || !call.UsesAnswerTool => ChatFinish.ToolCalls,
            _ => ChatFinish.Stop,
        });
    }

    /// <summary>Gives out usage: what the end states, over what the start stated.</summary>
    public void Usage(ReadOnlySpan<byte> start, JsonElement end)
    {
        var numbers = AnthropicDialect.Numbers(start, end.IsObject ? JsonMarshal.GetRawUtf8Value(end) : []);
        if (numbers.Find(UsageNumbers.OutputTokens) is not { } output)
        {
            return;
        }

        var (read, written) = (numbers.Find(UsageNumbers.CacheReadInputTokens), numbers.Find(UsageNumbers.CacheCreationInputTokens));
        answer.Usage(new(numbers[UsageNumbers.InputTokens] + (read ?? 0) + (written ?? 0), output)
        {
            Cached = read,
            CacheWrite = written,
            Reasoning = numbers.Find(UsageNumbers.ReasoningTokens),
        });
    }

    /// <summary>Takes an error that came with status 200.</summary>
    public void Fail(JsonElement error) => answer.Fail(AnthropicFaults.Of(error.Text("type"), error.Text("message")));
}
