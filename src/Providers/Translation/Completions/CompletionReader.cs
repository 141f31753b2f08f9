using System.Text.Json;

namespace GatewayActors.Providers.Translation.Completions;

/// <summary>Reads a chat completion that came whole.</summary>
internal sealed class CompletionReader(ChatAnswer answer, CompletionChoice choice) : WholeAnswerReader(answer)
{
    protected override void Read(JsonElement root)
    {
        if (root.Member("error") is { ValueKind: JsonValueKind.Object or JsonValueKind.String } error)
        {
            choice.Fail(error);
            return;
        }

        var choices = root.Items("choices");
        if (!choices.MoveNext() || choices.Current.Member("message") is not { ValueKind: JsonValueKind.Object } message)
        {
            Answer.Fail(ChatFault.Malformed);
            return;
        }

        Answer.Start(root.Text("id"), root.Text("model"));
        choice.Read(message);
        choice.Usage(root.Member("usage"));
        choice.Finish(choices.Current, "stop");
    }
}

/// <summary>Reads a chat completion that comes in chunks.</summary>
internal sealed class CompletionChunkReader(ChatAnswer answer, CompletionChoice choice) : EventAnswerReader(answer)
{
    private bool _hasStarted;

    protected override void Read(JsonElement data)
    {
        if (data.Member("error") is { ValueKind: JsonValueKind.Object or JsonValueKind.String } error)
        {
            choice.Fail(error);
            return;
        }

        foreach (var part in data.Items("choices"))
        {
            if (part.Integer("index") is > 0)
            {
                continue;
            }

            Start(data);
            choice.Read(part.Member("delta"));
            choice.Finish(part, otherwise: null);
        }

        choice.Usage(data.Member("usage"));
        choice.Usage(data.Member("x_groq").Member("usage"));
    }

    private void Start(JsonElement data)
    {
        if (!_hasStarted)
        {
            _hasStarted = true;
            Answer.Start(data.Text("id"), data.Text("model") is { Length: > 0 } model ? model : null);
        }
    }
}
