using GatewayActors.Providers.Mapping;

namespace GatewayActors.Providers.Cerebras;

/// <summary>Cerebras.</summary>
/// <remarks>https://inference-docs.cerebras.ai/api-reference</remarks>
internal sealed class CerebrasProvider() : SingleHostProvider("cerebras", "https://api.cerebras.ai/v1");
