using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Guardrails;
using GatewayActors.Front.Guardrails.Engines.Rules;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.Gateways;

/// <summary>Reads <c>guardrails</c>.</summary>
internal static class GuardrailsReader
{
    private const int MaxWords = 1_000;
    private const int MaxPatterns = 25;
    private const int MaxLength = 256;

    public static GuardrailsConfiguration? Read(ObjectReader gateway, GuardrailsConfiguration? stored)
    {
        var guardrails = gateway.Object("guardrails");
        return !guardrails.IsSet ? stored : guardrails.Value is not { } reader ? null : new()
        {
            Prompt = ReadCategories(reader, "prompt"),
            Response = ReadCategories(reader, "response"),
            Engine = ReadEngine(reader),
            Rules = ReadRules(reader),
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
            if (IsKnown(reader, category) && reader.Word(category, GatewayWords.Actions).Value is { } action)
            {
                actions[category] = action;
            }
        }

        return actions;
    }

    private static string? ReadEngine(ObjectReader guardrails)
    {
        if (guardrails.Text("engine", 1, 64).Value is not { } engine)
        {
            return null;
        }

        if (!GuardrailEngines.Names.Contains(engine))
        {
            guardrails.Fail("engine", $"Invalid enum value. Expected {string.Join(" | ", GuardrailEngines.Names.Select(name => $"'{name}'"))}, received '{engine}'");
        }

        return engine;
    }

    private static Dictionary<string, GuardrailRule>? ReadRules(ObjectReader guardrails)
    {
        if (guardrails.Object("rules").Value is not { } reader)
        {
            return null;
        }

        Dictionary<string, GuardrailRule> rules = [];
        foreach (var category in reader.Names)
        {
            if (IsKnown(reader, category) && reader.Object(category, Need.NotNull).Value is { } rule)
            {
                var patterns = rule.Texts("patterns", 0, MaxPatterns, MaxLength).Value ?? [];
                for (var index = 0; index < patterns.Count; index++)
                {
                    if (RuleSet.ProblemOf(patterns[index]) is { } problem)
                    {
                        rule.Fail($"patterns.{index}", $"The pattern {problem}");
                    }
                }

                var words = rule.Texts("words", 0, MaxWords, MaxLength).Value ?? [];
                for (var index = 0; index < words.Count; index++)
                {
                    if (RuleSet.IsBlank(words[index]))
                    {
                        rule.Fail($"words.{index}", "The word is blank");
                    }
                }

                rules[category] = new() { Words = words, Patterns = patterns };
            }
        }

        return rules;
    }

    private static bool IsKnown(ObjectReader reader, string category)
    {
        if (HazardNames.Parse(category) != Hazards.None)
        {
            return true;
        }

        reader.Fail(category, $"Unrecognized hazard category '{category}'; known are P1 and S1 to S13");
        return false;
    }
}
