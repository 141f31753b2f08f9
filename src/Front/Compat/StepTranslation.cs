using GatewayActors.Providers.Translation;

namespace GatewayActors.Front.Compat;

/// <summary>What was put into the provider's format, and what is needed to put its answer back.</summary>
/// <param name="Format">The client's format, in which it is answered.</param>
/// <param name="Call">The translated request.</param>
/// <param name="Facts">What the answer must repeat.</param>
/// <param name="IsStream">Whether the client wants a stream.</param>
internal sealed record StepTranslation(ClientFormat Format, ChatCall Call, ChatAnswerFacts Facts, bool IsStream)
{
    /// <summary>The client's body; lives as long as the exchange.</summary>
    public required ReadOnlyMemory<byte> Request { get; init; }

    /// <summary>What was left out of the request, in the client's own words.</summary>
    public IReadOnlyCollection<string> Dropped { get; init; } = Call.Dropped;
}
