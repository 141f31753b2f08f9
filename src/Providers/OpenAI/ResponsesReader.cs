using System.Text.Json;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.OpenAI;

/// <summary>Reads a whole answer of Responses.</summary>
internal sealed class ResponsesWholeReader(ChatAnswer answer, bool hidesReasoning) : WholeAnswerReader(answer)
{
    protected override void Read(JsonElement root)
    {
        if (root.Member("output").ValueKind != JsonValueKind.Array && root.Text("status") != "failed")
        {
            Answer.Fail(ChatFault.Malformed);
            return;
        }

        Answer.Start(root.Text("id"), root.Text("model"));
        var (hasCalls, details) = (false, 0);
        foreach (var item in root.Items("output"))
        {
            switch (item.Text("type"))
            {
                case "message":
                    ReadMessage(item);
                    break;
                case "reasoning":
                    ReadReasoning(item, ref details);
                    break;
                case "function_call":
                    hasCalls = true;
                    var call = Answer.BeginCall(0, item.Text("call_id"), item.Text("name") ?? "");
                    Answer.Arguments(0, call, item.Text("arguments") ?? "");
                    Answer.EndCall(0, call);
                    break;
                default: // tools of OpenAI's own
                    break;
            }
        }

        ResponsesEnd.Read(Answer, root, hasCalls);
    }

    private void ReadMessage(JsonElement item)
    {
        foreach (var part in item.Items("content"))
        {
            if (part.Text("refusal") is { } refusal)
            {
                Answer.Refusal(0, refusal);
            }
            else if (part.Text("text") is { Length: > 0 } text)
            {
                Answer.Text(0, text);
            }

            ResponsesEnd.ReadCitations(Answer, part);
        }
    }

    private void ReadReasoning(JsonElement item, ref int details)
    {
        if (!hidesReasoning)
        {
            var pieces = item.Items("summary").Concat(item.Items("content")).Select(part => part.Text("text")).Where(text => text is { Length: > 0 });
            if (string.Join("\n\n", pieces) is { Length: > 0 } reasoning)
            {
                Answer.Reasoning(0, reasoning);
            }
        }

        ResponsesEnd.ReadDetail(Answer, item, ref details);
    }
}

/// <summary>Reads a stream of Responses.</summary>
internal sealed class ResponsesStreamReader(ChatAnswer answer, bool hidesReasoning) : EventAnswerReader(answer)
{
    private readonly Dictionary<long, int> _calls = []; // by the item's index
    private int _details;
    private long _lastSummary = -1;

    protected override void Read(JsonElement data)
    {
        switch (data.Text("type"))
        {
            case "response.created":
                var response = data.Member("response");
                Answer.Start(response.Text("id"), response.Text("model"));
                break;
            case "response.output_item.added" when data.Member("item") is var item && item.Text("type") == "function_call":
                var begun = _calls[data.Integer("output_index") ?? 0] = Answer.BeginCall(0, item.Text("call_id"), item.Text("name") ?? "");
                Answer.Arguments(0, begun, item.Text("arguments") ?? "");
                break;
            case "response.function_call_arguments.delta" when Call(data) is { } call:
                Answer.Arguments(0, call, data.Text("delta") ?? "");
                break;
            case "response.output_text.delta":
                Answer.Text(0, data.Text("delta") ?? "");
                break;
            case "response.output_text.annotation.added":
                ResponsesEnd.ReadCitation(Answer, data.Member("annotation"));
                break;
            case "response.refusal.delta":
                Answer.Refusal(0, data.Text("delta") ?? "");
                break;
            case "response.reasoning_summary_text.delta" or "response.reasoning_text.delta" when !hidesReasoning:
                ReadReasoning(data);
                break;
            case "response.output_item.done":
                ReadDone(data);
                break;
            case "response.completed" or "response.incomplete" or "response.failed":
                ResponsesEnd.Read(Answer, data.Member("response"), _calls.Count > 0);
                break;
            case "error":
                Answer.Fail(ResponsesEnd.Fault(data.Member("error").IsObject ? data.Member("error") : data));
                break;
            default: // what says the same once more, and tools of OpenAI's own
                break;
        }
    }

    private int? Call(JsonElement data) => _calls.TryGetValue(data.Integer("output_index") ?? 0, out var call) ? call : null;

    private void ReadReasoning(JsonElement data)
    {
        // Parts of a summary are paragraphs.
        var part = data.Integer("summary_index") ?? 0;
        var isNext = _lastSummary >= 0 && part != _lastSummary;
        _lastSummary = part;
        Answer.Reasoning(0, isNext ? "\n\n" + data.Text("delta") : data.Text("delta") ?? "");
    }

    private void ReadDone(JsonElement data)
    {
        var item = data.Member("item");
        if (item.Text("type") == "reasoning")
        {
            ResponsesEnd.ReadDetail(Answer, item, ref _details);
        }
        else if (item.Text("type") == "function_call" && Call(data) is { } call)
        {
            Answer.EndCall(0, call);
        }
    }
}

/// <summary>What both forms of an answer have in common.</summary>
internal static class ResponsesEnd
{
    public static void Read(ChatAnswer answer, JsonElement response, bool hasCalls)
    {
        ReadUsage(answer, response.Member("usage"));
        switch (response.Text("status"))
        {
            case "failed":
                answer.Fail(Fault(response.Member("error")));
                break;
            case "incomplete":
                answer.Finish(0, response.Member("incomplete_details").Text("reason") == "content_filter" ? ChatFinish.ContentFilter : ChatFinish.Length);
                break;
            case "completed":
                answer.Finish(0, hasCalls ? ChatFinish.ToolCalls : ChatFinish.Stop);
                break;
            default: // cancelled, or still under way: no end
                break;
        }
    }

    public static ChatFault Fault(JsonElement error)
    {
        var code = error.Text("code");
        var (status, type) = code switch
        {
            "rate_limit_exceeded" or "insufficient_quota" => (429, "rate_limit_error"),
            _ => (502, "server_error"),
        };
        return new(status, type, code, error.Text("message") ?? "The model could not answer.");
    }

    /// <summary>Encrypted reasoning, which must come back in a later turn.</summary>
    public static void ReadDetail(ChatAnswer answer, JsonElement item, ref int details)
    {
        if (item.Text("encrypted_content") is { Length: > 0 } data)
        {
            answer.ReasoningDetail(0, new("openai", details++, null, null, data));
        }
    }

    public static void ReadCitations(ChatAnswer answer, JsonElement part)
    {
        foreach (var annotation in part.Items("annotations"))
        {
            ReadCitation(answer, annotation);
        }
    }

    public static void ReadCitation(ChatAnswer answer, JsonElement annotation)
    {
        if (annotation.Text("type") == "url_citation" && annotation.Text("url") is { } url)
        {
            answer.Citation(0, new(url, annotation.Text("title"), (int?)annotation.Integer("start_index"), (int?)annotation.Integer("end_index")));
        }
    }

    private static void ReadUsage(ChatAnswer answer, JsonElement usage)
    {
        if (usage.Integer("input_tokens") is { } input && usage.Integer("output_tokens") is { } output)
        {
            answer.Usage(new(input, output)
            {
                Cached = usage.Member("input_tokens_details").Integer("cached_tokens"),
                CacheWrite = usage.Member("input_tokens_details").Integer("cache_write_tokens"),
                Reasoning = usage.Member("output_tokens_details").Integer("reasoning_tokens"),
            });
        }
    }
}
