namespace GatewayActors.Abstractions.CustomProviders;

/// <summary>What models of a custom provider cost.</summary>
[GenerateSerializer, Immutable, Alias("gateway.custom-providers.rule-definition")]
public sealed record PricingRuleDefinition
{
    /// <summary>The provider.</summary>
    [Id(0)] public required Guid ProviderId { get; init; }

    /// <summary>The name, or the part of it, that <see cref="Match"/> compares, without regard to case.</summary>
    [Id(1)] public required string Model { get; init; }

    /// <summary>How models are compared.</summary>
    [Id(2)] public required ModelMatch Match { get; init; }

    /// <summary>Whether the rule applies.</summary>
    [Id(3)] public required bool Enable { get; init; }

    /// <summary>US dollars per input token; null if not stated.</summary>
    [Id(4)] public decimal? CostIn { get; init; }

    /// <summary>US dollars per output token; null if not stated.</summary>
    [Id(5)] public decimal? CostOut { get; init; }

    /// <summary>US dollars per token of a kind, by the names of the admin API; they go before the plain ones. Null if none is stated.</summary>
    [Id(6)] public IReadOnlyDictionary<string, decimal>? TokenPricing { get; init; }
}

/// <summary>How a pricing rule compares models, the weakest first.</summary>
public enum ModelMatch
{
    /// <summary>The model's name contains it.</summary>
    Contains,

    /// <summary>The model's name starts with it.</summary>
    StartsWith,

    /// <summary>The model's name is it.</summary>
    Equals,
}

/// <summary>A pricing rule, as it is stored.</summary>
[GenerateSerializer, Immutable, Alias("gateway.custom-providers.rule")]
public sealed record PricingRuleRecord
{
    /// <summary>Never used again.</summary>
    [Id(0)] public required Guid Id { get; init; }

    /// <summary>The version of the account's providers in which it was last changed.</summary>
    [Id(1)] public required long Version { get; init; }

    /// <summary>What the tenant says.</summary>
    [Id(2)] public required PricingRuleDefinition Definition { get; init; }

    /// <summary>When it was created.</summary>
    [Id(3)] public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last changed.</summary>
    [Id(4)] public required DateTimeOffset ModifiedAt { get; init; }
}
