namespace GatewayActors.Providers.Mapping;

/// <summary>
/// A provider whose whole API stands under one base URL. Where that ends with a version segment, paths with and without it reach the same
/// URL; where it does not, paths are appended as they are.
/// </summary>
internal abstract class SingleHostProvider(string slug, string baseUrl) : Provider
{
    private readonly string _version = VersionedPath.VersionOf(baseUrl).ToString();

    public sealed override string Slug => slug;

    public sealed override string DefaultBaseUrl => baseUrl;

    public override UpstreamMapping Map(in ProviderRequest request)
    {
        if (RequestPath.Problem(request) is { } problem)
        {
            return UpstreamMapping.Refuse(problem);
        }

        var target = VersionedPath.Resolve(request.BaseUrl ?? baseUrl, _version, DropPrefix(request.Rest));
        var path = DropVersion(VersionedPath.Without(target.Path, _version));
        return new UpstreamAddress(UpstreamUrl.Join(target.BaseUrl, target.Path, request.Query), path.ToString())
        {
            Model = FindModel(path, request.Query),
        };
    }

    public override string? ModelType(UpstreamAddress address) => ModelTypes.OfPath(address.Path);

    public override string? OpenAIPath(string endpoint) => Endpoints.Contains(endpoint) ? endpoint : null;

    /// <summary>The endpoints of OpenAI's that stand under the same path below this provider's base URL.</summary>
    protected virtual IReadOnlyList<string> Endpoints => [];

    /// <summary>Drops what some clients repeat of the base URL before the version.</summary>
    protected virtual ReadOnlySpan<char> DropPrefix(ReadOnlySpan<char> rest) => rest;

    /// <summary>Drops a version from the path that is logged, where the provider serves both spellings itself.</summary>
    protected virtual ReadOnlySpan<char> DropVersion(ReadOnlySpan<char> path) => path;

    /// <summary>The model that the path or query names.</summary>
    protected virtual string? FindModel(ReadOnlySpan<char> path, ReadOnlySpan<char> query) => null;

    /// <summary>Drops a first segment, such as <c>openai</c>, only where a version follows it: alone it may be the provider's own path.</summary>
    protected static ReadOnlySpan<char> DropBeforeVersion(ReadOnlySpan<char> rest, ReadOnlySpan<char> segment)
    {
        var tail = rest;
        return RequestPath.TryTake(ref tail, segment) && VersionedPath.IsVersion(RequestPath.FirstSegment(tail)) ? tail : rest;
    }
}
