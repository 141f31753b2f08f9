using GatewayActors.Providers.Mapping;

namespace GatewayActors.Providers.OpenAI;

/// <summary>OpenAI.</summary>
/// <remarks>https://platform.openai.com/docs/api-reference</remarks>
internal sealed class OpenAIProvider() : SingleHostProvider("openai", "https://api.openai.com/v1");
