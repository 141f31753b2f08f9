using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.Anthropic;

/// <summary>A chat completion as Anthropic takes it.</summary>
internal sealed class AnthropicChatCall : ChatCall
{
    /// <summary>What the request has made of the answer.</summary>
    public required ClaudeAnswerForm Form { get; init; }

    /// <inheritdoc/>
    public override ChatAnswerReader CreateReader(ChatAnswer answer, bool isStream)
    {
        var message = new ClaudeAnswer(answer, Form);
        return isStream ? new AnthropicStreamReader(answer, message) : new AnthropicMessageReader(answer, message);
    }
}
