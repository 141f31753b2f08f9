using System.Globalization;
using GatewayActors.Providers.Anthropic;
using GatewayActors.Providers.Mapping;
using GatewayActors.Providers.OpenAI;
using GatewayActors.Providers.Realtime;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Providers.AzureOpenAI;

/// <summary>
/// Azure OpenAI: <c>{resource}/{deployment}/{path}</c>, also as Azure's own SDK spells it (<c>{resource}/openai/deployments/…</c>), the
/// version-less surface <c>{resource}/openai/v1/…</c>, and Claude on Azure, <c>{resource}/anthropic/v1/…</c>.
/// </summary>
/// <remarks>https://learn.microsoft.com/azure/ai-services/openai/reference. No deployment can be called <c>openai</c>.</remarks>
internal sealed class AzureOpenAIProvider : Provider
{
    private const string DefaultApiVersion = "2024-10-21"; // the newest generally available one of the deployment surface
    private const string RealtimeApiVersion = "2025-04-01-preview"; // the newest one of the realtime surface that names deployments
    private const string Shape =
        "The path must be azure-openai/{resource}/{deployment}/{path}, azure-openai/{resource}/openai/v1/{path} or azure/{resource}/anthropic/v1/{path}";

    public override string Slug => "azure-openai";

    public override IReadOnlyList<string> Aliases { get; } = ["azure"];

    public override string DefaultBaseUrl => "https://{resource}.openai.azure.com";

    public override CredentialPlaces Credentials { get; } = new()
    {
        Headers = ["api-key", "authorization", "x-api-key"],
        QueryParameters = ["api-key"],
        InjectHeader = "api-key",
    };

    public override UpstreamMapping Map(in ProviderRequest request)
    {
        if (RequestPath.Problem(request) is { } problem)
        {
            return UpstreamMapping.Refuse(problem);
        }

        var rest = request.Rest;
        var resource = RequestPath.TakeSegment(ref rest);
        if (!HostNames.IsResource(resource))
        {
            return UpstreamMapping.Refuse($"{Shape}; a resource has 1 to 63 letters, digits and hyphens.");
        }

        if (RequestPath.TryTake(ref rest, "anthropic"))
        {
            var root = request.BaseUrl ?? string.Concat("https://", resource, ".services.ai.azure.com");
            return Versioned(root, "anthropic", resource, rest, request.Query);
        }

        var host = request.BaseUrl ?? string.Concat("https://", resource, ".openai.azure.com");
        var isSdk = RequestPath.TryTake(ref rest, "openai");
        if (isSdk && RequestPath.FirstSegment(rest).SequenceEqual("v1"))
        {
            return Versioned(host, "openai", resource, rest, request.Query);
        }

        var hasDeployments = RequestPath.TryTake(ref rest, "deployments");
        return isSdk && !hasDeployments
            ? Resource(host, resource, rest, request)
            : Deployment(host, resource, rest, request);
    }

    public override UpstreamMapping MapRealtime(in ProviderRequest request)
    {
        var rest = request.Rest;
        var resource = RequestPath.TakeSegment(ref rest);
        var deployment = RequestPath.TakeSegment(ref rest);
        if (deployment.IsEmpty || !rest.IsEmpty || deployment is "openai" or "anthropic")
        {
            return Map(request); // Azure's own path.
        }

        // The older surface names the deployment in its query.
        var query = QueryString.Without(request.Query, ["deployment", "model"]);
        if (QueryString.Find(query, "api-version") is null)
        {
            query = $"{(query.Length > 1 ? query + "&" : "?")}api-version={(request.Home?.ApiVersion is { Length: > 0 } stored ? Uri.EscapeDataString(stored) : RealtimeApiVersion)}";
        }

        return Map(request.At($"{resource}/openai/realtime", $"{query}&deployment={deployment}")) is { Address: { } address }
            ? address with { Model = RequestPath.Decode(deployment) }
            : Map(request);
    }

    public override IReadOnlyList<ProtocolHeader> ProtocolHeaders { get; } =
        [.. OpenAIRealtime.Protocols, new("api-key.", "api-key", "")];

    public override RealtimeTexts? RealtimeTexts => OpenAITexts.Instance;

    public override RealtimeMeter? CreateRealtimeMeter(UpstreamAddress address) => new OpenAIMeter();

    public override void PrepareHeaders(IUpstreamHeaders headers, UpstreamAddress address)
    {
        // OpenAI's SDK sends the key twice; Azure would read the bearer as an Entra token and refuse it.
        if (headers["authorization"] is not null
            && (headers["api-key"] is { Length: > 0 } || (IsAnthropic(address) && headers["x-api-key"] is { Length: > 0 })))
        {
            headers.Remove("authorization");
        }
    }

