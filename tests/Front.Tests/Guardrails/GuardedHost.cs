using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Tests.DataPlane;

namespace GatewayActors.Front.Tests.Guardrails;

/// <summary>Configurations with guardrails.</summary>
internal static class GuardedHost
{
    /// <summary>What no prompt and no answer may hold; a rule of the gateway's own.</summary>
    public const string Forbidden = "purple elephant";

    /// <summary>A gateway whose own rules find <see cref="Forbidden"/> as hate, and nothing else.</summary>
    public static GuardrailsConfiguration Rules(RuleAction? prompt = null, RuleAction? response = null) => new()
    {
        Prompt = Of(prompt),
        Response = Of(response),
        Engine = "rules",
        Rules = new Dictionary<string, GuardrailRule> { ["S10"] = new() { Words = [Forbidden], Patterns = [] } },
    };

    /// <summary>A gateway with guardrails that asks for no token.</summary>
    public static GatewayConfiguration Open(RuleAction? prompt = null, RuleAction? response = null, InspectedStreamMode? mode = null) =>
        DataPlaneHost.Configuration() with { Guardrails = Rules(prompt, response), GuardrailsStreamMode = mode };

    private static Dictionary<string, RuleAction> Of(RuleAction? action) => action is { } known ? new() { ["S10"] = known } : [];
}
