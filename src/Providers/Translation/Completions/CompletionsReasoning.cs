using System.Globalization;
using System.Text.Json;

namespace GatewayActors.Providers.Translation.Completions;

/// <summary>Tells a model that speaks OpenAI's format how much to reason.</summary>
internal static class CompletionsReasoning
{
    /// <summary>Writes what is to be said.</summary>
    /// <returns>Whether the model reasons, and so refuses what chooses its words.</returns>
    public static bool Write(ChatRequest request, CompletionsDialect dialect, Utf8JsonWriter json, List<string> dropped)
    {
        var reasoning = request.Reasoning;
        var effort = reasoning.Effort ?? (reasoning.BudgetTokens is { } budget ? Anthropic.ClaudeThinking.Nearest(budget) : null);
        switch (dialect.Reasoning)
        {
            case ReasoningForm.EffortOfModel:
                return WriteOfModel(request, effort, json, dropped);
            case ReasoningForm.Effort when effort is { } stated and not ChatEffort.None:
                json.WriteString("reasoning_effort"u8, Word(stated, "high"));
                break;
            case ReasoningForm.Thinking when effort is { } stated:
                json.WriteStartObject("thinking"u8);
                json.WriteString("type"u8, stated == ChatEffort.None ? "disabled"u8 : "enabled"u8);
                json.WriteEndObject();
                if (stated != ChatEffort.None)
                {
                    json.WriteString("reasoning_effort"u8, stated is ChatEffort.XHigh or ChatEffort.Max ? "max"u8 : "high"u8);
                }

                break;
            case ReasoningForm.Settings when effort is { } stated:
                WriteObject(reasoning, stated, json);
                break;
            case ReasoningForm.None when reasoning.IsWanted:
                dropped.Add("reasoning");
                break;
        }

        return false;
    }

    private static bool WriteOfModel(ChatRequest request, ChatEffort? effort, Utf8JsonWriter json, List<string> dropped)
    {
        var model = OpenAIModel.Of(request.Model);
        if (!model.Reasons)
        {
            if (request.Reasoning.IsWanted)
            {
                dropped.Add("reasoning");
            }

            return false;
        }

        if (effort is null)
        {
            return true;
        }

        json.WriteString("reasoning_effort"u8, effort is ChatEffort.None or ChatEffort.Minimal ? model.LeastEffort : Word(effort.Value, model.MostEffort));
        return effort != ChatEffort.None || model.LeastEffort != "none";
    }

    private static void WriteObject(in ChatReasoning reasoning, ChatEffort effort, Utf8JsonWriter json)
    {
        json.WriteStartObject("reasoning"u8);
        if (effort == ChatEffort.None)
        {
            json.WriteBoolean("enabled"u8, false);
        }
        else if (reasoning.BudgetTokens is { } budget)
        {
            json.WriteNumber("max_tokens"u8, budget);
        }
        else
        {
            json.WriteString("effort"u8, Word(effort, "xhigh"));
        }

        json.WriteEndObject();
    }

    private static string Word(ChatEffort effort, string most) => effort switch
    {
        ChatEffort.None or ChatEffort.Minimal or ChatEffort.Low => "low",
        ChatEffort.Medium => "medium",
        ChatEffort.High => "high",
        ChatEffort.XHigh or ChatEffort.Max => most,
    };

    /// <summary>What is known of a model of OpenAI's by its name.</summary>
    /// <param name="Reasons">Whether it reasons.</param>
    /// <param name="LeastEffort">The word for as little as it can.</param>
    /// <param name="MostEffort">The word for as much as it can.</param>
    private readonly record struct OpenAIModel(bool Reasons, string LeastEffort, string MostEffort)
    {
        public static OpenAIModel Of(string name)
        {
            if (name is ['o', >= '1' and <= '9', ..])
            {
                return new(true, "low", "high");
            }

            const string Family = "gpt-";
            if (!name.StartsWith(Family, StringComparison.Ordinal) || name.Contains("-chat", StringComparison.Ordinal) || name.StartsWith("gpt-oss", StringComparison.Ordinal))
            {
                return default;
            }

            var dash = name.IndexOf('-', Family.Length);
            var number = dash < 0 ? name.AsSpan(Family.Length) : name.AsSpan(Family.Length, dash - Family.Length);
            return double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var version) && version >= 5
                ? new(true, version > 5 ? "none" : "minimal", version > 5.1 ? "xhigh" : "high")
                : default;
        }
    }
}
