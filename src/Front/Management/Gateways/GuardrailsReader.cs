using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.Gateways;

/// <summary>Reads <c>guardrails</c>.</summary>
internal static class GuardrailsReader
{
    /// <summary>P1 prompt injection; S1 to S13 the MLCommons hazard categories.</summary>
    public static IReadOnlyList<string> Categories { get; } =
        ["P1", "S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "S10", "S11", "S12", "S13"];

    public static GuardrailsConfiguration? Read(ObjectReader gateway, GuardrailsConfiguration? stored)
    {
        var guardrails = gateway.Object("guardrails");
        return !guardrails.IsSet ? stored : guardrails.Value is not { } reader ? null : new()
        {
            Prompt = ReadCategories(reader, "prompt"),
            Response = ReadCategories(reader, "response"),
        };
    }

    private static Dictionary<string, RuleAction> ReadCategories(ObjectReader guardrails, string side)
    {
        Dictionary<string, RuleAction> actions = [];
        if (guardrails.Object(side, Need.NotNull).Value is not { } reader)
        {
            return actions;
        }

        foreach (var category in reader.Names)
        {
            if (!Categories.Contains(category))
            {
                reader.Fail(category, $"Unrecognized hazard category '{category}'; known are P1 and S1 to S13");
            }
            else if (reader.Word(category, GatewayWords.Actions).Value is { } action)
            {
                actions[category] = action;
            }
        }

        return actions;
    }
}
