using System.Text.Json;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.Cohere;

/// <summary>Writes how much a model is to think, and how long its answer may be: the one counts into the other.</summary>
internal static class CohereThinking
{
    /// <summary>The most tokens of an answer, of which an effort is a share.</summary>
    private const long MostOutput = 32768;

    /// <summary>What is worth having; below it thinking is left out.</summary>
    private const long UsefulBudget = 1024;

    // Models before the first that thinks refuse the member.
    private static readonly string[] Thoughtless = ["command-r", "command-a-03", "command-a-vision", "command-a-translate", "command-light", "c4ai-aya"];

    public static void Write(Utf8JsonWriter json, ChatRequest request, List<string> dropped)
    {
        var asked = request.MaxCompletionTokens ?? request.MaxTokens;
        var reasoning = request.Reasoning;
        if (reasoning.IsWanted && Array.Exists(Thoughtless, start => request.Model.StartsWith(start, StringComparison.OrdinalIgnoreCase)))
        {
            Drop(request, dropped);
        }
        else if (reasoning.IsWanted)
        {
            asked = WriteBudget(json, request, asked, dropped);
        }
        else if (reasoning.Effort == ChatEffort.None && !Array.Exists(Thoughtless, start => request.Model.StartsWith(start, StringComparison.OrdinalIgnoreCase)))
        {
            WriteDisabled(json);
        }

        if (asked is { } most)
        {
            json.WriteNumber("max_tokens"u8, most);
        }
    }

    private static long? WriteBudget(Utf8JsonWriter json, ChatRequest request, long? asked, List<string> dropped)
    {
        var budget = request.Reasoning.BudgetTokens ?? BudgetOf(request.Reasoning.Effort);
        if (request.MaxCompletionTokens is { } whole && budget >= whole)
        {
            budget = whole - 1;
            if (budget < UsefulBudget)
            {
                Drop(request, dropped);
                WriteDisabled(json);
                return asked;
            }
        }

        json.WriteStartObject("thinking"u8);
        json.WriteString("type"u8, "enabled"u8);
        json.WriteNumber("token_budget"u8, budget);
        json.WriteEndObject();
        return request.MaxCompletionTokens ?? (request.MaxTokens is { } text ? Math.Max(text, Math.Min(text + budget, MostOutput)) : null);
    }

    private static long BudgetOf(ChatEffort? effort) => effort switch
    {
        ChatEffort.Minimal => UsefulBudget,
        ChatEffort.Low => MostOutput * 10 / 100,
        ChatEffort.Medium => MostOutput * 30 / 100,
        ChatEffort.High => MostOutput * 60 / 100,
        _ => MostOutput * 90 / 100,
    };

    private static void WriteDisabled(Utf8JsonWriter json)
    {
        json.WriteStartObject("thinking"u8);
        json.WriteString("type"u8, "disabled"u8);
        json.WriteEndObject();
    }

    private static void Drop(ChatRequest request, List<string> dropped) =>
        dropped.Add(request.Root.Member("reasoning_effort").IsDefined ? "reasoning_effort" : request.Root.Member("reasoning").IsDefined ? "reasoning" : "thinking");
}
