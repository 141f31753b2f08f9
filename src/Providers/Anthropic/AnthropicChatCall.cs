using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.Anthropic;

/// <summary>A chat completion as Anthropic takes it.</summary>
internal sealed class AnthropicChatCall : ChatCall
{
    /// <summary>Whether the answer comes as the arguments of <see cref="AnthropicTools.AnswerTool"/>.</summary>
    public bool UsesAnswerTool { get; init; }

    /// <summary>Whether the answer is JSON by instruction only, so that a code fence may stand around it.</summary>
    public bool MayBeFenced { get; init; }

    /// <summary>Whether the client does not want to see reasoning.</summary>
    public bool HidesReasoning { get; init; }

    /// <inheritdoc/>
    public override ChatAnswerReader CreateReader(ChatAnswer answer, bool isStream)
    {
        var message = new AnthropicAnswer(answer, this);
        return isStream ? new AnthropicStreamReader(answer, message) : new AnthropicMessageReader(answer, message);
    }
}
