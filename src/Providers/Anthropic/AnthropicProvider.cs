using GatewayActors.Providers.Mapping;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Providers.Anthropic;

/// <summary>Anthropic.</summary>
/// <remarks>https://docs.anthropic.com/en/api; version 2023-06-01.</remarks>
internal sealed class AnthropicProvider() : SingleHostProvider("anthropic", "https://api.anthropic.com/v1")
{
    public override CredentialPlaces Credentials { get; } = new()
    {
        Headers = ["x-api-key", "authorization"],
        InjectHeader = "x-api-key",
    };

    /// <summary>The catalogue writes <c>claude-sonnet-4.5</c>, the API <c>claude-sonnet-4-5</c>.</summary>
    public override string FromCatalogue(string model) => model.Replace('.', '-');

    public override void InjectCredential(IUpstreamHeaders headers, UpstreamAddress address, string credential) =>
        AnthropicCredentials.Inject(Credentials, headers, credential);

    public override string? MessagesPath(string endpoint) => endpoint is "messages" or "messages/count_tokens" ? "v1/" + endpoint : null;

    public override Translation.ChatTranslator? ChatTranslator { get; } = new OpenAIChatToAnthropicMessages();

    public override UsageReader? CreateUsageReader(in ResponseFacts response) => UsageReaders.Anthropic(response);
}
