using GatewayActors.Front.Upstreams;
using GatewayActors.Providers.Translation;
using GatewayActors.Providers.Translation.Embeddings;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Front.Compat;

/// <summary>Vectors of a provider as the client of OpenAI's format gets them: translated as a whole.</summary>
internal sealed class EmbeddingsReply : RewrittenReply
{
    private readonly StepEmbeddings _embeddings;

    private EmbeddingsReply(Answer inner, StepEmbeddings embeddings) : base(inner, ClientFormat.ChatCompletions) => _embeddings = embeddings;

    public override bool StatesError => Inner.StatesError;

    /// <summary>Translates an answer.</summary>
    /// <param name="inner">The provider's answer; belongs to the result.</param>
    /// <param name="embeddings">What was asked.</param>
    public static ValueTask<Answer> CreateAsync(Answer inner, StepEmbeddings embeddings) => new EmbeddingsReply(inner, embeddings).BeginAsync();

    /// <summary>What the provider says was used; where it does not count, what the texts look like.</summary>
    public override UsageReport? Report()
    {
        var report = Inner.Report();
        return StatusCode >= 400 || report?.Usage is not null ? report : (report ?? UsageReport.None) with
        {
            Usage = new() { InputTotal = _embeddings.Request.EstimatedTokens, OutputTotal = 0, Source = UsageSource.Estimated },
        };
    }

    protected override async ValueTask RewriteAsync()
    {
        if (await ReadWholeAsync() is { } body && EmbeddingWriter.Write(Output, _embeddings.Request, _embeddings.Call, body, Tokens()) is { } fault)
        {
            Fail(fault);
        }
    }

    /// <summary>What headers count. An answer that was paid for before counts nothing.</summary>
    private long? Tokens() => Source == AnswerSource.Upstream ? Inner.Report()?.Usage?.InputTotal : null;
}
