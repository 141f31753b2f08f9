using GatewayActors.Providers.Translation;

namespace GatewayActors.Front.Compat;

/// <summary>What was put into the provider's format, and what is needed to put its answer back.</summary>
/// <param name="Call">The translated request.</param>
/// <param name="Facts">What the answer must repeat.</param>
/// <param name="IsStream">Whether the client wants a stream.</param>
internal sealed record StepTranslation(ChatCall Call, ChatAnswerFacts Facts, bool IsStream);
