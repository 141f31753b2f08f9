using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.Anthropic;

/// <summary>The thinking of an earlier answer, as it came back from the client.</summary>
/// <param name="Text">What was thought; null in <see cref="Data"/>.</param>
/// <param name="Signature">Its signature.</param>
/// <param name="Data">Encrypted thinking.</param>
internal readonly record struct ClaudeReasoning(string? Text, string? Signature, string? Data)
{
    /// <summary>The format of details from Anthropic's own API.</summary>
    public const string Anthropic = "anthropic";

    /// <summary>The format of details from Bedrock.</summary>
    public const string Bedrock = "bedrock";

    /// <summary>
    /// All of it, or nothing: the provider refuses what is not exactly what it sent. In streams the text went by
    /// <c>reasoning_content</c>, which can be told apart only if there was one piece of it.
    /// </summary>
    /// <param name="message">A message of the assistant.</param>
    /// <param name="format">Whose details are wanted.</param>
    public static IReadOnlyList<ClaudeReasoning> Of(ChatMessage message, string format)
    {
        if (!message.ReasoningDetails.IsDefined)
        {
            return [];
        }

        List<ClaudeReasoning> all = [];
        var texts = 0;
        var withoutText = 0;
        foreach (var detail in message.ReasoningDetails.EnumerateArray())
        {
            if (detail.Text("format") != format)
            {
                continue;
            }

            if (detail.Text("data") is { } data)
            {
                all.Add(new(null, null, data));
                continue;
            }

            if (detail.Text("signature") is not { Length: > 0 } signature)
            {
                return [];
            }

            texts++;
            withoutText += detail.Text("text") is null ? 1 : 0;
            all.Add(new(detail.Text("text") ?? message.ReasoningContent, signature, null));
        }

        return withoutText == 0 || (texts == 1 && message.ReasoningContent is not null) ? all : [];
    }

    /// <summary>The first calls of the answers since the user has spoken last whose thinking is not there, where the model is to think on.</summary>
    public static IReadOnlyList<string> MissingCalls(ChatRequest request, ClaudeModel model, string format)
    {
        var thinks = model.Thinks && (request.Reasoning.IsWanted || (model.ThinksByDefault && request.Reasoning.Effort != ChatEffort.None));
        return thinks ? [.. OpenTurns.Of(request).Where(message => Of(message, format).Count == 0).Select(message => message.ToolCalls[0].Id)] : [];
    }

    /// <summary>Whether the latest calls were made without thinking that can be shown again: their results cannot then be thought about.</summary>
    public static bool IsLackingFromCalls(IReadOnlyList<ChatMessage> messages, string format)
    {
        var index = messages.Count - 1;
        var hasResults = false;
        while (index >= 0 && messages[index].Role != ChatRole.Assistant)
        {
            hasResults |= messages[index].Role == ChatRole.Tool;
            index--;
        }

        if (index < 0 || !hasResults)
        {
            return false;
        }

        while (index > 0 && messages[index - 1].Role == ChatRole.Assistant)
        {
            index--;
        }

        return Of(messages[index], format).Count == 0;
    }
}
