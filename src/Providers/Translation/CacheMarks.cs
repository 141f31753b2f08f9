namespace GatewayActors.Providers.Translation;

/// <summary>The marks of a request in the order in which they are written: at most four, the last ones, the long-lived before the short-lived.</summary>
internal sealed class CacheMarks
{
    private const int MaxMarks = 4;

    private int _surplus;
    private bool _hasShort;

    public CacheMarks(ChatRequest request)
    {
        _surplus = -MaxMarks;
        foreach (var tool in request.Tools)
        {
            _surplus += tool.CacheMark is null ? 0 : 1;
        }

        foreach (var message in request.Messages)
        {
            var hasLast = false;
            foreach (var part in message.Parts)
            {
                hasLast = part.CacheMark is not null;
                _surplus += hasLast && message.Role != ChatRole.Tool ? 1 : 0;
            }

            // A result is one block, whatever its parts; elsewhere a mark on the message is one on its last block.
            _surplus += message.Role == ChatRole.Tool ? OfResult(message) is null ? 0 : 1
                : message.CacheMark is null || (hasLast && message.ToolCalls.Count == 0) ? 0 : 1;
        }
    }

    /// <summary>The mark of a result, wherever in it the client put it.</summary>
    public static ChatCacheMark? OfResult(ChatMessage message)
    {
        var mark = message.CacheMark;
        for (var index = message.Parts.Count - 1; index >= 0 && mark is null; index--)
        {
            mark = message.Parts[index].CacheMark;
        }

        return mark;
    }

    /// <summary>The lifetime of the next mark; null if it is not to be written, empty for the provider's default.</summary>
    public string? Next(ChatCacheMark? mark)
    {
        if (mark is null || _surplus-- > 0)
        {
            return null;
        }

        var isLong = mark.Ttl == "1h" && !_hasShort;
        _hasShort |= !isLong;
        return isLong ? "1h" : mark.Ttl is null ? "" : "5m";
    }
}
