using System.Text.Json;
using System.Text.Json.Serialization;
using GatewayActors.Abstractions.CustomProviders;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.CustomProviders;

/// <summary>The pricing rule of the admin API.</summary>
internal sealed record PricingRuleResource
{
    /// <summary>Who changes rules; the reference knows others, which change them by themselves.</summary>
    public const string Manual = "manual";

    /// <summary>The one kind of cost there is.</summary>
    public const string Tokens = "tokens";

    public required Guid Id { get; init; }

    public required Guid AccountProviderId { get; init; }

    public required string Model { get; init; }

    public required string ModelRule { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required decimal? CostIn { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required decimal? CostOut { get; init; }

    public required string CostType { get; init; }

    public required bool Enable { get; init; }

    public required string ChangedBy { get; init; }

    /// <summary>An object when it is sent, a text when it is answered: as in the reference.</summary>
    public required string TokenPricing { get; init; }

    /// <summary>Of several rules that fit, the highest wins.</summary>
    public required int Weight { get; init; }

    public required string CreatedAt { get; init; }

    public required string ModifiedAt { get; init; }

    public static PricingRuleResource From(PricingRuleRecord rule)
    {
        var definition = rule.Definition;
        return new()
        {
            Id = rule.Id,
            AccountProviderId = definition.ProviderId,
            Model = definition.Model,
            ModelRule = PricingRuleWords.Matches.Format(definition.Match),
            CostIn = definition.CostIn,
            CostOut = definition.CostOut,
            CostType = Tokens,
            ChangedBy = Manual,
            Enable = definition.Enable,
            TokenPricing = JsonSerializer.Serialize(definition.TokenPricing ?? new Dictionary<string, decimal>(), CustomProvidersJson.Default.IReadOnlyDictionaryStringDecimal),
            Weight = 1 + (int)definition.Match,
            CreatedAt = Times.Format(rule.CreatedAt),
            ModifiedAt = Times.Format(rule.ModifiedAt),
        };
    }
}

/// <summary>The words of the pricing rule.</summary>
internal static class PricingRuleWords
{
    public static Words<ModelMatch> Matches { get; } =
        new((ModelMatch.Equals, "equals"), (ModelMatch.StartsWith, "starts-with"), (ModelMatch.Contains, "contains"));

    public static Words<CostKind> Kinds { get; } = new((CostKind.Tokens, PricingRuleResource.Tokens));
}

/// <summary>What a rule prices.</summary>
internal enum CostKind
{
    Tokens,
}

/// <summary>How answers about custom providers are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Envelope<CustomProviderResource>))]
[JsonSerializable(typeof(Envelope<IReadOnlyList<CustomProviderResource>>))]
[JsonSerializable(typeof(Envelope<PricingRuleResource>))]
[JsonSerializable(typeof(Envelope<IReadOnlyList<PricingRuleResource>>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, decimal>))]
internal sealed partial class CustomProvidersJson : JsonSerializerContext;
