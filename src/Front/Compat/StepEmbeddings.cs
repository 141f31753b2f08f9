using GatewayActors.Providers.Translation.Embeddings;

namespace GatewayActors.Front.Compat;

/// <summary>A request for embeddings that was put into the provider's format, and what is needed to put the answer back.</summary>
/// <param name="Call">The translated request.</param>
/// <param name="Request">The client's.</param>
internal sealed record StepEmbeddings(EmbeddingCall Call, EmbeddingRequest Request);
