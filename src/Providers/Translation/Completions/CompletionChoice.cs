using System.Text;
using System.Text.Json;

namespace GatewayActors.Providers.Translation.Completions;

/// <summary>Reads what whole answers and chunks in OpenAI's format have in common. One instance per answer.</summary>
internal sealed class CompletionChoice(ChatAnswer answer, bool hidesReasoning, IReadOnlyList<string> stop)
{
    /// <summary>Whose details these are: of a server that hands on those of others, to be given back as they came.</summary>
    private const string Format = "openrouter";

    private readonly Dictionary<long, Call> _calls = []; // by the provider's index
    private readonly StringBuilder _reasoning = new(); // that no detail has covered yet
    private int _details;

    /// <summary>Whether the answer has said why it ended.</summary>
    public bool HasFinished { get; private set; }

    /// <summary>A detail as its maker wants it back; undefined for another's.</summary>
    public static JsonElement Unwrap(JsonElement detail)
    {
        if (detail.Text("format"u8) != Format || detail.Text("data"u8) is not { } data)
        {
            return default;
        }

        try
        {
            return JsonElement.Parse(data);
        }
        catch (JsonException)
        {
            return default; // The client has changed it.
        }
    }

    /// <summary>Takes an error that came with status 200.</summary>
    public void Fail(JsonElement error)
    {
        var code = error.Integer("code"u8) ?? error.Integer("status"u8);
        var status = code is >= 400 and < 600 ? (int)code : 500;
        var message = error.ValueKind == JsonValueKind.String ? error.GetString() : error.Text("message"u8);
        answer.Fail(new(status, UpstreamErrorBody.TypeOf(status), error.Text("code"u8) ?? error.Text("type"u8), message ?? "The provider reports an error without a message."));
    }

    /// <summary>Reads a message, or a piece of one.</summary>
    public void Read(JsonElement message)
    {
        Reason(message);
        Content(message.Member("content"u8));
        if (message.Text("refusal"u8) is { Length: > 0 } refusal)
        {
            answer.Refusal(0, refusal);
        }

        foreach (var image in message.Items("images"u8))
        {
            if (image.Member("image_url"u8).Text("url"u8) is { } url)
            {
                answer.Image(0, url);
            }
        }

        foreach (var annotation in message.Items("annotations"u8))
        {
            var citation = annotation.Member("url_citation"u8);
            if (citation.Text("url"u8) is { } url)
            {
                answer.Citation(0, new(url, citation.Text("title"u8), (int?)citation.Integer("start_index"u8), (int?)citation.Integer("end_index"u8)));
            }
        }

        var position = 0;
        foreach (var call in message.Items("tool_calls"u8))
        {
            ReadCall(call, call.Integer("index"u8) ?? position);
            position++;
        }
    }

    /// <summary>Reads why the choice has ended.</summary>
    /// <param name="ended">The choice.</param>
    /// <param name="otherwise">What holds where it does not say; null if it has not ended then.</param>
    public void Finish(JsonElement ended, string? otherwise)
    {
        if ((ended.Text("finish_reason"u8) ?? otherwise) is not { } reason || HasFinished)
        {
            return;
        }

        HasFinished = true;
        foreach (var call in _calls.Values)
        {
            answer.EndCall(0, call.Number);
        }

        if (reason is "error")
        {
            answer.Fail(ChatFault.Native(reason));
            return;
        }

        var finish = reason switch
        {
            "length" or "model_length" or "max_tokens" => ChatFinish.Length,
            "content_filter" => ChatFinish.ContentFilter,
            "tool_calls" or "function_call" => ChatFinish.ToolCalls,

            // Some servers say stop although there is something to call.
            _ => _calls.Count > 0 ? ChatFinish.ToolCalls : ChatFinish.Stop,
        };
        answer.Finish(0, finish, finish == ChatFinish.Stop && stop.Count > 0 ? StopOf(ended, reason) : null);
    }

