using System.Security.Cryptography;
using System.Text.Json;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.Gateways;

/// <summary>Reads <c>spend_limits</c> and <c>token_limits</c>, which have one shape.</summary>
internal static class SpendLimitsReader
{
    private const int MaxRules = 20;
    private const int MaxSelectors = 50;
    private const int MaxValues = 100;
    private const decimal MaxDollars = 1_000_000_000;
    private const decimal MaxTokens = 1_000_000_000_000_000;
    private const long MaxWindow = 100L * 366 * 24 * 3600; // A century, in seconds.

    public static SpendLimitsConfiguration? Read(ObjectReader gateway, SpendLimitsConfiguration? stored) =>
        Read(gateway, "spend_limits", GatewayWords.SpendLimitTypes, MaxDollars, stored);

    public static SpendLimitsConfiguration? ReadTokenLimits(ObjectReader gateway, SpendLimitsConfiguration? stored) =>
        Read(gateway, "token_limits", GatewayWords.TokenLimitTypes, MaxTokens, stored);

    private static SpendLimitsConfiguration? Read(ObjectReader gateway, string field, Words<LimitType> types, decimal most, SpendLimitsConfiguration? stored)
    {
        var limits = gateway.Object(field);
        if (!limits.IsSet || limits.Value is not { } reader)
        {
            return limits.IsSet ? null : stored;
        }

        HashSet<string> ids = new(StringComparer.Ordinal);
        var rules = reader.Items("rules", 0, MaxRules, (item, items) => ReadRule(item, items, types, most, ids)).Value ?? [];
        return new() { Enabled = reader.Boolean("enabled").Value ?? false, Rules = WithIds(rules, stored?.Rules ?? [], ids) };
    }

    private static SpendLimitRule? ReadRule(JsonElement item, ItemReader items, Words<LimitType> types, decimal most, HashSet<string> ids)
    {
        if (items.Object(item) is not { } reader)
        {
            return null;
        }

        var id = reader.Text("id", 1, 64).Value;
        if (id is not null && !ids.Add(id))
        {
            reader.Fail("id", "Rule ids must be unique");
        }

        reader.Word("limitType", types, Need.NotNull);
        return new()
        {
            Id = id ?? "",
            Limit = reader.Number("limit", 0, most, Need.NotNull).Value ?? 0,
            Window = reader.Integer("window", 0, MaxWindow, Need.NotNull).Value ?? 0,
            Enabled = reader.Boolean("enabled").Value ?? true,
            Technique = reader.Word("technique", GatewayWords.LimitTechniques).Value ?? LimitTechnique.Sliding,
            Metadata = ReadMetadata(reader),
            Model = ReadSelector(reader, "model"),
            Provider = ReadSelector(reader, "provider"),
        };
    }

    private static Dictionary<string, SpendLimitSelector>? ReadMetadata(ObjectReader rule)
    {
        if (rule.Object("metadata").Value is not { } reader)
        {
            return null;
        }

        Dictionary<string, SpendLimitSelector> selectors = new(StringComparer.Ordinal);
        foreach (var key in reader.Names)
        {
            if (selectors.Count == MaxSelectors)
            {
                rule.Fail("metadata", $"Object must contain at most {MaxSelectors} entries");
                break;
            }

            if (ReadSelector(reader, key) is { } selector)
            {
                selectors[key] = selector;
            }
        }

        return selectors;
    }

    private static SpendLimitSelector? ReadSelector(ObjectReader parent, string name)
    {
        if (parent.Object(name).Value is not { } reader)
        {
            return null;
        }

        var mode = reader.Word("mode", GatewayWords.SelectorModes, Need.NotNull).Value;
        return new()
        {
            FilterValues = mode == SelectorMode.Filter ? reader.Texts("values", 1, MaxValues, 256, Need.NotNull).Value ?? [] : null,
        };
    }

    // A rule that comes without an id is the stored one at its place, where that id is still free: a client that never sends ids
    // would otherwise start every counter anew with every update.
    private static SpendLimitRule[] WithIds(IReadOnlyList<SpendLimitRule> rules, IReadOnlyList<SpendLimitRule> stored, HashSet<string> ids)
    {
        var named = new SpendLimitRule[rules.Count];
        for (var i = 0; i < named.Length; i++)
        {
            named[i] = rules[i].Id.Length > 0 ? rules[i]
                : i < stored.Count && ids.Add(stored[i].Id) ? rules[i] with { Id = stored[i].Id }
                : rules[i] with { Id = NewId(ids) };
        }

        return named;
    }

    private static string NewId(HashSet<string> ids)
    {
        string id;
        do
        {
            id = RandomNumberGenerator.GetHexString(8, lowercase: true);
        }
        while (!ids.Add(id));
        return id;
    }
}
