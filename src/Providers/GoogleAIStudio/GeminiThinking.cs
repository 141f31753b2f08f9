using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.GoogleAIStudio;

/// <summary>How much a model is told to think, and how long its answer may be: the one counts into the other.</summary>
internal readonly record struct GeminiThinking
{
    /// <summary>What is worth having; below it thinking is left out.</summary>
    private const long UsefulBudget = 1024;

    // Of Google's own OpenAI-compatible endpoint: https://ai.google.dev/gemini-api/docs/openai#thinking.
    private const long LowBudget = 1024;
    private const long MediumBudget = 8192;
    private const long HighBudget = 24576;

    /// <summary>Tokens of thinking; null if the client does not say or the model takes a level.</summary>
    public long? Budget { get; private init; }

    /// <summary>The level; null if the client does not say or the model takes a budget.</summary>
    public string? Level { get; private init; }

    /// <summary>Whether the client wants to see what the model thinks.</summary>
    public bool IncludesThoughts { get; private init; }

    /// <summary>Tokens of the whole answer, thinking included; null if the client does not say.</summary>
    public long? MaxOutput { get; private init; }

    /// <summary>Whether there is anything to say about thinking.</summary>
    public bool IsStated => Budget is not null || Level is not null;

    public static GeminiThinking Of(GeminiDraft draft)
    {
        var request = draft.Request;
        var asked = request.MaxCompletionTokens ?? request.MaxTokens;
        if (asked > draft.Model.MostOutput)
        {
            draft.Dropped.Add(request.MaxCompletionTokens is null ? "max_tokens" : "max_completion_tokens");
        }

        var thinking = draft.Model.Thinking switch
        {
            GeminiThinkingKind.Budget => OfBudget(draft),
            GeminiThinkingKind.Level => new() { Level = LevelOf(draft.Model, request.Reasoning), MaxOutput = asked },
            GeminiThinkingKind.None => OfNone(draft, asked),
        };
        return thinking with
        {
            MaxOutput = Min(thinking.MaxOutput, draft.Model.MostOutput),
            IncludesThoughts = request.Reasoning is { IsWanted: true, Exclude: false } && thinking.IsStated && thinking.Budget != draft.Model.LeastBudget,
        };
    }

    private static GeminiThinking OfNone(GeminiDraft draft, long? asked)
    {
        if (draft.Request.Reasoning.IsWanted)
        {
            DropReasoning(draft);
        }

        return new() { MaxOutput = asked };
    }

    private static GeminiThinking OfBudget(GeminiDraft draft)
    {
        var request = draft.Request;
        if (BudgetOf(draft.Model, request.Reasoning) is not { } budget)
        {
            return new() { MaxOutput = request.MaxCompletionTokens ?? request.MaxTokens };
        }

        if (budget <= draft.Model.LeastBudget)
        {
            return new() { Budget = budget, MaxOutput = request.MaxCompletionTokens ?? request.MaxTokens };
        }

        if (request.MaxCompletionTokens is not { } whole)
        {
            return new() { Budget = budget, MaxOutput = request.MaxTokens + budget };
        }

        if (budget >= whole)
        {
            budget = whole - 1;
            if (budget < UsefulBudget)
            {
                DropReasoning(draft);
                budget = draft.Model.LeastBudget;
            }
        }

        return new() { Budget = budget, MaxOutput = whole };
    }

    private static long? BudgetOf(GeminiModel model, in ChatReasoning reasoning) => reasoning.BudgetTokens ?? reasoning.Effort switch
    {
        null => null,
        ChatEffort.None => model.LeastBudget,
        ChatEffort.Minimal => model.MinimalBudget,
        ChatEffort.Low => LowBudget,
        ChatEffort.Medium => MediumBudget,
        ChatEffort.High => HighBudget,
        _ => model.MostBudget,
    };

    private static string? LevelOf(GeminiModel model, in ChatReasoning reasoning) => reasoning switch
    {
        { BudgetTokens: <= (LowBudget + MediumBudget) / 2 } => "low",
        { BudgetTokens: <= (MediumBudget + HighBudget) / 2 } => "medium",
        { BudgetTokens: not null } => "high",
        { Effort: null } => null,
        { Effort: ChatEffort.None or ChatEffort.Minimal } => model.LeastLevel,
        { Effort: ChatEffort.Low } => "low",
        { Effort: ChatEffort.Medium } => "medium",
        _ => "high",
    };

    private static void DropReasoning(GeminiDraft draft)
    {
        var root = draft.Request.Root;
        draft.Dropped.Add(root.Member("reasoning_effort").IsDefined ? "reasoning_effort" : root.Member("reasoning").IsDefined ? "reasoning" : "thinking");
    }

    private static long? Min(long? value, long? most) => value > most ? most : value;
}
