using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Guardrails.Engines.Rules;
using GatewayActors.Front.Inspection;

namespace GatewayActors.Front.Guardrails;

/// <summary>What guardrails of one gateway do about which hazards. Immutable.</summary>
internal sealed class GuardrailPolicy
{
    private GuardrailPolicy(GuardrailsConfiguration configuration)
    {
        Prompt = new(configuration.Prompt);
        var response = new GuardrailActions(configuration.Response);
        Response = response with { Block = response.Block & Hazards.Content, Flag = response.Flag & Hazards.Content }; // An answer injects no prompt.
        Engine = configuration.Engine;
        Rules = RuleSet.Of(configuration.Rules);
    }

    /// <summary>For prompts.</summary>
    public GuardrailActions Prompt { get; }

    /// <summary>For answers.</summary>
    public GuardrailActions Response { get; }

    /// <summary>The engine; null for the operator's choice.</summary>
    public string? Engine { get; }

    /// <summary>The gateway's own words and patterns, which hold besides the engine; null for none.</summary>
    public RuleSet? Rules { get; }

    /// <summary>The policy of a gateway; null if it does nothing.</summary>
    public static GuardrailPolicy? Of(GuardrailsConfiguration? configuration) =>
        configuration is { Prompt.Count: > 0 } or { Response.Count: > 0 } ? new(configuration) : null;

    /// <summary>For one side.</summary>
    public GuardrailActions Of(InspectedSide side) => side == InspectedSide.Request ? Prompt : Response;
}

/// <summary>What is done about which hazards on one side.</summary>
internal readonly record struct GuardrailActions
{
    public GuardrailActions(IReadOnlyDictionary<string, RuleAction> actions)
    {
        foreach (var (name, action) in actions)
        {
            var hazard = HazardNames.Parse(name);
            (Block, Flag) = action == RuleAction.Block ? (Block | hazard, Flag) : (Block, Flag | hazard);
        }
    }

    /// <summary>Those that must not pass.</summary>
    public Hazards Block { get; init; }

    /// <summary>Those that are noted.</summary>
    public Hazards Flag { get; init; }

    /// <summary>Those that are looked for.</summary>
    public Hazards All => Block | Flag;

    /// <summary>How much depends on an evaluation.</summary>
    public InspectionLevel Level => Block != Hazards.None ? InspectionLevel.Enforce : Flag != Hazards.None ? InspectionLevel.Watch : InspectionLevel.None;
}
