using GatewayActors.Providers.Mapping;
using GatewayActors.Providers.Realtime;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Providers.Fal;

/// <summary>
/// fal: the path is the app. Its SDK names another URL of fal in <c>x-fal-target-url</c> (queues, storage), which then takes the place of
/// host and path; the general header rules drop that header.
/// </summary>
/// <remarks>https://docs.fal.ai/model-endpoints</remarks>
internal sealed class FalProvider : Provider
{
    public override string Slug => "fal";

    public override string DefaultBaseUrl => "https://fal.run";

    public override CredentialPlaces Credentials { get; } = new()
    {
        Headers = ["authorization"],
        QueryParameters = ["fal_jwt_token"],
        InjectHeader = "authorization",
        InjectScheme = "Key ",
    };

    public override UpstreamMapping Map(in ProviderRequest request)
    {
        if (RequestPath.Problem(request) is { } problem)
        {
            return UpstreamMapping.Refuse(problem);
        }

        if (request.Headers["x-fal-target-url"] is not { } target)
        {
            return new UpstreamAddress(UpstreamUrl.Join(request.BaseUrl ?? DefaultBaseUrl, request.Rest, request.Query), request.Rest.ToString())
            {
                Model = FindApp(request.Rest),
            };
        }

        if (!FalTarget.TryParse(target.AsSpan().Trim(), out var parsed))
        {
            return UpstreamMapping.Refuse(
                "x-fal-target-url must be an absolute https URL of fal (fal.run, fal.ai, fal.media or a subdomain) without user, port, fragment or dot segments.");
        }

        // Where the operator has put something in fal's place, nothing goes past it.
        var isApp = parsed.Host is "fal.run" or "queue.fal.run" or "ws.fal.run";
        return new UpstreamAddress(
            UpstreamUrl.Join(request.BaseUrl ?? string.Concat("https://", parsed.Host), parsed.Path, parsed.Query),
            parsed.Host is "fal.run" ? parsed.Path.ToString() : string.Concat(parsed.Host, "/", parsed.Path))
        {
            Model = isApp ? FindApp(parsed.Path) : null,
        };
    }

    /// <inheritdoc/>
    /// <remarks>Apps that end in <c>realtime</c> speak a protocol of their own at the usual host; all others are HTTP over a WebSocket at another one.</remarks>
    public override UpstreamMapping MapRealtime(in ProviderRequest request)
    {
        if (RequestPath.Problem(request) is { } problem)
        {
            return UpstreamMapping.Refuse(problem);
        }

        var rest = request.Rest.TrimEnd('/');
        if (rest.IsEmpty)
        {
            return UpstreamMapping.Refuse("The path must be fal/{app}.");
        }

        var host = rest.EndsWith("/realtime") ? DefaultBaseUrl : "https://ws.fal.run";
        return new UpstreamAddress(UpstreamUrl.Join(request.BaseUrl ?? host, rest, request.Query), rest.ToString()) { Model = FindApp(rest) };
    }

    public override IReadOnlyList<ProtocolHeader> ProtocolHeaders { get; } = [new("fal-api-key.", "authorization", "Key "), new("authorization.", "authorization", "Key ")];

    public override RealtimeMeter? CreateRealtimeMeter(UpstreamAddress address) => new BilledUnitsMeter();

    public override void PrepareHeaders(IUpstreamHeaders headers, UpstreamAddress address)
    {
        if (AuthorizationValue.BearerToken(headers["authorization"]) is { } key)
        {
            headers.Set("authorization", "Key " + key);
        }
    }

    public override string? ModelType(UpstreamAddress address) => ModelTypes.OfModel(address.Model);

    public override UsageReader? CreateUsageReader(in ResponseFacts response) => UsageReaders.Fal(response);

    // {app}[/stream|/realtime], {app}/requests/{id}[/…]
    private static string? FindApp(ReadOnlySpan<char> path)
    {
        var requests = path.IndexOf("/requests/");
        path = requests < 0 ? path.TrimEnd('/') : path[..requests];
        path = path.EndsWith("/stream") ? path[..^"/stream".Length]
            : path.EndsWith("/realtime") ? path[..^"/realtime".Length]
            : path;
        return RequestPath.DecodeOrNull(path);
    }
}
