using GatewayActors.Providers.Realtime;

namespace GatewayActors.Providers.OpenAI;

/// <summary>What OpenAI's Realtime API and its imitators share.</summary>
internal static class OpenAIRealtime
{
    /// <summary>The path below the version.</summary>
    public const string Path = "realtime";

    /// <summary>What OpenAI's browser clients offer besides <c>realtime</c> itself.</summary>
    public static IReadOnlyList<ProtocolHeader> Protocols { get; } =
    [
        new("openai-insecure-api-key.", "authorization", "Bearer "),
        new("openai-organization.", "openai-organization", ""),
        new("openai-project.", "openai-project", ""),
        new("openai-beta.realtime-v1", "openai-beta", "realtime=v1", ProtocolForm.Word),
        .. ProtocolHeader.Of(CredentialPlaces.Bearer),
    ];

    /// <summary>The request with the path of the Realtime API, where it names none.</summary>
    public static ProviderRequest WithPath(in ProviderRequest request) => request.Rest.TrimEnd('/') is "" or "v1" ? request.At(Path) : request;
}
