using GatewayActors.Providers.Usage;
using GatewayActors.Providers.Usage.Scanning;

namespace GatewayActors.Providers.Realtime;

/// <summary>Speech out of text over a WebSocket: the characters of what the client wants to hear are billed.</summary>
internal sealed class SpeechMeter : JsonMeter
{
    private readonly SpeechForm _form;
    private long _characters;

    public SpeechMeter(SpeechForm form) : base(form.Client, form.Provider) => (_form, CountedText) = (form, SpeechForm.Text);

    public override void Complete(TimeSpan connected) => TellUse("broken");

    protected override void OnClient(CapturedMembers members, long characters)
    {
        Model = members.Text(SpeechForm.Model) ?? Model;
        if (_form.TextType.IsEmpty || members[SpeechForm.Type].SequenceEqual(_form.TextType.Span))
        {
            _characters += characters;
        }
    }

    protected override void OnProvider(CapturedMembers members)
    {
        if (members[SpeechForm.End].SequenceEqual(_form.EndValue.Span) || members[SpeechForm.OtherEnd].SequenceEqual(_form.EndValue.Span))
        {
            TellUse("completed");
        }
    }

    private void TellUse(string status)
    {
        if (_characters > 0)
        {
            Tell(new() { Kind = "speech", Status = status, Usage = new() { Units = _characters, UnitKind = UnitKinds.Character, Source = UsageSource.Estimated } });
            _characters = 0;
        }
    }
}

/// <summary>How one provider speaks about speech.</summary>
internal sealed record SpeechForm
{
    public const int Text = 0, Type = 1, Model = 2;
    public const int End = 0, OtherEnd = 1;

    /// <summary>Deepgram: <c>Speak</c> messages, and <c>Flushed</c>.</summary>
    public static SpeechForm Deepgram { get; } = new()
    {
        Client = new(("text", Text), ("type", Type)),
        Provider = new(("type", End)),
        TextType = "\"Speak\""u8.ToArray(),
        EndValue = "\"Flushed\""u8.ToArray(),
    };

    /// <summary>Cartesia: transcripts, and <c>done</c>.</summary>
    public static SpeechForm Cartesia { get; } = new()
    {
        Client = new(("transcript", Text), ("model_id", Model)),
        Provider = new(("type", End)),
        EndValue = "\"done\""u8.ToArray(),
    };

    /// <summary>ElevenLabs: texts, and a final mark in one of two spellings.</summary>
    public static SpeechForm ElevenLabs { get; } = new()
    {
        Client = new(("text", Text)),
        Provider = new(("isFinal", End), ("is_final", OtherEnd)),
        EndValue = "true"u8.ToArray(),
    };

    public required JsonPaths Client { get; init; }

    public required JsonPaths Provider { get; init; }

    /// <summary>The type of the messages that hold text, in its quotes; empty where all do.</summary>
    public ReadOnlyMemory<byte> TextType { get; init; }

    /// <summary>What stands where a text has been spoken, as raw JSON.</summary>
    public required ReadOnlyMemory<byte> EndValue { get; init; }
}
