using GatewayActors.Providers.Mapping;

namespace GatewayActors.Providers.Mistral;

/// <summary>Mistral AI.</summary>
/// <remarks>https://docs.mistral.ai/api</remarks>
internal sealed class MistralProvider() : SingleHostProvider("mistral", "https://api.mistral.ai/v1");
