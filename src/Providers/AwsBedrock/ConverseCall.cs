using GatewayActors.Providers.Anthropic;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.AwsBedrock;

/// <summary>A chat completion as Converse takes it.</summary>
internal sealed class ConverseCall : ChatCall
{
    /// <summary>What the request has made of the answer.</summary>
    public required ClaudeAnswerForm Form { get; init; }

    /// <inheritdoc/>
    public override ChatAnswerReader CreateReader(ChatAnswer answer, bool isStream)
    {
        var message = new ClaudeAnswer(answer, Form);
        return isStream ? new ConverseStreamReader(answer, message) : new ConverseReader(answer, message);
    }
}
