using System.Text.Json;

namespace GatewayActors.Providers.Translation.Completions;

/// <summary>Reads a chat completion that came whole.</summary>
internal sealed class CompletionReader(ChatAnswer answer, CompletionChoice choice) : WholeAnswerReader(answer)
{
    protected override void Read(JsonElement root)
    {
        if (root.Member("error"u8) is { ValueKind: JsonValueKind.Object or JsonValueKind.String } error)
        {
            choice.Fail(error);
            return;
        }

        var choices = root.Items("choices"u8);
        if (!choices.MoveNext() || choices.Current.Member("message"u8) is not { ValueKind: JsonValueKind.Object } message)
        {
            Answer.Fail(ChatFault.Malformed);
            return;
        }

        Answer.Start(root.Text("id"u8), root.Text("model"u8));
        choice.Read(message);
        choice.Usage(root.Member("usage"u8));
        choice.Finish(choices.Current, "stop");
    }
}

/// <summary>Reads a chat completion that comes in chunks.</summary>
internal sealed class CompletionChunkReader(ChatAnswer answer, CompletionChoice choice) : EventAnswerReader(answer)
{
    private bool _hasStarted;

    protected override void Read(JsonElement data)
    {
        if (data.Member("error"u8) is { ValueKind: JsonValueKind.Object or JsonValueKind.String } error)
        {
            choice.Fail(error);
            return;
        }

        foreach (var part in data.Items("choices"u8))
        {
            if (part.Integer("index"u8) is > 0)
            {
                continue;
            }

            Start(data);
            choice.Read(part.Member("delta"u8));
            choice.Finish(part, otherwise: null);
        }

        choice.Usage(data.Member("usage"u8));
        choice.Usage(data.Member("x_groq"u8).Member("usage"u8));
    }

    private void Start(JsonElement data)
    {
        if (!_hasStarted)
        {
            _hasStarted = true;
            Answer.Start(data.Text("id"u8), data.Text("model"u8) is { Length: > 0 } model ? model : null);
        }
    }
}
