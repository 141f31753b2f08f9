using GatewayActors.Front.Caching;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Upstreams;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Front.Inspection;

/// <summary>A stream that was put together to the one document that it adds up to.</summary>
/// <param name="inner">The stream; belongs to this one.</param>
/// <param name="document">The document.</param>
internal sealed class DocumentReply(Answer inner, ReadOnlyMemory<byte> document) : Answer
{
    public override int StatusCode => inner.StatusCode;

    public override string ContentType => "application/json";

    public override AnswerSource Source => inner.Source;

    public override ReadOnlyMemory<byte> First => document;

    public override bool IsWhole => true;

    /// <summary>Puts a stream together, where its format is one that also has whole answers here; leaves it as it is elsewhere.</summary>
    /// <param name="step">The step that it answers.</param>
    /// <param name="answer">The stream.</param>
    public static async ValueTask<Answer> CreateAsync(Step step, Answer answer)
    {
        if (answer.StatusCode >= 300 || !StorableAnswers.IsStream(answer.ContentType))
        {
            return answer;
        }

        if (step.Translation is { } translation)
        {
            step.Translation = translation with { IsStream = false }; // Its reader takes a stream for a whole answer too.
            return answer;
        }

        var (body, isWhole) = await AnswerBodies.ReadAsync(answer, AnswerBodies.MaxWholeBytes);
        return !isWhole ? new PrefixedReply(answer, body)
            : AnswerForm.ToDocument(step, body) is { } document ? new DocumentReply(answer, document)
            : answer.IsWhole ? answer : new HeldReply(answer, body);
    }

    public override void CopyHeaders(IHeaderDictionary headers)
    {
        inner.CopyHeaders(headers);
        headers.ContentLength = null;
        headers.ContentType = ContentType;
    }

    public override ValueTask<ReadOnlyMemory<byte>> ReadNextAsync() => default;

    public override ValueTask FinishAsync() => inner.FinishAsync();

    public override UsageReport? Report() => inner.Report();

    protected override void Dispose(bool disposing)
    {
        inner.Dispose();
        base.Dispose(disposing);
    }
}
