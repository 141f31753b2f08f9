namespace GatewayActors.Providers.Translation;

/// <summary>The formats in which clients may ask any provider for an answer.</summary>
public enum ClientFormat
{
    /// <summary>OpenAI's chat completions.</summary>
    ChatCompletions,

    /// <summary>OpenAI's Responses.</summary>
    Responses,

    /// <summary>Anthropic's Messages.</summary>
    Messages,
}