    public override void InjectCredential(IUpstreamHeaders headers, UpstreamAddress address, string credential)
    {
        if (IsAnthropic(address))
        {
            AnthropicCredentials.Inject(Credentials, headers, credential);
        }
        else
        {
            base.InjectCredential(headers, address, credential);
        }
    }

    public override bool HasHome => true;

    /// <inheritdoc/>
    /// <remarks>A key, or JSON with <c>apiKey</c> (also <c>api_key</c>, <c>key</c>) and <c>apiVersion</c> (also <c>api_version</c>).</remarks>
    public override CredentialParts TakeApart(string credential)
    {
        using var json = JsonCredential.TryParse(credential);
        if (json is null || JsonCredential.Text(json.RootElement, "apiKey", "api_key", "key") is not { } key)
        {
            return new(credential, null);
        }

        return new(key, JsonCredential.Text(json.RootElement, "apiVersion", "api_version") is { } version ? new() { ApiVersion = version } : null);
    }

    public override UsageReader? CreateUsageReader(in ResponseFacts response) => UsageReaders.OpenAI(response);

    public override string? ModelType(UpstreamAddress address)
    {
        var path = AfterResource(address);
        if (address.Model is not null)
        {
            RequestPath.TakeSegment(ref path); // A deployment may be called "audio" or anything else.
        }

        return ModelTypes.OfPath(path);
    }

    // {resource}/{deployment}/… : the deployment is the model.
    private static UpstreamMapping Deployment(ReadOnlySpan<char> host, ReadOnlySpan<char> resource, ReadOnlySpan<char> rest, in ProviderRequest request)
    {
        var deployment = RequestPath.TakeSegment(ref rest);
        if (deployment.IsEmpty)
        {
            return UpstreamMapping.Refuse($"{Shape}; the deployment is missing.");
        }

        var slash = rest.IsEmpty ? "" : "/";
        var query = WithApiVersion(request);
        Span<char> buffer = stackalloc char[512];
        return new UpstreamAddress(
            string.Create(CultureInfo.InvariantCulture, buffer, $"{host}/openai/deployments/{deployment}{slash}{rest}{query}"),
            string.Create(CultureInfo.InvariantCulture, buffer, $"{resource}/{deployment}{slash}{rest}"))
        {
            Model = RequestPath.Decode(deployment),
        };
    }

    // {resource}/openai/{models, files, responses, …}: what belongs to the resource and not to one deployment.
    private static UpstreamMapping Resource(ReadOnlySpan<char> host, ReadOnlySpan<char> resource, ReadOnlySpan<char> rest, in ProviderRequest request)
    {
        var query = WithApiVersion(request);
        var slash = rest.IsEmpty ? "" : "/";
        Span<char> buffer = stackalloc char[512];
        return new UpstreamAddress(
            string.Create(CultureInfo.InvariantCulture, buffer, $"{host}/openai{slash}{rest}{query}"),
            string.Create(CultureInfo.InvariantCulture, buffer, $"{resource}/openai{slash}{rest}"));
    }

    // The surfaces with a version in the path take api-version only if the client wants it.
    private static UpstreamMapping Versioned(
        ReadOnlySpan<char> host, string surface, ReadOnlySpan<char> resource, ReadOnlySpan<char> rest, ReadOnlySpan<char> query)
    {
        rest = VersionedPath.Without(rest, "v1");
        var slash = rest.IsEmpty ? "" : "/";
        Span<char> buffer = stackalloc char[512];
        return new UpstreamAddress(
            string.Create(CultureInfo.InvariantCulture, buffer, $"{host}/{surface}/v1{slash}{rest}{query}"),
            string.Create(CultureInfo.InvariantCulture, buffer, $"{resource}/{surface}/v1{slash}{rest}"));
    }

    private static ReadOnlySpan<char> WithApiVersion(in ProviderRequest request)
    {
        if (QueryString.Find(request.Query, "api-version") is not null)
        {
            return request.Query;
        }

        var version = request.Home?.ApiVersion is { Length: > 0 } stored ? Uri.EscapeDataString(stored) : DefaultApiVersion;
        return string.Concat(request.Query.Length > 1 ? request.Query : "", request.Query.Length > 1 ? "&" : "?", "api-version=", version);
    }

    private static bool IsAnthropic(UpstreamAddress address) => RequestPath.FirstSegment(AfterResource(address)).SequenceEqual("anthropic");

    private static ReadOnlySpan<char> AfterResource(UpstreamAddress address)
    {
        ReadOnlySpan<char> path = address.Path;
        RequestPath.TakeSegment(ref path);
        return path;
    }
}
