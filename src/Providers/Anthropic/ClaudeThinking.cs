using System.Text.Json;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.Anthropic;

/// <summary>How much a Claude is to think and to write, in the terms of its generation.</summary>
internal readonly record struct ClaudeThinking
{
    private const long MinBudget = 1024;
    private const long DefaultWhole = 16_384; // An answer in one piece that runs longer may outlast the connection.
    private const long DefaultOther = 4096;

    /// <summary>How it is told.</summary>
    public ClaudeThinkingMode Mode { get; private init; }

    /// <summary>Tokens of thinking, with <see cref="ClaudeThinkingMode.Budget"/>.</summary>
    public long Budget { get; private init; }

    /// <summary>The effort; null if nothing is to be said.</summary>
    public string? Effort { get; private init; }

    /// <summary>Whether the client wants to see the thinking.</summary>
    public bool IsShown { get; private init; }

    /// <summary>Whether the model thinks, because it is told to or by its nature.</summary>
    public bool IsOn { get; private init; }

    /// <summary>The most tokens of the answer, thinking included.</summary>
    public long MaxTokens { get; private init; }

    /// <summary>Decides for a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="model">Its model.</param>
    /// <param name="isImpossible">Whether the rest of the request does not go together with thinking.</param>
    /// <param name="dropped">Takes what is left out.</param>
    public static ClaudeThinking Decide(ChatRequest request, ClaudeModel model, bool isImpossible, List<string> dropped)
    {
        var reasoning = request.Reasoning;
        var plain = new ClaudeThinking { MaxTokens = Limit(request, model, dropped) };
        if (!model.Thinks)
        {
            Drop(request, dropped);
            return plain;
        }

        if (model.AlwaysThinks && reasoning.Effort == ChatEffort.None)
        {
            dropped.Add(Member(request)); // As near as it comes.
            return plain with { Mode = ClaudeThinkingMode.Adaptive, Effort = "low", IsOn = true };
        }

        var isOn = reasoning.IsWanted || (model.ThinksByDefault && reasoning.Effort != ChatEffort.None);
        if (isOn && isImpossible && !model.AlwaysThinks)
        {
            Drop(request, dropped);
            isOn = false;
        }

        if (!isOn)
        {
            return plain with { Mode = model.ThinksByDefault ? ClaudeThinkingMode.Disabled : ClaudeThinkingMode.Unstated };
        }

        if (!reasoning.IsWanted)
        {
            return plain with { IsOn = true };
        }

        return model.ThinksAdaptively
            ? plain with { Mode = ClaudeThinkingMode.Adaptive, Effort = EffortOf(reasoning, model), IsOn = true, IsShown = !reasoning.Exclude }
            : WithBudget(plain, request, model, dropped);
    }

    /// <summary>Writes <c>thinking</c>, if anything is to be said.</summary>
    public void Write(Utf8JsonWriter json)
    {
        if (Mode == ClaudeThinkingMode.Unstated)
        {
            return;
        }

        json.WriteStartObject("thinking"u8);
        switch (Mode)
        {
            case ClaudeThinkingMode.Adaptive:
                json.WriteString("type"u8, "adaptive"u8);
                if (IsShown)
                {
                    json.WriteString("display"u8, "summarized"u8);
                }

                break;
            case ClaudeThinkingMode.Budget:
                json.WriteString("type"u8, "enabled"u8);
                json.WriteNumber("budget_tokens"u8, Budget);
                break;
            default:
                json.WriteString("type"u8, "disabled"u8);
                break;
        }

        json.WriteEndObject();
    }

    private static ClaudeThinking WithBudget(ClaudeThinking plain, ChatRequest request, ClaudeModel model, List<string> dropped)
    {
        var cap = model.OutputCap ?? DefaultOther;
        var isLimited = request.MaxCompletionTokens is not null || request.MaxTokens is not null;
        var budget = request.Reasoning.BudgetTokens ?? Math.Max(MinBudget, (long)(Share(request.Reasoning.Effort) * (isLimited ? cap : plain.MaxTokens)));

        // By custom max_tokens does not count reasoning, max_completion_tokens does.
        var maxTokens = request.MaxCompletionTokens is null && request.MaxTokens is { } answer ? Math.Min(Math.Min(answer, cap) + budget, cap) : plain.MaxTokens;
        budget = Math.Min(budget, maxTokens - 1);
        if (budget < MinBudget)
        {
            dropped.Add(Member(request));
            return plain;
        }

        return plain with { Mode = ClaudeThinkingMode.Budget, Budget = budget, MaxTokens = maxTokens, IsOn = true, IsShown = !request.Reasoning.Exclude };
    }

    private static long Limit(ChatRequest request, ClaudeModel model, List<string> dropped)
    {
        if ((request.MaxCompletionTokens ?? request.MaxTokens) is not { } stated)
        {
            var most = model.OutputCap ?? DefaultOther;
            return request.Stream ? most : Math.Min(most, DefaultWhole);
        }

        if (model.OutputCap is { } cap && stated > cap)
        {
            dropped.Add(request.MaxCompletionTokens is null ? "max_tokens" : "max_completion_tokens");
            return cap;
        }

        return stated;
    }

    private static string EffortOf(ChatReasoning reasoning, ClaudeModel model)
    {
        var effort = reasoning.Effort ?? Nearest(reasoning.BudgetTokens ?? 0, model.OutputCap ?? DefaultOther);
        return effort switch
        {
            ChatEffort.None or ChatEffort.Minimal or ChatEffort.Low => "low",
            ChatEffort.Medium => "medium",
            ChatEffort.High => "high",
            ChatEffort.XHigh => model.KnowsExtraHighEffort ? "xhigh" : "max",
            ChatEffort.Max => "max",
        };
    }

    /// <summary>The effort that is nearest to a number of tokens.</summary>
    public static ChatEffort Nearest(long budget, long cap = 32_768)
    {
        ReadOnlySpan<ChatEffort> efforts = [ChatEffort.Low, ChatEffort.Medium, ChatEffort.High, ChatEffort.Max];
        var nearest = ChatEffort.Low;
        foreach (var effort in efforts)
        {
            if (Math.Abs(budget - (Share(effort) * cap)) < Math.Abs(budget - (Share(nearest) * cap)))
            {
                nearest = effort;
            }
        }

        return nearest;
    }

    /// <summary>The share of the answer that an effort may take.</summary>
    private static double Share(ChatEffort? effort) => effort switch
    {
        ChatEffort.Low => 0.1,
        ChatEffort.Medium => 0.3,
        ChatEffort.High => 0.6,
        ChatEffort.XHigh or ChatEffort.Max => 0.9,
        _ => 0,
    };

    private static void Drop(ChatRequest request, List<string> dropped)
    {
        if (request.Reasoning.IsWanted)
        {
            dropped.Add(Member(request));
        }
    }

    /// <summary>The member in which a request speaks of reasoning.</summary>
    public static string Member(ChatRequest request) =>
        request.Root.Member("reasoning_effort").IsDefined ? "reasoning_effort"
        : request.Root.Member("reasoning").IsObject ? "reasoning"
        : "thinking";
}

/// <summary>How a Claude is told whether to think.</summary>
internal enum ClaudeThinkingMode
{
    /// <summary>Not at all.</summary>
    Unstated,

    /// <summary>Not to.</summary>
    Disabled,

    /// <summary>As much as it finds right.</summary>
    Adaptive,

    /// <summary>Up to a number of tokens.</summary>
    Budget,
}
