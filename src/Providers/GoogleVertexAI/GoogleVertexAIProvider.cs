using GatewayActors.Providers.GoogleAIStudio;
using GatewayActors.Providers.Mapping;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Providers.GoogleVertexAI;

/// <summary>Google Vertex AI. The location in the path chooses the host; without one, the credential's region does.</summary>
/// <remarks>https://cloud.google.com/vertex-ai/docs/reference/rest; express mode has neither and goes to the global host.</remarks>
internal sealed class GoogleVertexAIProvider : Provider
{
    private const string DefaultVersion = "v1";
    private const string GlobalHost = "https://aiplatform.googleapis.com";

    public override string Slug => "google-vertex-ai";

    public override IReadOnlyList<string> Aliases { get; } = ["google-vertex", "vertex"];

    public override string DefaultBaseUrl => "https://{region}-aiplatform.googleapis.com";

    public override CredentialPlaces Credentials { get; } = new()
    {
        Headers = ["authorization", "x-goog-api-key"],
        QueryParameters = ["key", "access_token"],
        InjectHeader = "authorization",
        InjectScheme = "Bearer ",
    };

    public override Translation.ChatTranslator? ChatTranslator { get; } = new OpenAIChatToGemini(GoogleService.Vertex);

    public override Translation.Embeddings.EmbeddingTranslator? EmbeddingTranslator { get; } = new OpenAIEmbeddingsToVertex();

    public override UpstreamMapping Map(in ProviderRequest request)
    {
        if (RequestPath.Problem(request) is { } problem)
        {
            return UpstreamMapping.Refuse(problem);
        }

        var rest = VersionedPath.KeepLastVersion(request.Rest);
        var location = LocationOf(rest);
        if (location.IsEmpty)
        {
            var (project, region) = HomeOf(request);
            location = region;
            rest = InProject(rest, project, region);
        }

        if (!location.IsEmpty && !HostNames.IsGoogleLocation(location))
        {
            return UpstreamMapping.Refuse(
                "The location in the path projects/{project}/locations/{location} or in the service account's region may hold lower-case letters, digits and hyphens only.");
        }

        var baseUrl = request.BaseUrl ?? HostOf(location);
        var path = VersionedPath.Without(rest, DefaultVersion);
        return new UpstreamAddress(UrlOf(baseUrl, rest, request.Query), path.ToString()) { Model = GeminiPath.FindModel(path) };
    }

    public override bool HasHome => true;

    public override CredentialParts TakeApart(string credential) =>
        new(credential, ServiceAccount.TryParse(credential, out var account) ? new() { Project = account.ProjectId, Region = account.Region } : null);

    public override UsageReader? CreateUsageReader(in ResponseFacts response) => UsageReaders.GoogleVertexAI(response);

    public override string? ModelType(UpstreamAddress address) => GeminiPath.ModelType(address);

    private static string UrlOf(ReadOnlySpan<char> baseUrl, ReadOnlySpan<char> rest, ReadOnlySpan<char> query)
    {
        var target = VersionedPath.Resolve(baseUrl, defaultVersion: [], rest);
        var first = RequestPath.FirstSegment(rest);
        return !VersionedPath.VersionOf(baseUrl).IsEmpty || rest.IsEmpty || VersionedPath.IsVersion(first) || first is "ws"
            ? UpstreamUrl.Join(target.BaseUrl, target.Path, query)
            : UpstreamUrl.Join(string.Concat(baseUrl, "/", DefaultVersion), target.Path, query);
    }

    private static string HostOf(ReadOnlySpan<char> location) => location switch
    {
        "" or "global" => GlobalHost,
        "us" or "eu" => string.Concat("https://aiplatform.", location, ".rep.googleapis.com"),
        _ => string.Concat("https://", location, "-aiplatform.googleapis.com"),
    };

    private static ReadOnlySpan<char> LocationOf(ReadOnlySpan<char> path)
    {
        while (!path.IsEmpty)
        {
            if (RequestPath.TryTake(ref path, "projects"))
            {
                RequestPath.TakeSegment(ref path);
                return RequestPath.TryTake(ref path, "locations") ? RequestPath.TakeSegment(ref path) : [];
            }

            RequestPath.TakeSegment(ref path);
        }

        return [];
    }

    /// <summary>
    /// A call of a publisher's model without a project is one in express mode, which only API keys have. With a service account it is meant
    /// for the account's own project.
    /// </summary>
    private static ReadOnlySpan<char> InProject(ReadOnlySpan<char> path, string? project, string? region)
    {
        var tail = path;
        var version = VersionedPath.IsVersion(RequestPath.FirstSegment(path)) ? RequestPath.TakeSegment(ref tail) : DefaultVersion;
        return project is { Length: > 0 } && region is { Length: > 0 } && RequestPath.FirstSegment(tail) is "publishers" && tail.Contains(':')
            ? string.Concat(string.Concat(version, "/projects/", Uri.EscapeDataString(project)), "/locations/", region, string.Concat("/", tail))
            : path;
    }

    private static (string? Project, string? Region) HomeOf(in ProviderRequest request) =>
        request.Home is { Region: { } region } home ? (home.Project, region)
        : request.Headers["authorization"] is { } value && ServiceAccount.TryParse(value, out var account) ? (account.ProjectId, account.Region)
        : default;
}
