using System.Text.Json;
using GatewayActors.Abstractions.CustomProviders;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Management.Http;
using GatewayActors.Providers.Custom;

namespace GatewayActors.Front.Management.CustomProviders;

/// <summary>Reads a pricing rule out of a body, with one error for every mistake.</summary>
internal static class PricingRuleReader
{
    private const int MaxModel = 255;

    /// <param name="body">The body, an object.</param>
    /// <param name="stored">What is stored, whose fields stay where the body has none; null for a new rule.</param>
    /// <param name="errors">Where mistakes are noted.</param>
    /// <returns>The rule; of no use if there was a mistake.</returns>
    public static PricingRuleDefinition Read(JsonElement body, PricingRuleDefinition? stored, List<ApiError> errors)
    {
        var reader = new ObjectReader(body, ["body"], errors);
        reader.Word("cost_type", PricingRuleWords.Kinds);
        return new()
        {
            ProviderId = ReadProvider(reader, Needed("account_provider_id")) ?? stored?.ProviderId ?? Guid.Empty,
            Model = reader.Text("model", 1, MaxModel, Needed("model")).Value ?? stored?.Model ?? "",
            Match = Or(reader.Word("model_rule", PricingRuleWords.Matches), stored?.Match) ?? ModelMatch.Equals,
            Enable = Or(reader.Boolean("enable"), stored?.Enable) ?? true,
            CostIn = Or(reader.Number("cost_in", 0, TokenRates.MaxUsd), stored?.CostIn),
            CostOut = Or(reader.Number("cost_out", 0, TokenRates.MaxUsd), stored?.CostOut),
            TokenPricing = Or(ReadRates(reader), stored?.TokenPricing),
        };

        Need Needed(string name) => stored is null || reader.Has(name) ? Need.NotNull : Need.Optional;
    }

    private static Guid? ReadProvider(ObjectReader reader, Need need)
    {
        var text = reader.Text("account_provider_id", 0, 64, need).Value;
        if (text is null)
        {
            return null;
        }

        if (Guid.TryParseExact(text, "D", out var id))
        {
            return id;
        }

        reader.Fail("account_provider_id", "Invalid uuid");
        return null;
    }

    private static Optional<IReadOnlyDictionary<string, decimal>?> ReadRates(ObjectReader reader)
    {
        var read = reader.Object("token_pricing");
        if (read.Value is not { } prices)
        {
            return new(read.IsSet, null);
        }

        Dictionary<string, decimal> rates = new(StringComparer.Ordinal);
        foreach (var name in TokenRates.Names)
        {
            if (prices.Number(name, 0, TokenRates.MaxUsd).Value is { } rate)
            {
                rates[name] = rate;
            }
        }

        // A price under a name that nothing counts would be charged by nobody, and nobody would know.
        foreach (var name in prices.Names.Except(TokenRates.Names, StringComparer.Ordinal))
        {
            prices.Fail(name, $"Unknown price. Expected {string.Join(" | ", TokenRates.Names)}");
        }

        return rates;
    }

    private static T Or<T>(Optional<T> read, T stored) => read.IsSet ? read.Value : stored;
}
