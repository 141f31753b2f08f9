namespace GatewayActors.Providers.Translation;

/// <summary>The answers that the model is still working on: those with calls since the user has spoken last.</summary>
internal static class OpenTurns
{
    private const int Most = 32; // of one conversation; what was thought long before is of little worth

    public static IEnumerable<ChatMessage> Of(ChatRequest request)
    {
        var count = 0;
        for (var index = request.Messages.Count - 1; index >= 0 && request.Messages[index].Role != ChatRole.User && count < Most; index--)
        {
            if (request.Messages[index] is { Role: ChatRole.Assistant, ToolCalls.Count: > 0 } message)
            {
                count++;
                yield return message;
            }
        }
    }
}
