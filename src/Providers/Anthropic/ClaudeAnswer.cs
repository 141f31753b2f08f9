using System.Runtime.InteropServices;
using System.Text.Json;
using GatewayActors.Providers.Translation;
using GatewayActors.Providers.Usage.Dialects;

namespace GatewayActors.Providers.Anthropic;

/// <summary>What a request has made of its answer.</summary>
/// <param name="Format">Whose details of reasoning it holds.</param>
/// <param name="UsesAnswerTool">Whether it comes as the arguments of <see cref="AnswerTool"/>.</param>
/// <param name="MayBeFenced">Whether it is JSON by instruction only, so that a code fence may stand around it.</param>
/// <param name="HidesReasoning">Whether the client does not want to see reasoning.</param>
internal sealed record ClaudeAnswerForm(string Format, bool UsesAnswerTool, bool MayBeFenced, bool HidesReasoning)
{
    /// <summary>Texts at which the answer ends.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>The tool whose arguments are the answer, for models that take no schema.</summary>
    public const string AnswerTool = "json_output";

    /// <summary>What tells a model to answer in JSON that has no setting for it.</summary>
    public const string JsonInstruction = "Answer with one JSON object and nothing else: no text around it and no code fence.";
}

/// <summary>What whole messages and streams have in common, from Anthropic and from Bedrock. One instance per answer.</summary>
internal sealed class ClaudeAnswer(ChatAnswer answer, ClaudeAnswerForm form)
{
    private readonly CodeFence? _fence = form.MayBeFenced ? new() : null;
    private int _details;
    private bool _hasCalls;
    private int _written; // characters of content so far

    /// <summary>Whether text is not the answer.</summary>
    public bool UsesAnswerTool => form.UsesAnswerTool;

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
        if (!form.HidesReasoning)
        {
            answer.Reasoning(0, text);
        }
    }

    /// <summary>The number of the next block of reasoning among the details.</summary>
    public int NextDetail() => _details++;

    public void Detail(int index, string? text, string? signature, string? data)
    {
        // Without the text that it covers a signature is of no use.
        if (!form.HidesReasoning || data is not null)
        {
            answer.ReasoningDetail(0, new(form.Format, index, text, signature, data));
        }
    }

    public int BeginCall(string? id, string? name)
    {
        _hasCalls = true;
        return answer.BeginCall(0, id, name ?? "");
    }

    /// <summary>Whether a call is the one that holds the answer.</summary>
    public bool IsAnswer(string? name) => form.UsesAnswerTool && name == ClaudeAnswerForm.AnswerTool;

    public void Citation(string? url, string? title, int? start, int? end)
    {
        if (url is not null)
        {
            answer.Citation(0, new(url, title, start, end));
        }
    }

    /// <summary>Takes why the answer has ended.</summary>
    /// <param name="reason">The provider's word.</param>
    /// <param name="details">More about a refusal; undefined for nothing.</param>
    /// <param name="stopSequence">The text that ended it; null if the provider does not say.</param>
    public void Finish(string reason, JsonElement details, string? stopSequence)
    {
        if (_fence?.End() is { Length: > 0 } rest)
        {
            answer.Text(0, rest);
        }

        if (reason is "malformed_model_output" or "malformed_tool_use" && _written == 0 && !_hasCalls)
        {
            answer.Fail(ChatFault.Native(reason));
            return;
        }

        if (reason == "refusal" && details.Text("explanation") is { Length: > 0 } explanation)
        {
            answer.Refusal(0, explanation);
        }

        var finish = reason switch
        {
            "max_tokens" or "model_context_window_exceeded" => ChatFinish.Length,
            "refusal" or "content_filtered" or "guardrail_intervened" => ChatFinish.ContentFilter,
            "tool_use" when _hasCalls || !form.UsesAnswerTool => ChatFinish.ToolCalls,
            _ => ChatFinish.Stop,
        };
        answer.Finish(0, finish, reason == "stop_sequence" ? StopSequences.Find(form.Stop, stopSequence) : null);
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
