using System.Buffers;
using System.Text.Json;
using GatewayActors.Front.Upstreams;
using GatewayActors.Providers.Translation;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Front.Compat;

/// <summary>An answer of a provider in the format of its client: translated while it passes.</summary>
internal sealed class TranslatedReply : Answer
{
    /// <summary>The longest answer that is translated as a whole, and the most of an error that is read.</summary>
    private const int MaxWholeBytes = 64 * 1024 * 1024;
    private const int MaxErrorBytes = 64 * 1024;

    private readonly Answer _inner;
    private readonly StepTranslation _translation;
    private readonly ArrayBufferWriter<byte> _output = new(1024);
    private ChatAnswer? _answer;
    private ChatAnswerReader? _reader;
    private int _status;
    private bool _isStream;
    private bool _isWhole;
    private bool _hasEnded;

    private TranslatedReply(Answer inner, StepTranslation translation) => (_inner, _translation, _status) = (inner, translation, inner.StatusCode);

    public override int StatusCode => _status;

    public override string ContentType => _isStream ? "text/event-stream; charset=utf-8" : "application/json";

    public override bool IsFailure => _status >= 400 || _inner.IsFailure;

    public override AnswerSource Source => _inner.Source;

    public override ReadOnlyMemory<byte> First => _output.WrittenMemory;

    public override bool IsWhole => _isWhole;

    public override bool TimedOut => _inner.TimedOut;

    /// <summary>Begins to translate: whatever is not a stream as a whole, and of a stream what is here.</summary>
    /// <param name="inner">The provider's answer; belongs to the result.</param>
    /// <param name="translation">What was asked.</param>
    public static async ValueTask<Answer> CreateAsync(Answer inner, StepTranslation translation)
    {
        var reply = new TranslatedReply(inner, translation);
        try
        {
            await reply.BeginAsync();
            reply._isWhole = reply._hasEnded;
            if (reply._isWhole && !inner.IsWhole)
            {
                await inner.FinishAsync(); // Others may still be reading what the client of this one gets no more of.
            }

            return reply;
        }
        catch
        {
            reply.Dispose();
            throw;
        }
    }

    public override void CopyHeaders(IHeaderDictionary headers)
    {
        _inner.CopyHeaders(headers);
        headers.ContentLength = null;
        headers.ContentType = ContentType;
    }

    public override async ValueTask<ReadOnlyMemory<byte>> ReadNextAsync()
    {
        _output.ResetWrittenCount();
        while (_output.WrittenCount == 0 && !_hasEnded)
        {
            await ReadPieceAsync();
        }

        return _output.WrittenMemory;
    }

    public override ValueTask FinishAsync() => _inner.FinishAsync();

    public override UsageReport? Report() => _inner.Report();

    protected override void Dispose(bool disposing)
    {
        _answer?.Dispose();
        _inner.Dispose();
        base.Dispose(disposing);
    }

    private async ValueTask BeginAsync()
    {
        try
        {
            await TranslateFirstAsync();
        }
        catch (Exception exception) when (IsBroken(exception))
        {
            Answer(_inner.TimedOut ? ChatFault.TimedOut : ChatFault.CutOff);
        }
    }

    private async ValueTask TranslateFirstAsync()
    {
        if (_inner.StatusCode >= 400)
        {
            Answer(UpstreamErrorBody.Read(_inner.StatusCode, await ReadWholeAsync(MaxErrorBytes)));
            return;
        }

        var facts = _translation.Facts;
        var headers = new HeaderDictionary();
        _inner.CopyHeaders(headers);
        if (_translation.Format == ClientFormat.ChatCompletions && headers["x-amzn-requestid"] is [{ Length: > 0 } requestId, ..])
        {
            facts = facts with { Id = requestId }; // Bedrock's only name of an answer.
        }

        var comesAsStream = IsStream(_inner.ContentType);
        _answer = ClientAnswer.Create(_translation.Format, facts, _output, _translation.IsStream);
        _reader = _translation.Call.CreateReader(_answer, comesAsStream);
        if (_translation.IsStream && comesAsStream)
        {
            _isStream = true;
            _reader.Read(_inner.First.Span);
            if (_inner.IsWhole)
            {
                End();
            }

            // What is not under way can still be told by a status.
            if (_answer is { HasBegun: false, Fault: { } early })
            {
                Answer(early);
            }

            return;
        }

        _reader.Read((await ReadWholeAsync(MaxWholeBytes)).Span);
        End();
        if (_answer.Fault is { } fault)
        {
            Answer(fault);
        }
        else
        {
            _isStream = _translation.IsStream;
        }
    }

    private async ValueTask ReadPieceAsync()
    {
        if (_answer!.Fault is not null)
        {
            _hasEnded = true; // Told already: the client need not wait for the rest.
            return;
        }

        var piece = _inner.IsWhole ? ReadOnlyMemory<byte>.Empty : await _inner.ReadNextAsync();
        if (piece.IsEmpty)
        {
            End();
        }
        else
        {
            _reader!.Read(piece.Span);
        }
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReadWholeAsync(int most)
    {
        if (_inner.IsWhole)
        {
            return _inner.First;
        }

        var whole = new ArrayBufferWriter<byte>(Math.Max(_inner.First.Length * 2, 4096));
        whole.Write(_inner.First.Span);
        while (whole.WrittenCount <= most && await _inner.ReadNextAsync() is { IsEmpty: false } piece)
        {
            whole.Write(piece.Span);
        }

        return whole.WrittenMemory;
    }

    /// <summary>Whether the provider broke off. A client that went away is nobody to answer to.</summary>
    private bool IsBroken(Exception exception) =>
        exception is IOException or HttpRequestException || (exception is OperationCanceledException && _inner.TimedOut);

    private void End()
    {
        if (!_hasEnded)
        {
            _hasEnded = true;
            _reader!.Complete();
        }
    }

    /// <summary>Answers with an error instead.</summary>
    private void Answer(ChatFault fault)
    {
        (_status, _isStream, _hasEnded) = (fault.Status, false, true);
        _output.ResetWrittenCount();
        using var json = new Utf8JsonWriter(_output);
        ClientError.Write(json, _translation.Format, fault.Status, fault);
    }

    private static bool IsStream(string? contentType) =>
        contentType is not null
        && (contentType.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase)
            || contentType.StartsWith("application/vnd.amazon.eventstream", StringComparison.OrdinalIgnoreCase));
}
