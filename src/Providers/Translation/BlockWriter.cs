namespace GatewayActors.Providers.Translation;

/// <summary>Writes what messages hold as the blocks of a provider's format. Belongs to one request.</summary>
internal abstract class BlockWriter
{
    /// <summary>The last part that becomes a block; -1 for none.</summary>
    public static int LastOf(ChatMessage message)
    {
        var last = message.Parts.Count - 1;
        while (last >= 0 && IsBlank(message.Parts[last]))
        {
            last--;
        }

        return last;
    }

    /// <summary>Whether it is a text of nothing, which the providers refuse.</summary>
    public static bool IsBlank(ChatPart part) => part.Kind == ChatPartKind.Text && string.IsNullOrWhiteSpace(part.Text);

    /// <summary>Writes a text.</summary>
    public abstract void Text(string text, ChatCacheMark? mark);

    /// <summary>Writes a part that is not blank.</summary>
    public abstract void Part(ChatPart part, ChatCacheMark? mark);

    /// <summary>Writes the reasoning that came back with a message of the assistant, if it is the provider's.</summary>
    public abstract void Thoughts(ChatMessage message);

    /// <summary>Writes a call.</summary>
    public abstract void Call(ChatToolCall call, ChatCacheMark? mark);

    /// <summary>Writes the result of a call.</summary>
    public abstract void Result(ChatMessage message);

    /// <summary>A turn ends: what it still lacks is written now.</summary>
    public virtual void EndTurn()
    {
    }
}
