using GatewayActors.Abstractions.Gateways;

namespace GatewayActors.Front.Limits;

/// <summary>The spend and token limits of one version of a gateway.</summary>
internal sealed class GatewayLimits
{
    private GatewayLimits(LimitRule[] rules) => (Rules, UsesMetadata) = (rules, rules.Any(rule => rule.UsesMetadata));

    /// <summary>The rules that apply, spend limits first. At least one.</summary>
    public LimitRule[] Rules { get; }

    /// <summary>Whether any rule looks at metadata.</summary>
    public bool UsesMetadata { get; }

    /// <summary>The limits of a gateway; null if it has none, which most have not.</summary>
    public static GatewayLimits? Of(GatewayRecord gateway)
    {
        LimitRule[] rules =
        [
            .. RulesOf(gateway.Configuration.SpendLimits).Select(rule => new LimitRule(LimitKind.Spend, gateway, rule)),
            .. RulesOf(gateway.Configuration.TokenLimits).Select(rule => new LimitRule(LimitKind.Tokens, gateway, rule)),
        ];
        return rules.Length == 0 ? null : new(rules);
    }

    // A window of no length cannot hold a limit: such a rule is off.
    private static IEnumerable<SpendLimitRule> RulesOf(SpendLimitsConfiguration? limits) =>
        limits is { Enabled: true } ? limits.Rules.Where(rule => rule is { Enabled: true, Window: > 0 }) : [];
}
