using System.Globalization;
using GatewayActors.Providers.Mapping;
using GatewayActors.Providers.Translation.Completions;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Providers.Baseten;

/// <summary>
/// Baseten: shared models under an OpenAI-compatible base, and <c>model/{id}</c> for a deployed model, which has a host of its own.
/// </summary>
/// <remarks>https://docs.baseten.co/reference</remarks>
internal sealed class BasetenProvider : Provider
{
    private const string DefaultCall = "production/predict";

    public override string Slug => "baseten";

    public override string DefaultBaseUrl => "https://inference.baseten.co/v1";

    public override UpstreamMapping Map(in ProviderRequest request)
    {
        if (RequestPath.Problem(request) is { } problem)
        {
            return UpstreamMapping.Refuse(problem);
        }

        var target = VersionedPath.Resolve(request.BaseUrl ?? DefaultBaseUrl, "v1", request.Rest);
        var path = VersionedPath.Without(target.Path, "v1");
        if (RequestPath.TryTake(ref path, "model"))
        {
            return Model(request, path);
        }

        return new UpstreamAddress(UpstreamUrl.Join(target.BaseUrl, target.Path, request.Query), path.ToString());
    }

    public override void InjectCredential(IUpstreamHeaders headers, UpstreamAddress address, string credential) =>
        Credentials.Inject(headers, "authorization", (IsModel(address) ? "Api-Key " : "Bearer ") + credential);

    public override string? ModelType(UpstreamAddress address) => ModelTypes.OfPath(address.Path);

    public override string? OpenAIPath(string endpoint) => OpenAIEndpoints.ChatAndEmbeddings.Contains(endpoint) ? endpoint : null;

    private static UpstreamMapping Model(in ProviderRequest request, ReadOnlySpan<char> path)
    {
        var id = RequestPath.TakeSegment(ref path);
        if (!HostNames.IsBasetenModel(id))
        {
            return UpstreamMapping.Refuse("The path must be baseten/model/{id} or baseten/model/{id}/{path}; an id has lower-case letters and digits only.");
        }

        var call = path.IsEmpty ? DefaultCall : path;
        Span<char> buffer = stackalloc char[512];

        // An operator's base stands for scheme, host and prefix; the path stays what the model's own host would get.
        var url = request.BaseUrl is { } baseUrl
            ? UpstreamUrl.Join(VersionedPath.WithoutVersion(baseUrl), call, request.Query)
            : string.Create(CultureInfo.InvariantCulture, buffer, $"https://model-{id}.api.baseten.co/{call}{request.Query}");
        return new UpstreamAddress(url, string.Create(CultureInfo.InvariantCulture, buffer, $"model/{id}/{call}")) { Model = id.ToString() };
    }

    private static bool IsModel(UpstreamAddress address) => RequestPath.FirstSegment(address.Path).SequenceEqual("model");

    public override CompletionsDialect Completions { get; } = new()
    {
        TakesTopK = true,
    };

    public override UsageReader? CreateUsageReader(in ResponseFacts response) => UsageReaders.OpenAI(response);
}
