using GatewayActors.Providers.Mapping;
using GatewayActors.Providers.Pricing;
using GatewayActors.Providers.Realtime;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Providers.Custom;

/// <summary>A provider that a tenant has added: any HTTP API under a base URL; at the OpenAI-compatible endpoint one that speaks OpenAI's format.</summary>
/// <remarks>
/// The slug alone makes one whose address is not known yet (<see cref="IsResolved"/>): it can be routed to, so that a route is found without
/// asking anybody, and is replaced before anything is sent.
/// </remarks>
public sealed class CustomProvider : Provider
{
    /// <summary>What stands before a tenant's slug wherever a provider is named.</summary>
    public const string Prefix = "custom-";

    private const string Unresolved = "https://custom.invalid"; // RFC 2606: never anybody's.
    private const int MaxSlug = 64;

    private static readonly System.Buffers.SearchValues<char> SlugCharacters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-");

    private static readonly CredentialPlaces Places = CredentialPlaces.Bearer with
    {
        Headers = ["authorization", "x-api-key", "api-key", "x-goog-api-key"],
        QueryParameters = ["key", "api_key"],
    };

    private readonly string _baseUrl;

    private CustomProvider(string slug, string baseUrl, CustomProviderSettings? settings) =>
        (Slug, _baseUrl, Settings) = (Prefix + slug, baseUrl, settings);

    /// <inheritdoc/>
    public override string Slug { get; }

    /// <inheritdoc/>
    public override string DefaultBaseUrl => _baseUrl;

    /// <inheritdoc/>
    /// <remarks>A bearer token goes in; clients of any format may call, so the places of other families count as a client's own too.</remarks>
    public override CredentialPlaces Credentials => Places;

    /// <inheritdoc/>
    public override bool AllowsAnonymous => true;

    /// <summary>What the tenant has set; null while the address is not known.</summary>
    public CustomProviderSettings? Settings { get; }

    /// <summary>Whether requests can be sent to it.</summary>
    public bool IsResolved => Settings is not null;

    /// <inheritdoc/>
    public override string CacheName => Settings is { } settings ? $"{Slug} {settings.CacheName}" : Slug;

    /// <summary>Whether a tenant's provider may have this slug: 1 to 64 letters, digits and hyphens.</summary>
    public static bool IsSlug(ReadOnlySpan<char> slug) => slug.Length is >= 1 and <= MaxSlug && !slug.ContainsAnyExcept(SlugCharacters);

    /// <summary>Takes the prefix off a name; false if it names no custom provider.</summary>
    public static bool TryGetSlug(ReadOnlySpan<char> name, out ReadOnlySpan<char> slug)
    {
        slug = name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : [];
        return IsSlug(slug);
    }

    /// <summary>One whose address is not known yet.</summary>
    /// <param name="slug">The slug, without <see cref="Prefix"/>.</param>
    public static CustomProvider Named(string slug) => new(slug, Unresolved, settings: null);

    /// <summary>One that requests can be sent to.</summary>
    /// <param name="slug">The slug, without <see cref="Prefix"/>.</param>
    /// <param name="baseUrl">The tenant's base URL.</param>
    /// <param name="settings">What else the tenant has set.</param>
    public static CustomProvider At(string slug, string baseUrl, CustomProviderSettings settings)
    {
        ArgumentNullException.ThrowIfNull(baseUrl);
        return new(slug, baseUrl.TrimEnd('/'), settings);
    }

    /// <inheritdoc/>
    public override UpstreamMapping Map(in ProviderRequest request) =>
        RequestPath.Problem(request) is { } problem
            ? UpstreamMapping.Refuse(problem)
            : new UpstreamAddress(UpstreamUrl.Join(_baseUrl, request.Rest, request.Query), request.Rest.ToString());

    /// <inheritdoc/>
    /// <remarks>The base URL itself may be the address of a realtime API.</remarks>
    public override UpstreamMapping MapRealtime(in ProviderRequest request) => Map(request);

    /// <inheritdoc/>
    public override RealtimeTexts? RealtimeTexts => OpenAITexts.Instance;

    /// <inheritdoc/>
    public override RealtimeMeter? CreateRealtimeMeter(UpstreamAddress address) => new OpenAIMeter();

    /// <inheritdoc/>
    public override string? ModelType(UpstreamAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return ModelTypes.OfPath(address.Path);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Published set-ups disagree whether a base URL carries the version: below a base without any path the endpoints stand under
    /// <c>v1/</c>, below any other one directly.
    /// </remarks>
    public override string? OpenAIPath(string endpoint) =>
        !OpenAIEndpoints.ChatAndEmbeddings.Contains(endpoint) ? null
        : IsResolved && !HasPath(_baseUrl) ? "v1/" + endpoint
        : endpoint;

    /// <inheritdoc/>
    public override UsageReader? CreateUsageReader(in ResponseFacts response) => UsageReaders.OpenAI(response);

    /// <inheritdoc/>
    public override void PrepareHeaders(IUpstreamHeaders headers, UpstreamAddress address)
    {
        ArgumentNullException.ThrowIfNull(headers);
        foreach (var (name, value) in Settings?.Headers ?? [])
        {
            // What is nearer to the request wins, as everywhere: the client's own header stays.
            if (string.IsNullOrWhiteSpace(headers[name]))
            {
                headers.Set(name, value);
            }
        }
    }

    private static bool HasPath(string baseUrl) =>
        baseUrl.IndexOf("://", StringComparison.Ordinal) is var scheme && baseUrl.IndexOf('/', scheme < 0 ? 0 : scheme + 3) >= 0;
}

/// <summary>What a tenant has set on a provider besides its slug and address.</summary>
public sealed record CustomProviderSettings
{
    /// <summary>Changes with the provider: answers that were cached under another name are void.</summary>
    public required string CacheName { get; init; }

    /// <summary>Headers for requests that do not bring them.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>What its models cost.</summary>
    public required IPriceTable Prices { get; init; }
}
