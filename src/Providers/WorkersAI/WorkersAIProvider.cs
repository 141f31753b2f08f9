using System.Globalization;
using GatewayActors.Providers.Mapping;
using GatewayActors.Providers.Realtime;
using GatewayActors.Providers.Translation.Completions;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Providers.WorkersAI;

/// <summary>
/// Workers AI: models by path (<c>@cf/…</c>, with or without <c>run/</c>), and an OpenAI-compatible surface under <c>v1</c>. The account
/// in the URL is the credential's, not the gateway's.
/// </summary>
/// <remarks>
/// https://developers.cloudflare.com/api/resources/ai. An operator's base URL stands for <c>…/ai/run</c>; one that ends with <c>/run</c>
/// or <c>/ai</c> is recognised, and <c>v1</c> is found beside <c>run</c>.
/// </remarks>
internal sealed class WorkersAIProvider : Provider
{
    private static readonly OpenAIChatToWorkersAIRun RunTranslator = new();

    public override string Slug => "workers-ai";

    public override string DefaultBaseUrl => "https://api.cloudflare.com/client/v4/accounts/{account}/ai/run";

    public override bool IsHosted => true;

    public override UpstreamMapping Map(in ProviderRequest request)
    {
        if (RequestPath.Problem(request) is { } problem)
        {
            return UpstreamMapping.Refuse(problem);
        }

        if (request.BaseUrl is null && request.Home?.Account is not { Length: > 0 })
        {
            return UpstreamMapping.Refuse(
                "workers-ai needs the Cloudflare account of its credential: store an account_id with the key, or let the operator set Gateway:Providers:workers-ai:BaseUrl.");
        }

        var baseUrl = request.BaseUrl ?? DefaultBaseUrl.Replace("{account}", Uri.EscapeDataString(request.Home!.Account!), StringComparison.Ordinal);
        return RequestPath.FirstSegment(request.Rest).SequenceEqual("v1")
            ? OpenAICompatible(baseUrl, VersionedPath.Without(request.Rest, "v1"), request.Query)
            : Run(baseUrl, request.Rest, request.Query);
    }

    /// <inheritdoc/>
    /// <remarks>The documented form names the model in the query and has no path.</remarks>
    public override UpstreamMapping MapRealtime(in ProviderRequest request)
    {
        if (!request.Rest.TrimEnd('/').IsEmpty)
        {
            return Map(request);
        }

        return QueryString.Find(request.Query, "model") is { } model
            ? Map(request.At(model, QueryString.Without(request.Query, ["model"])))
            : UpstreamMapping.Refuse("workers-ai needs a model for a WebSocket, such as ?model=@cf/deepgram/nova-3.");
    }

    public override RealtimeMeter? CreateRealtimeMeter(UpstreamAddress address) =>
        address.Model?.Contains("aura", StringComparison.OrdinalIgnoreCase) == true ? new SpeechMeter(SpeechForm.Deepgram) : new ListenMeter();

    public override string? ModelType(UpstreamAddress address) => address.Model is null
        ? ModelTypes.OfPath(address.Path)
        : ModelTypes.OfModel(address.Model) ?? ModelTypes.TextGeneration;

    public override CompletionsDialect Completions { get; } = new()
    {
        TakesParts = false,
        TakesTopK = true,
        TakesImageUrls = false,
        WritesEmptyContent = true,
        ReasoningMember = "reasoning",
    };

    public override Translation.ChatTranslator? ChatTranslatorOf(string model) => WorkersAIModel.IsOpenAICompatible(model) ? null : RunTranslator;

    public override Translation.Embeddings.EmbeddingTranslator? EmbeddingTranslator { get; } = new OpenAIEmbeddingsToWorkersAI();

    public override bool HasHome => true;

    /// <inheritdoc/>
    /// <remarks>An API token, or JSON with <c>apiToken</c> (also <c>api_token</c>, <c>apiKey</c>) and <c>accountId</c> (also <c>account_id</c>).</remarks>
    public override CredentialParts TakeApart(string credential)
    {
        using var json = JsonCredential.TryParse(credential);
        if (json is null || JsonCredential.Text(json.RootElement, "apiToken", "api_token", "apiKey") is not { } token)
        {
            return new(credential, null);
        }

        return new(token, JsonCredential.Text(json.RootElement, "accountId", "account_id") is { } account ? new() { Account = account } : null);
    }

    public override UsageReader? CreateUsageReader(in ResponseFacts response) => UsageReaders.WorkersAI(response);

    public override string? OpenAIPath(string endpoint) => OpenAIEndpoints.ChatAndEmbeddings.Contains(endpoint) ? "v1/" + endpoint : null;

    private static UpstreamAddress OpenAICompatible(ReadOnlySpan<char> baseUrl, ReadOnlySpan<char> path, ReadOnlySpan<char> query)
    {
        var root = baseUrl.EndsWith("/run") ? baseUrl[..^4] : baseUrl;
        Span<char> buffer = stackalloc char[512];
        return new(
            string.Create(CultureInfo.InvariantCulture, buffer, $"{VersionedPath.WithoutVersion(root)}/v1/{path}{query}"),
            string.Concat("v1/", path));
    }

    private static UpstreamAddress Run(ReadOnlySpan<char> baseUrl, ReadOnlySpan<char> rest, ReadOnlySpan<char> query)
    {
        RequestPath.TryTake(ref rest, "run");
        var root = baseUrl.EndsWith("/ai") ? string.Concat(baseUrl, "/run") : baseUrl;
        return new(UpstreamUrl.Join(root, rest, query), string.Concat("run/", rest)) { Model = RequestPath.DecodeOrNull(rest) };
    }
}
