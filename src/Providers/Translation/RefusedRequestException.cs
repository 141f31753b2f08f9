namespace GatewayActors.Providers.Translation;

/// <summary>A request cannot be put into another provider's format without changing what it means.</summary>
/// <param name="message">Why; for the client. It holds nothing of the request but names.</param>
/// <param name="parameter">The member at fault, such as <c>messages[2].content[0]</c>.</param>
public sealed class RefusedRequestException(string message, string? parameter) : Exception(message)
{
    /// <summary>The member at fault.</summary>
    public string? Parameter { get; } = parameter;

    /// <summary>OpenAI's word for the mistake; null where it has none.</summary>
    public string? Code { get; init; }
}
