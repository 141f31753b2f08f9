using System.Text.Json;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.WorkersAI;

/// <summary>Reads the whole answer of a model of Workers AI, out of its envelope.</summary>
internal sealed class WorkersAIWholeReader(ChatAnswer answer) : WholeAnswerReader(answer)
{
    protected override void Read(JsonElement root)
    {
        if (root.Member("success").ValueKind == JsonValueKind.False)
        {
            Answer.Fail(WorkersAIPieces.Fault(root));
            return;
        }

        var result = root.Member("result") is { ValueKind: JsonValueKind.Object } inner ? inner : root;
        if (!result.Member("response").IsDefined && !result.Member("tool_calls").IsDefined && !result.Member("choices").IsDefined && !result.Member("usage").IsDefined)
        {
            Answer.Fail(ChatFault.Malformed);
            return;
        }

        var pieces = new WorkersAIPieces(Answer);
        Answer.Start(result.Text("id"), result.Text("model"));
        pieces.Read(result, "message");
        pieces.End();
    }
}

/// <summary>Reads the stream of a model of Workers AI: objects of its own, or OpenAI's chunks, without an envelope.</summary>
internal sealed class WorkersAIStreamReader : EventAnswerReader
{
    private readonly WorkersAIPieces _pieces;
    private bool _hasBegun;

    public WorkersAIStreamReader(ChatAnswer answer) : base(answer) => _pieces = new(answer);

    protected override void Read(JsonElement data)
    {
        if (data.Member("errors") is { ValueKind: JsonValueKind.Array } errors && errors.GetArrayLength() > 0 || data.Member("error").IsDefined)
        {
            Answer.Fail(WorkersAIPieces.Fault(data));
            return;
        }

        if (!_hasBegun)
        {
            _hasBegun = true;
            Answer.Start(data.Text("id"), data.Text("model"));
        }

        _pieces.Read(data, "delta");
    }

    // Its models give no reason of their own; a stream without this word is cut.
    protected override void Done()
    {
        if (_hasBegun)
        {
            _pieces.End();
        }
        else
        {
            Answer.Fail(ChatFault.Malformed);
        }
    }
}

/// <summary>What whole answers and streams are made of.</summary>
internal sealed class WorkersAIPieces(ChatAnswer answer)
{
    private readonly Dictionary<long, int> _calls = []; // by the model's index
    private string? _reason;
    private bool _hasCalls;

    public void Read(JsonElement piece, string message)
    {
        if (piece.Member("choices") is { ValueKind: JsonValueKind.Array } choices)
        {
            if (choices.GetArrayLength() > 0)
            {
                var choice = choices[0];
                ReadMessage(choice.Member(message));
                _reason = choice.Text("finish_reason") ?? _reason;
            }
        }
        else
        {
            if (TextOf(piece.Member("response")) is { Length: > 0 } text)
            {
                answer.Text(0, text);
            }

            ReadCalls(piece);
            _reason = piece.Text("finish_reason") ?? _reason;
        }

        ReadUsage(piece.Member("usage"));
    }

    public void End()
    {
        foreach (var call in _calls.Values)
        {
            answer.EndCall(0, call);
        }

        switch (_reason)
        {
            case "error":
                answer.Fail(ChatFault.Native("error"));
                break;
            case "length" or "model_length":
                answer.Finish(0, ChatFinish.Length);
                break;
            default:
                answer.Finish(0, _hasCalls ? ChatFinish.ToolCalls : ChatFinish.Stop);
                break;
        }
    }

    public static ChatFault Fault(JsonElement root)
    {
        var errors = root.Items("errors");
        var error = errors.MoveNext() ? errors.Current : root.Member("error");
        var code = error.Integer("code") is { } number ? number.ToString(System.Globalization.CultureInfo.InvariantCulture) : error.Text("code");
        return new(502, "server_error", code, error.Text("message") ?? root.Text("error") ?? "The model could not answer.");
    }

    private void ReadMessage(JsonElement message)
    {
        if ((message.Text("reasoning_content") ?? message.Text("reasoning")) is { Length: > 0 } reasoning)
        {
            answer.Reasoning(0, reasoning);
        }

        if (TextOf(message.Member("content")) is { Length: > 0 } text)
        {
            answer.Text(0, text);
        }

        ReadCalls(message);
    }

    /// <summary>Whole calls without an index and an id, or OpenAI's pieces of calls.</summary>
    private void ReadCalls(JsonElement holder)
    {
        foreach (var call in holder.Items("tool_calls"))
        {
            var function = call.Member("function") is { ValueKind: JsonValueKind.Object } nested ? nested : call;
            var index = call.Integer("index");
            if (function.Text("name") is { Length: > 0 } name && !(index is { } known && _calls.ContainsKey(known)))
            {
                _hasCalls = true;
                var number = answer.BeginCall(0, call.Text("id"), name);
                _calls[index ?? (_calls.Count == 0 ? 0 : _calls.Keys.Max() + 1)] = number;
                answer.Arguments(0, number, ArgumentsOf(function));
            }
            else if (_calls.TryGetValue(index ?? (_calls.Count == 0 ? 0 : _calls.Keys.Max()), out var open))
            {
                answer.Arguments(0, open, ArgumentsOf(function)); // An entry of nulls ends the call; nothing comes of it.
            }
        }
    }

    private void ReadUsage(JsonElement usage)
    {
        if (usage.Integer("prompt_tokens") is { } prompt && usage.Integer("completion_tokens") is { } completion)
        {
            answer.Usage(new(prompt, completion) { Cached = usage.Member("prompt_tokens_details").Integer("cached_tokens") });
        }
    }

    private static string ArgumentsOf(JsonElement function) => function.Member("arguments") switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString()!,
        { ValueKind: JsonValueKind.Object } whole => whole.GetRawText(),
        _ => "",
    };

    /// <summary>A text; in JSON mode it comes as the object itself, and lone numbers as numbers.</summary>
    private static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Undefined or JsonValueKind.Null => null,
        _ => value.GetRawText(),
    };
}
