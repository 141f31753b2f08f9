using GatewayActors.Providers.Mapping;
using GatewayActors.Providers.Realtime;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Providers.GoogleAIStudio;

/// <summary>Google AI Studio (Gemini API). Paths carry their version; v1beta is meant where they do not.</summary>
/// <remarks>https://ai.google.dev/api</remarks>
internal sealed class GoogleAIStudioProvider : Provider
{
    private const string DefaultVersion = "v1beta";

    public override string Slug => "google-ai-studio";

    public override IReadOnlyList<string> Aliases { get; } = ["google"];

    public override string DefaultBaseUrl => "https://generativelanguage.googleapis.com";

    public override CredentialPlaces Credentials { get; } = new()
    {
        Headers = ["x-goog-api-key", "authorization"],
        QueryParameters = ["key", "access_token"],
        InjectHeader = "x-goog-api-key",
    };

    public override Translation.ChatTranslator? ChatTranslator { get; } = new OpenAIChatToGemini(GoogleService.AIStudio);

    public override Translation.Embeddings.EmbeddingTranslator? EmbeddingTranslator { get; } = new OpenAIEmbeddingsToGemini();

    public override UpstreamMapping Map(in ProviderRequest request)
    {
        if (RequestPath.Problem(request) is { } problem)
        {
            return UpstreamMapping.Refuse(problem);
        }

        var rest = VersionedPath.KeepLastVersion(request.Rest);
        var baseUrl = request.BaseUrl ?? DefaultBaseUrl;
        var path = VersionedPath.Without(rest, DefaultVersion);
        return new UpstreamAddress(UrlOf(baseUrl, rest, request.Query), path.ToString()) { Model = GeminiPath.FindModel(path) };
    }

    public override UpstreamMapping MapRealtime(in ProviderRequest request)
    {
        if (RequestPath.Problem(request) is { } problem)
        {
            return UpstreamMapping.Refuse(problem);
        }

        // The documented form has a name of its own for the key, and no path. Ephemeral tokens have a method of their own.
        var query = GeminiLive.QueryOf(request.Query);
        var rest = request.Rest.TrimEnd('/');
        var path = !rest.IsEmpty ? rest : GeminiLive.PathOf(query);
        return new UpstreamAddress(UpstreamUrl.Join(VersionedPath.WithoutVersion(request.BaseUrl ?? DefaultBaseUrl), path, query), path.ToString());
    }

    public override RealtimeTexts? RealtimeTexts => GeminiLiveTexts.Instance;

    public override RealtimeMeter? CreateRealtimeMeter(UpstreamAddress address) => new GeminiLiveMeter();

    public override string? ModelType(UpstreamAddress address) =>
        RequestPath.FirstSegment(address.Path).SequenceEqual("ws") ? ModelTypes.TextGeneration : GeminiPath.ModelType(address);

    private static string UrlOf(ReadOnlySpan<char> baseUrl, ReadOnlySpan<char> rest, ReadOnlySpan<char> query)
    {
        var target = VersionedPath.Resolve(baseUrl, defaultVersion: [], rest);
        return !VersionedPath.VersionOf(baseUrl).IsEmpty || rest.IsEmpty || CarriesVersion(rest)
            ? UpstreamUrl.Join(target.BaseUrl, target.Path, query)
            : UpstreamUrl.Join(string.Concat(baseUrl, "/", DefaultVersion), target.Path, query);
    }

    // upload/v1beta/files and ws/google.ai… stand beside the versions.
    private static bool CarriesVersion(ReadOnlySpan<char> rest)
    {
        var first = RequestPath.FirstSegment(rest);
        return VersionedPath.IsVersion(first) || first is "upload" or "download" or "ws";
    }

    public override UsageReader? CreateUsageReader(in ResponseFacts response) => UsageReaders.GoogleAIStudio(response);
}
