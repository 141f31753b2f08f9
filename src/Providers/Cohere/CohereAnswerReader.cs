using System.Text.Json;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.Cohere;

/// <summary>Reads the whole answer of Cohere's chat, version 2.</summary>
internal sealed class CohereWholeReader(ChatAnswer answer, bool hidesReasoning, IReadOnlyList<string> stop) : WholeAnswerReader(answer)
{
    protected override void Read(JsonElement root)
    {
        if (root.Member("message") is not { ValueKind: JsonValueKind.Object } message)
        {
            Answer.Fail(root.Text("message") is { } problem ? CohereEnd.Fault(problem) : ChatFault.Malformed);
            return;
        }

        Answer.Start(root.Text("id"), null);
        var hasText = false;
        foreach (var item in message.Items("content"))
        {
            if (item.Text("text") is { Length: > 0 } text)
            {
                hasText = true;
                Answer.Text(0, text);
            }
            else if (!hidesReasoning && item.Text("thinking") is { Length: > 0 } thinking)
            {
                Answer.Reasoning(0, thinking);
            }
        }

        foreach (var call in message.Items("tool_calls"))
        {
            if (!hasText && message.Text("tool_plan") is { Length: > 0 } plan)
            {
                hasText = true;
                Answer.Text(0, plan); // what it says beside its calls
            }

            if (call.Member("function").Text("name") is not { Length: > 0 } name)
            {
                Answer.Fail(ChatFault.Malformed);
                return;
            }

            var number = Answer.BeginCall(0, call.Text("id"), name);
            Answer.Arguments(0, number, CohereEnd.Arguments(call));
            Answer.EndCall(0, number);
        }

        CohereEnd.Read(Answer, root, stop);
    }
}

/// <summary>Reads the stream of Cohere's chat, version 2.</summary>
internal sealed class CohereStreamReader(ChatAnswer answer, bool hidesReasoning, IReadOnlyList<string> stop) : EventAnswerReader(answer)
{
    private readonly Dictionary<long, int> _calls = []; // by Cohere's index

    protected override void Read(JsonElement data)
    {
        var delta = data.Member("delta");
        var message = delta.Member("message");
        switch (data.Text("type"))
        {
            case "message-start":
                Answer.Start(data.Text("id"), null);
                break;
            case "content-start" or "content-delta":
                ReadContent(message.Member("content"));
                break;
            case "tool-plan-delta":
                Answer.Text(0, message.Text("tool_plan") ?? "");
                break;
            case "tool-call-start":
                BeginCall(data, message.Member("tool_calls"));
                break;
            case "tool-call-delta" when FindCall(data) is { } call:
                Answer.Arguments(0, call, CohereEnd.Arguments(message.Member("tool_calls")));
                break;
            case "tool-call-end" when FindCall(data) is { } call:
                Answer.EndCall(0, call);
                break;
            case "message-end":
                CohereEnd.Read(Answer, delta, stop);
                break;
            case null when data.Text("message") is { } problem:
                Answer.Fail(CohereEnd.Fault(problem));
                break;
            default: // citations and what may come in later versions
                break;
        }
    }

    private void ReadContent(JsonElement content)
    {
        if (content.Text("text") is { Length: > 0 } text)
        {
            Answer.Text(0, text);
        }
        else if (!hidesReasoning && content.Text("thinking") is { Length: > 0 } thinking)
        {
            Answer.Reasoning(0, thinking);
        }
    }

    private void BeginCall(JsonElement data, JsonElement call)
    {
        if (data.Integer("index") is not { } index || call.Member("function").Text("name") is not { Length: > 0 } name)
        {
            Answer.Fail(ChatFault.Malformed);
            return;
        }

        _calls[index] = Answer.BeginCall(0, call.Text("id"), name);
        Answer.Arguments(0, _calls[index], CohereEnd.Arguments(call));
    }

    private int? FindCall(JsonElement data)
    {
        if (data.Integer("index") is { } index && _calls.TryGetValue(index, out var call))
        {
            return call;
        }

        Answer.Fail(ChatFault.Malformed);
        return null;
    }
}

/// <summary>What both forms of an answer end with.</summary>
internal static class CohereEnd
{
    public static void Read(ChatAnswer answer, JsonElement holder, IReadOnlyList<string> stop)
    {
        ReadUsage(answer, holder.Member("usage"));
        switch (holder.Text("finish_reason"))
        {
            case "MAX_TOKENS":
                answer.Finish(0, ChatFinish.Length);
                break;
            case "TOOL_CALL":
                answer.Finish(0, ChatFinish.ToolCalls);
                break;
            case ("ERROR" or "ERROR_TOXIC" or "TIMEOUT") and var reason:
                var code = reason.ToLowerInvariant();
                answer.Fail(holder.Text("error") is { } problem ? Fault(problem) with { Code = code } : ChatFault.Native(code));
                break;
            case "STOP_SEQUENCE":
                answer.Finish(0, ChatFinish.Stop, StopSequences.Find(stop, named: null));
                break;
            case not null:
                answer.Finish(0, ChatFinish.Stop);
                break;
            default: // a stream that does not say is cut
                break;
        }
    }

    /// <summary>An error that Cohere tells in words only.</summary>
    public static ChatFault Fault(string message) => new(502, "server_error", null, message);

    /// <summary>A call's arguments; Cohere's word for none is <c>null</c>.</summary>
    public static string Arguments(JsonElement call) => call.Member("function").Text("arguments") is { } text and not "null" ? text : "";

    private static void ReadUsage(ChatAnswer answer, JsonElement usage)
    {
        // The other count holds what Cohere puts around the conversation, and nobody pays for.
        var units = usage.Member("billed_units") is { ValueKind: JsonValueKind.Object } billed ? billed : usage.Member("tokens");
        if (units.Integer("input_tokens") is { } input && units.Integer("output_tokens") is { } output)
        {
            answer.Usage(new(input, output));
        }
    }
}
