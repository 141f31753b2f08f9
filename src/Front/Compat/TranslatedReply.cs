using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Supplies;
using GatewayActors.Front.Upstreams;
using GatewayActors.Providers.Translation;
using GatewayActors.Providers.Translation.Messages;
using GatewayActors.Providers.Translation.Supplies;

namespace GatewayActors.Front.Compat;

/// <summary>An answer of a provider in the format of its client: translated while it passes.</summary>
internal sealed class TranslatedReply : RewrittenReply
{
    private readonly Step _step;
    private readonly StepTranslation _translation;
    private readonly ThoughtStore _thoughts;
    private ThoughtKeeper? _keeper;
    private ChatAnswer? _answer;
    private ChatAnswerReader? _reader;
    private bool _isStream;
    private bool _isWhole;
    private bool _hasEnded;

    private TranslatedReply(Answer inner, Step step, StepTranslation translation, ThoughtStore thoughts) : base(inner, translation.Format) =>
        (_step, _translation, _thoughts) = (step, translation, thoughts);

    public override string ContentType => _isStream ? "text/event-stream; charset=utf-8" : base.ContentType;

    public override bool IsWhole => _isWhole;

    /// <summary>Anthropic's streams are never silent for long once they have begun, and its clients rely on it.</summary>
    public override ReadOnlyMemory<byte> SignOfLife =>
        _isStream && !_hasEnded && _translation.Format == ClientFormat.Messages && _answer is { HasBegun: true, Fault: null } ? ChatAnswerToMessageEvents.PingEvent : default;

    /// <summary>Begins to translate: whatever is not a stream as a whole, and of a stream what is here.</summary>
    /// <param name="inner">The provider's answer; belongs to the result.</param>
    /// <param name="step">The step that it answers.</param>
    /// <param name="translation">What was asked.</param>
    /// <param name="thoughts">Keeps what the provider wants back.</param>
    public static ValueTask<Answer> CreateAsync(Answer inner, Step step, StepTranslation translation, ThoughtStore thoughts) =>
        new TranslatedReply(inner, step, translation, thoughts).BeginAsync();

    public override async ValueTask<ReadOnlyMemory<byte>> ReadNextAsync()
    {
        Output.ResetWrittenCount();
        while (Output.WrittenCount == 0 && !_hasEnded)
        {
            await ReadPieceAsync();
        }

        return Output.WrittenMemory;
    }

    protected override void Dispose(bool disposing)
    {
        _answer?.Dispose();
        base.Dispose(disposing);
    }

    protected override async ValueTask RewriteAsync()
    {
        var facts = _translation.Facts;
        var headers = new HeaderDictionary();
        Inner.CopyHeaders(headers);
        if (_translation.Format == ClientFormat.ChatCompletions && headers["x-amzn-requestid"] is [{ Length: > 0 } requestId, ..])
        {
            facts = facts with { Id = requestId }; // Bedrock's only name of an answer.
        }

        var comesAsStream = IsStream(Inner.ContentType);
        _answer = ClientAnswer.Create(_translation.Format, facts, Output, _translation.IsStream);
        _keeper = CreateKeeper(_answer);
        _reader = _translation.Call.CreateReader(_keeper ?? _answer, comesAsStream);
        if (_translation.IsStream && comesAsStream)
        {
            BeginStream();
            await KeepThoughtsAsync();
        }
        else if (await ReadWholeAsync() is { } body)
        {
            _reader.Read(body.Span);
            End();
            if (_answer.Fault is { } fault)
            {
                Fail(fault);
            }
            else
            {
                (_isStream, _isWhole) = (_translation.IsStream, true);
                await KeepThoughtsAsync();
            }
        }
    }

    /// <summary>Answers with an error instead.</summary>
    protected override void Fail(ChatFault fault)
    {
        (_isStream, _isWhole, _hasEnded) = (false, true, true);
        base.Fail(fault);
    }

    private void BeginStream()
    {
        _isStream = true;
        _reader!.Read(Inner.First.Span);
        if (Inner.IsWhole)
        {
            End();
            _isWhole = true;
        }

        // What is not under way can still be told by a status.
        if (_answer is { HasBegun: false, Fault: { } early })
        {
            Fail(early);
        }
    }

    private async ValueTask ReadPieceAsync()
    {
        if (_answer!.Fault is not null)
        {
            _hasEnded = true; // Told already: the client need not wait for the rest.
            return;
        }

        var piece = Inner.IsWhole ? ReadOnlyMemory<byte>.Empty : await Inner.ReadNextAsync();
        if (piece.IsEmpty)
        {
            End();
        }
        else
        {
            _reader!.Read(piece.Span);
        }

        await KeepThoughtsAsync();
    }

    /// <summary>Clients of Messages bring thoughts back by themselves; calls of <c>functions</c> have no id to keep anything under.</summary>
    private ThoughtKeeper? CreateKeeper(ChatAnswer answer) =>
        _translation is { Call.NeedsThoughts: true, Format: not ClientFormat.Messages, Facts.UsesFunctions: false } && _thoughts.IsOn ? new(answer) : null;

    /// <summary>Before the client hears of the end: its next request must find them.</summary>
    private ValueTask KeepThoughtsAsync() =>
        _keeper is { HasFinished: true } keeper && keeper.Take() is { } kept ? _thoughts.KeepAsync(_step, kept.Call, kept.Thoughts) : ValueTask.CompletedTask;

    private void End()
    {
        if (!_hasEnded)
        {
            _hasEnded = true;
            _reader!.Complete();
        }
    }

    private static bool IsStream(string? contentType) =>
        contentType is not null
        && (contentType.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase)
            || contentType.StartsWith("application/vnd.amazon.eventstream", StringComparison.OrdinalIgnoreCase));
}
