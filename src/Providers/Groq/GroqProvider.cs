using GatewayActors.Providers.Mapping;

namespace GatewayActors.Providers.Groq;

/// <summary>Groq.</summary>
/// <remarks>https://console.groq.com/docs/api-reference</remarks>
internal sealed class GroqProvider() : SingleHostProvider("groq", "https://api.groq.com/openai/v1")
{
    protected override ReadOnlySpan<char> DropPrefix(ReadOnlySpan<char> rest) => DropBeforeVersion(rest, "openai");
}
