using GatewayActors.Abstractions.Gateways;

namespace GatewayActors.Grains.Gateways;

/// <summary>What may be done with the provider configs of a gateway, and what becomes of them. Without clock and storage.</summary>
internal static class ProviderConfigBook
{
    /// <summary>Most provider configs of a gateway: all of them come to every front.</summary>
    public const int MaxConfigs = 250;

    public static Result Add(IReadOnlyList<ProviderConfig> configs, ProviderConfig added) =>
        configs.Any(config => config.ProviderSlug == added.ProviderSlug && config.Alias == added.Alias) ? new(ProviderConfigOutcome.AlreadyExists)
        : configs.Count >= MaxConfigs ? new(ProviderConfigOutcome.TooMany)
        : new(ProviderConfigOutcome.Done, added, [.. configs.Select(config => Yield(config, added)), added]);

    public static Result SetSecret(IReadOnlyList<ProviderConfig> configs, Guid id, string secretId, bool ownsSecret, DateTimeOffset now)
    {
        if (configs.FirstOrDefault(config => config.Id == id) is not { } existing)
        {
            return new(ProviderConfigOutcome.ConfigNotFound);
        }

        var changed = existing with { SecretId = secretId, OwnsSecret = ownsSecret, ModifiedAt = now };
        return new(ProviderConfigOutcome.Done, changed, [.. configs.Select(config => config.Id == id ? changed : config)]);
    }

    public static Result Remove(IReadOnlyList<ProviderConfig> configs, Guid id) =>
        configs.FirstOrDefault(config => config.Id == id) is { } existing
            ? new(ProviderConfigOutcome.Done, existing, [.. configs.Where(config => config.Id != id)])
            : new(ProviderConfigOutcome.ConfigNotFound);

    /// <summary>One default per provider: a new one takes the place of the old.</summary>
    private static ProviderConfig Yield(ProviderConfig config, ProviderConfig added) =>
        added.IsDefault && config.IsDefault && config.ProviderSlug == added.ProviderSlug ? config with { IsDefault = false, ModifiedAt = added.ModifiedAt } : config;

    /// <summary>What came of a change; without configs unless it is done.</summary>
    public readonly record struct Result(ProviderConfigOutcome Outcome, ProviderConfig? Config = null, IReadOnlyList<ProviderConfig>? Changed = null)
    {
        public void Deconstruct(out ProviderConfigOutcome outcome, out ProviderConfig? config, out IReadOnlyList<ProviderConfig> configs) =>
            (outcome, config, configs) = (Outcome, Config, Changed ?? []);
    }
}
