using System.Buffers;
using System.Text.Json;
using GatewayActors.Front.Upstreams;
using GatewayActors.Providers.Translation;
using GatewayActors.Providers.Translation.Embeddings;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Front.Compat;

/// <summary>Vectors of a provider as the client of OpenAI's format gets them: translated as a whole.</summary>
internal sealed class EmbeddingsReply : Answer
{
    private readonly Answer _inner;
    private readonly StepEmbeddings _embeddings;
    private readonly ArrayBufferWriter<byte> _output = new(4096);
    private int _status;

    private EmbeddingsReply(Answer inner, StepEmbeddings embeddings) => (_inner, _embeddings, _status) = (inner, embeddings, inner.StatusCode);

    public override int StatusCode => _status;

    public override string ContentType => "application/json";

    public override bool StatesError => _inner.StatesError;

    public override AnswerSource Source => _inner.Source;

    public override ReadOnlyMemory<byte> First => _output.WrittenMemory;

    public override bool IsWhole => true;

    public override bool TimedOut => _inner.TimedOut;

    /// <summary>Translates an answer.</summary>
    /// <param name="inner">The provider's answer; belongs to the result.</param>
    /// <param name="embeddings">What was asked.</param>
    public static async ValueTask<Answer> CreateAsync(Answer inner, StepEmbeddings embeddings)
    {
        var reply = new EmbeddingsReply(inner, embeddings);
        try
        {
            await reply.TranslateAsync();
            if (!inner.IsWhole)
            {
                await inner.FinishAsync();
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

    public override ValueTask<ReadOnlyMemory<byte>> ReadNextAsync() => ValueTask.FromResult(ReadOnlyMemory<byte>.Empty);

    /// <summary>What the provider says was used; where it does not count, what the texts look like.</summary>
    public override UsageReport? Report()
    {
        var report = _inner.Report();
        return _status >= 400 || report?.Usage is not null ? report : (report ?? UsageReport.None) with
        {
            Usage = new() { InputTotal = _embeddings.Request.EstimatedTokens, OutputTotal = 0, Source = UsageSource.Estimated },
        };
    }

    protected override void Dispose(bool disposing)
    {
        _inner.Dispose();
        base.Dispose(disposing);
    }

    private async ValueTask TranslateAsync()
    {
        try
        {
            var (body, isWhole) = await AnswerBodies.ReadAsync(_inner, _inner.StatusCode >= 400 ? AnswerBodies.MaxErrorBytes : AnswerBodies.MaxWholeBytes);
            if (_inner.StatusCode >= 400)
            {
                Fail(UpstreamErrorBody.Read(_inner.StatusCode, body));
            }
            else if (!isWhole)
            {
                Fail(AnswerBodies.TooLong);
            }
            else if (EmbeddingWriter.Write(_output, _embeddings.Request, _embeddings.Call, body, Tokens()) is { } fault)
            {
                Fail(fault);
            }
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException || (exception is OperationCanceledException && _inner.TimedOut))
        {
            Fail(_inner.TimedOut ? ChatFault.TimedOut : ChatFault.CutOff);
        }
    }

    /// <summary>What headers count. An answer that was paid for before counts nothing.</summary>
    private long? Tokens() => Source == AnswerSource.Upstream ? _inner.Report()?.Usage?.InputTotal : null;

    private void Fail(ChatFault fault)
    {
        _status = fault.Status;
        _output.ResetWrittenCount();
        using var json = new Utf8JsonWriter(_output);
        fault.Write(json);
    }
}
