using System.Text.Json.Serialization;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Abstractions.Secrets;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.ProviderConfigs;

/// <summary>The provider config of the admin API: of its secret there is the id, and what may be shown.</summary>
internal sealed record ProviderConfigResource
{
    public required Guid Id { get; init; }

    public required string ProviderSlug { get; init; }

    public required string Alias { get; init; }

    public required bool DefaultConfig { get; init; }

    public required string GatewayId { get; init; }

    public required string SecretId { get; init; }

    public required string SecretPreview { get; init; }

    public required string ModifiedAt { get; init; }

    public long? RateLimit { get; init; }

    public long? RateLimitPeriod { get; init; }

    /// <param name="gatewayId">The gateway.</param>
    /// <param name="config">The config.</param>
    /// <param name="secret">Its secret; null if that was deleted.</param>
    public static ProviderConfigResource From(string gatewayId, ProviderConfig config, SecretRecord? secret) => new()
    {
        Id = config.Id,
        ProviderSlug = config.ProviderSlug,
        Alias = config.Alias,
        DefaultConfig = config.IsDefault,
        GatewayId = gatewayId,
        SecretId = config.SecretId,
        SecretPreview = secret?.Preview ?? "",
        ModifiedAt = Times.Format(config.ModifiedAt),
        RateLimit = config.RateLimit,
        RateLimitPeriod = config.RatePeriod,
    };
}

/// <summary>How answers about provider configs are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Envelope<ProviderConfigResource>))]
[JsonSerializable(typeof(Envelope<IReadOnlyList<ProviderConfigResource>>))]
internal sealed partial class ProviderConfigsJson : JsonSerializerContext;
