using System.Text.Json.Serialization;
using GatewayActors.Abstractions.Gateways;

namespace GatewayActors.Front.Management.Gateways;

/// <summary><c>dlp</c>, in the shape that was stored.</summary>
internal sealed record DlpResource(
    bool Enabled, string? Action, IReadOnlyList<string>? Profiles, IReadOnlyList<DlpPolicyResource>? Policies)
{
    public static DlpResource? From(DlpConfiguration? dlp) => dlp is null ? null : new(
        dlp.Enabled,
        GatewayWords.Actions.Format(dlp.Action),
        dlp.Profiles,
        dlp.Policies?.Select(DlpPolicyResource.From).ToArray());
}

/// <summary>One policy of <c>dlp</c>.</summary>
internal sealed record DlpPolicyResource(string Id, string Action, IReadOnlyList<string> Check, bool Enabled, IReadOnlyList<string> Profiles)
{
    public static DlpPolicyResource From(DlpPolicy policy) => new(
        policy.Id,
        GatewayWords.Actions.Format(policy.Action)!,
        (policy.CheckRequest, policy.CheckResponse) switch
        {
            (true, true) => ["REQUEST", "RESPONSE"],
            (true, false) => ["REQUEST"],
            (false, true) => ["RESPONSE"],
            (false, false) => [],
        },
        policy.Enabled,
        policy.Profiles);
}

/// <summary><c>guardrails</c>: actions by category.</summary>
internal sealed record GuardrailsResource(
    IReadOnlyDictionary<string, string> Prompt, IReadOnlyDictionary<string, string> Response, string? Engine, IReadOnlyDictionary<string, GuardrailRuleResource>? Rules)
{
    public static GuardrailsResource? From(GuardrailsConfiguration? guardrails) => guardrails is null ? null : new(
        Categories(guardrails.Prompt),
        Categories(guardrails.Response),
        guardrails.Engine,
        guardrails.Rules?.ToDictionary(rule => rule.Key, rule => new GuardrailRuleResource(rule.Value.Words, rule.Value.Patterns)));

    private static Dictionary<string, string> Categories(IReadOnlyDictionary<string, RuleAction> actions) =>
        actions.ToDictionary(action => action.Key, action => GatewayWords.Actions.Format(action.Value)!);
}

/// <summary>Words and patterns of one category of <c>guardrails.rules</c>.</summary>
internal sealed record GuardrailRuleResource(IReadOnlyList<string> Words, IReadOnlyList<string> Patterns);

/// <summary><c>circuit_breaker</c>.</summary>
internal sealed record CircuitBreakerResource(int Failures, int Pause)
{
    public static CircuitBreakerResource? From(CircuitBreakerConfiguration? breaker) => breaker is null ? null : new(breaker.Failures, breaker.Pause);
}

/// <summary><c>auto_router</c>.</summary>
internal sealed record AutoRouterResource(IReadOnlyList<string> Models)
{
    public static AutoRouterResource? From(AutoRouterConfiguration? router) => router is null ? null : new(router.Models);
}

/// <summary>One destination of <c>otel</c>.</summary>
internal sealed record OtelResource(string Url, IReadOnlyDictionary<string, string> Headers, string? Authorization, string? ContentType)
{
    public static OtelResource From(OtelExporter exporter) =>
        new(exporter.Url, exporter.Headers, exporter.Authorization, GatewayWords.OtelContentTypes.Format(exporter.ContentType));
}

/// <summary><c>spend_limits</c> and <c>token_limits</c>.</summary>
internal sealed record SpendLimitsResource(bool Enabled, IReadOnlyList<SpendLimitRuleResource> Rules)
{
    public static SpendLimitsResource? From(SpendLimitsConfiguration? limits, LimitType type) => limits is null ? null : new(
        limits.Enabled,
        [.. limits.Rules.Select(rule => SpendLimitRuleResource.From(rule, type == LimitType.Cost ? GatewayWords.SpendLimitTypes.Format(type)! : GatewayWords.TokenLimitTypes.Format(type)!))]);
}

/// <summary>One rule of <c>spend_limits</c> or <c>token_limits</c>.</summary>
internal sealed record SpendLimitRuleResource
{
    public required string Id { get; init; }

    public required decimal Limit { get; init; }

    /// <summary>The only camel case name of the reference.</summary>
    [JsonPropertyName("limitType")]
    public required string LimitType { get; init; }

    public required long Window { get; init; }

    public required bool Enabled { get; init; }

    public required string Technique { get; init; }

    public IReadOnlyDictionary<string, SelectorResource>? Metadata { get; init; }

    public SelectorResource? Model { get; init; }

    public SelectorResource? Provider { get; init; }

    public static SpendLimitRuleResource From(SpendLimitRule rule, string limitType) => new()
    {
        Id = rule.Id,
        LimitType = limitType,
        Limit = rule.Limit,
        Window = rule.Window,
        Enabled = rule.Enabled,
        Technique = GatewayWords.LimitTechniques.Format(rule.Technique)!,
        Metadata = rule.Metadata?.ToDictionary(selector => selector.Key, selector => SelectorResource.From(selector.Value)!),
        Model = SelectorResource.From(rule.Model),
        Provider = SelectorResource.From(rule.Provider),
    };
}

/// <summary>A selector of a rule.</summary>
internal sealed record SelectorResource(string Mode, IReadOnlyList<string>? Values)
{
    public static SelectorResource? From(SpendLimitSelector? selector) =>
        selector is null ? null : new(selector.FilterValues is null ? "partition" : "filter", selector.FilterValues);
}

/// <summary><c>stripe</c>.</summary>
internal sealed record StripeResource(string Authorization, IReadOnlyList<UsageEventResource> UsageEvents)
{
    public static StripeResource? From(StripeConfiguration? stripe) =>
        stripe is null ? null : new(stripe.Authorization, [.. stripe.UsageEventPayloads.Select(payload => new UsageEventResource(payload))]);
}

/// <summary>One usage event of <c>stripe</c>.</summary>
internal sealed record UsageEventResource(string Payload);
