using System.Globalization;
using GatewayActors.Providers.Anthropic;
using GatewayActors.Providers.Mapping;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Providers.AwsBedrock;

/// <summary>
/// Amazon Bedrock: <c>{service}/{region}/{path}</c>. What stands after the region reaches AWS byte for byte, because the client may have
/// signed it.
/// </summary>
/// <remarks>https://docs.aws.amazon.com/bedrock/latest/APIReference</remarks>
internal sealed class AwsBedrockProvider : Provider
{
    /// <summary>Stands in a path for the region where the credential is at home.</summary>
    internal const string HomeRegion = "home";

    private const string DefaultRegion = "us-east-1"; // where every model is, and keys are usually made

    public override string Slug => "aws-bedrock";

    public override Translation.ChatTranslator? ChatTranslator { get; } = new OpenAIChatToConverse();

    public override Translation.Embeddings.EmbeddingTranslator? EmbeddingTranslator { get; } = new OpenAIEmbeddingsToBedrock();

    public override IReadOnlyList<string> Aliases { get; } = ["bedrock"];

    public override string DefaultBaseUrl => "https://{service}.{region}.amazonaws.com";

    public override CredentialPlaces Credentials { get; } = new()
    {
        Headers = ["authorization", "x-api-key"],
        QueryParameters = ["X-Amz-Signature"],
        Companions = ["x-amz-date", "x-amz-security-token", "x-amz-content-sha256"],
        InjectHeader = "authorization",
        InjectScheme = "Bearer ",
    };

    public override UpstreamMapping Map(in ProviderRequest request)
    {
        if (RequestPath.Problem(request) is { } problem)
        {
            return UpstreamMapping.Refuse(problem);
        }

        var rest = request.Rest;
        var service = RequestPath.TakeSegment(ref rest);
        var region = RequestPath.TakeSegment(ref rest);
        var path = request.Rest.ToString();
        if (region is HomeRegion)
        {
            region = request.Home?.Region ?? RegionOf(request.Headers["authorization"]) ?? DefaultRegion;
            path = $"{service}/{region}/{rest}";
        }

        if (service is not ("bedrock-runtime" or "bedrock-mantle" or "bedrock-agent-runtime" or "bedrock"))
        {
            return UpstreamMapping.Refuse(
                "The path must be aws-bedrock/{service}/{region}/{path}; services are bedrock-runtime, bedrock-mantle, bedrock-agent-runtime and bedrock.");
        }

        if (!HostNames.IsAwsRegion(region))
        {
            return UpstreamMapping.Refuse("The path must be aws-bedrock/{service}/{region}/{path}; a region looks like us-east-1.");
        }

        Span<char> buffer = stackalloc char[512];
        var host = request.BaseUrl
            ?? string.Create(CultureInfo.InvariantCulture, buffer, $"https://{service}.{region}.{DomainOf(service, region)}");
        return new UpstreamAddress(UpstreamUrl.Join(host, rest, request.Query), path) { Model = FindModel(rest) };
    }

    public override bool KeepsHeader(IHeaderSource headers, string name) => SignedRequest.Covers(headers, name);

    public override void PrepareHeaders(IUpstreamHeaders headers, UpstreamAddress address)
    {
        if (IsMantleAnthropic(address) && AuthorizationValue.BearerToken(headers["authorization"]) is { } key)
        {
            headers.Remove("authorization");
            headers.Set("x-api-key", key);
        }
    }

    /// <inheritdoc/>
    /// <remarks>For Bedrock API keys; access keys sign instead (<see cref="CreateSigner"/>).</remarks>
    public override void InjectCredential(IUpstreamHeaders headers, UpstreamAddress address, string credential)
    {
        if (IsMantleAnthropic(address))
        {
            AnthropicCredentials.Inject(Credentials, headers, credential);
        }
        else
        {
            base.InjectCredential(headers, address, credential);
        }
    }

    public override bool TakesSigningKeys => true;

    public override bool HasHome => true;

    public override CredentialParts TakeApart(string credential) => new(credential, RegionOf(credential) is { } region ? new() { Region = region } : null);

    public override SignerResult CreateSigner(UpstreamAddress address, string credential)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(credential);
        if (!AwsCredential.TryParse(credential, out var keys))
        {
            return default; // An API key, or a signature of the client's own.
        }

        if (keys is null)
        {
            return new(null, "The AWS credential must be a JSON object with accessKeyId, secretAccessKey, region and, of temporary keys, sessionToken.");
        }

        ReadOnlySpan<char> path = address.Path;
        var service = RequestPath.TakeSegment(ref path);
        var region = RequestPath.TakeSegment(ref path);
        return new(new BedrockSigner(keys, Credentials, service is "bedrock-mantle" ? "bedrock-mantle" : "bedrock", region.ToString()), null);
    }

    public override string? ModelType(UpstreamAddress address)
    {
        if (address.Model is null)
        {
            return ModelTypes.OfPath(address.Path);
        }

        var operation = address.Path.AsSpan(address.Path.LastIndexOf('/') + 1);
        return operation.StartsWith("converse") ? ModelTypes.TextGeneration : ModelTypes.OfModel(address.Model) ?? ModelTypes.TextGeneration;
    }

    public override UsageReader? CreateUsageReader(in ResponseFacts response) => UsageReaders.Bedrock(response);

    private static string? RegionOf(string? authorization) =>
        authorization is not null && AwsCredential.TryParse(authorization, out var keys) ? keys?.Region : null;

    private static string DomainOf(ReadOnlySpan<char> service, ReadOnlySpan<char> region) =>
        service.SequenceEqual("bedrock-mantle") ? "api.aws"
        : region.StartsWith("cn-") ? "amazonaws.com.cn"
        : "amazonaws.com";

    // model/{id}/{operation}; the id of an inference profile may hold a slash of its own if the client did not encode it.
    private static string? FindModel(ReadOnlySpan<char> path)
    {
        if (!RequestPath.TryTake(ref path, "model"))
        {
            return null;
        }

        var end = path.LastIndexOf('/');
        return RequestPath.DecodeOrNull(end < 0 ? path : path[..end]);
    }

    private static bool IsMantleAnthropic(UpstreamAddress address)
    {
        ReadOnlySpan<char> path = address.Path;
        if (!RequestPath.TryTake(ref path, "bedrock-mantle"))
        {
            return false;
        }

        RequestPath.TakeSegment(ref path);
        return RequestPath.FirstSegment(path).SequenceEqual("anthropic");
    }
}
