using System.Text.Json;

namespace GatewayActors.Client;

/// <summary>One call to a provider.</summary>
public sealed record GatewayStep
{
    /// <summary>The provider's slug, or <c>compat</c>.</summary>
    public required string Provider { get; init; }

    /// <summary>The provider's path, such as <c>chat/completions</c>.</summary>
    public required string Endpoint { get; init; }

    /// <summary>Headers for the provider, such as its key; and those of the gateway that are for this step alone.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The body for the provider: an object.</summary>
    public required JsonElement Query { get; init; }
}