    /// <summary>Reads usage. xAI does not count reasoning into the answer, which the total tells.</summary>
    public void Usage(JsonElement usage)
    {
        if (usage.Integer("prompt_tokens"u8) is not { } prompt || usage.Integer("completion_tokens"u8) is not { } completion)
        {
            return;
        }

        var (input, output) = (usage.Member("prompt_tokens_details"u8), usage.Member("completion_tokens_details"u8));
        var reasoning = output.Integer("reasoning_tokens"u8);
        if (reasoning is > 0 && usage.Integer("total_tokens"u8) == prompt + completion + reasoning)
        {
            completion += reasoning.Value;
        }

        answer.Usage(new(prompt, completion)
        {
            Cached = input.Integer("cached_tokens"u8) ?? usage.Integer("prompt_cache_hit_tokens"u8),
            CacheWrite = input.Integer("cache_write_tokens"u8),
            Audio = input.Integer("audio_tokens"u8) is > 0 and var audio ? audio : null,
            Reasoning = reasoning,
        });
    }

    /// <summary>OpenAI's format does not say which text ended an answer; servers of open models say it beside the reason, each in its own way.</summary>
    private string? StopOf(JsonElement ended, string reason) =>
        (ended.Text("stop_reason"u8) ?? ended.Text("matched_stop"u8)) is { } named ? StopSequences.Find(stop, named)
        : reason == "stop_sequence" ? StopSequences.Find(stop, named: null)
        : null;

    private void Content(JsonElement content)
    {
        if (content.ValueKind == JsonValueKind.String)
        {
            answer.Text(0, content.GetString()!);
            return;
        }

        if (content.ValueKind != JsonValueKind.Array)
        {
            return;
        }

        foreach (var part in content.EnumerateArray())
        {
            if (part.Text("text"u8) is { } text)
            {
                answer.Text(0, text);
            }

            foreach (var thought in part.Items("thinking"u8))
            {
                Think(thought.Text("text"u8));
            }
        }
    }

    private void Reason(JsonElement message)
    {
        Think(message.Text("reasoning_content"u8) ?? message.Text("reasoning"u8));
        foreach (var detail in message.Items("reasoning_details"u8))
        {
            if (!hidesReasoning && (detail.Member("data"u8).IsDefined || detail.Text("signature"u8) is { Length: > 0 }))
            {
                answer.ReasoningDetail(0, new(Format, _details++, null, null, Wrap(detail)));
                _reasoning.Clear();
            }
        }
    }

    private void Think(string? text)
    {
        if (!hidesReasoning && text is { Length: > 0 })
        {
            _reasoning.Append(text);
            answer.Reasoning(0, text);
        }
    }

    /// <summary>In a stream a signature comes after the text that it covers, and must go back together with it.</summary>
    private string Wrap(JsonElement detail)
    {
        if (detail.Member("data"u8).IsDefined || detail.Text("text"u8) is { Length: > 0 } || _reasoning.Length == 0)
        {
            return detail.GetRawText();
        }

        return RequestReading.Build(json =>
        {
            json.WriteStartObject();
            foreach (var member in detail.EnumerateObject())
            {
                if (!member.NameEquals("text"u8))
                {
                    member.WriteTo(json);
                }
            }

            json.WriteString("text"u8, _reasoning.ToString());
            json.WriteEndObject();
        }).GetRawText();
    }

    private void ReadCall(JsonElement call, long index)
    {
        var function = call.Member("function"u8);
        if (!_calls.TryGetValue(index, out var known) || (call.Text("id"u8) is { Length: > 0 } id && known.Id is not null && id != known.Id))
        {
            if (function.Text("name"u8) is not { Length: > 0 } name)
            {
                return; // Some servers send empty entries at the end.
            }

            known = new(answer.BeginCall(0, call.Text("id"u8) is { Length: > 0 } own ? own : null, name), call.Text("id"u8));
            _calls[index] = known;
        }

        var arguments = function.Member("arguments"u8);
        var text = arguments.ValueKind switch
        {
            JsonValueKind.String => arguments.GetString()!,
            JsonValueKind.Object => arguments.GetRawText(),
            _ => "",
        };
        answer.Arguments(0, known.Number, text);
    }

    private readonly record struct Call(int Number, string? Id);
}
