using System.Buffers;
using System.Text.Json;
using GatewayActors.Front.Upstreams;
using GatewayActors.Providers.Translation;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Front.Compat;

/// <summary>An answer of a provider that its client gets in another format. What is common to those that are rewritten whole and those that stream.</summary>
/// <param name="inner">The provider's answer; belongs to this one.</param>
/// <param name="format">The client's format.</param>
internal abstract class RewrittenReply(Answer inner, ClientFormat format) : Answer
{
    private int _status = inner.StatusCode;

    public override int StatusCode => _status;

    public override string ContentType => "application/json";

    public override bool IsFailure => _status >= 400 || inner.IsFailure;

    public override AnswerSource Source => inner.Source;

    public override ReadOnlyMemory<byte> First => Output.WrittenMemory;

    public override bool IsWhole => true;

    public override bool TimedOut => inner.TimedOut;

    protected Answer Inner => inner;

    /// <summary>Takes what the client gets.</summary>
    protected ArrayBufferWriter<byte> Output { get; } = new(1024);

    public override void CopyHeaders(IHeaderDictionary headers)
    {
        inner.CopyHeaders(headers);
        headers.ContentLength = null;
        headers.ContentType = ContentType;
    }

    public override ValueTask<ReadOnlyMemory<byte>> ReadNextAsync() => ValueTask.FromResult(ReadOnlyMemory<byte>.Empty);

    public override ValueTask FinishAsync() => inner.FinishAsync();

    public override UsageReport? Report() => inner.Report();

    /// <summary>Rewrites what is here: the provider's error, or its answer. What goes wrong becomes an error in the client's format.</summary>
    /// <returns>The reply itself; disposed where this throws.</returns>
    protected async ValueTask<Answer> BeginAsync()
    {
        try
        {
            await TranslateAsync();
            if (IsWhole && !inner.IsWhole)
            {
                await inner.FinishAsync(); // Others may still be reading what the client of this one gets no more of.
            }

            return this;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Begins with an answer that is no error.</summary>
    protected abstract ValueTask RewriteAsync();

    /// <summary>The provider's whole answer; null where it is too long, which is told.</summary>
    protected async ValueTask<ReadOnlyMemory<byte>?> ReadWholeAsync()
    {
        var (body, isWhole) = await AnswerBodies.ReadAsync(inner, AnswerBodies.MaxWholeBytes);
        if (isWhole)
        {
            return body;
        }

        Fail(AnswerBodies.TooLong);
        return null;
    }

    /// <summary>Answers with an error instead.</summary>
    protected virtual void Fail(ChatFault fault)
    {
        _status = fault.Status;
        Output.ResetWrittenCount();
        using var json = new Utf8JsonWriter(Output);
        ClientError.Write(json, format, fault.Status, fault);
    }

    protected override void Dispose(bool disposing)
    {
        inner.Dispose();
        base.Dispose(disposing);
    }

    private async ValueTask TranslateAsync()
    {
        if (inner.StatusCode >= 400)
        {
            Fail(UpstreamErrorBody.Read(inner.StatusCode, await AnswerBodies.ReadErrorAsync(inner)));
            return;
        }

        try
        {
            await RewriteAsync();
        }
        catch (Exception exception) when (AnswerBodies.IsBroken(inner, exception))
        {
            Fail(inner.TimedOut ? ChatFault.TimedOut : ChatFault.CutOff);
        }
    }
}
