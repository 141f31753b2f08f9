using GatewayActors.Providers.Translation;
using GatewayActors.Providers.Translation.Supplies;

namespace GatewayActors.Front.Supplies;

/// <summary>What a step lacks before its request can be written for good, and what that is done with.</summary>
/// <param name="Body">The client's body.</param>
/// <param name="Translator">Who writes the request.</param>
/// <param name="Model">The model, without its provider.</param>
/// <param name="Needs">What is lacking.</param>
internal sealed record StepNeeds(ReadOnlyMemory<byte> Body, ChatTranslator Translator, string Model, ChatNeeds Needs);
