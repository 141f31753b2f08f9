namespace GatewayActors.Providers;

/// <summary>
/// One vendor or API format: how a path of ours becomes an upstream URL, where credentials stand, and how answers are read. Pure: no
/// I/O, no clock, no state. One instance per process; thread-safe.
/// </summary>
public abstract class Provider
{
    /// <summary>The path segment after the gateway, and the name in logs and metrics.</summary>
    public abstract string Slug { get; }

    /// <summary>Whose answers are the same: answers are cached under it, besides the account.</summary>
    public virtual string CacheName => Slug;

    /// <summary>Other path segments that mean the same.</summary>
    public virtual IReadOnlyList<string> Aliases => [];

    /// <summary>
    /// The vendor's public base URL, version segment and path prefix included, without a trailing slash. Where the host depends on a
    /// resource or region, a template such as <c>https://{region}-aiplatform.googleapis.com</c>.
    /// </summary>
    public abstract string DefaultBaseUrl { get; }

    /// <summary>Where clients put this provider's credential, the most specific first.</summary>
    public virtual CredentialPlaces Credentials => CredentialPlaces.Bearer;

    /// <summary>Whether a call without any credential makes sense (local and simulated upstreams).</summary>
    public virtual bool AllowsAnonymous => false;

    /// <summary>
    /// Whether its models count as the gateway's own offer: the operator's credential serves them also where a gateway asks for credentials
    /// of the caller.
    /// </summary>
    public virtual bool IsHosted => false;

    /// <summary>
    /// The name under which the provider knows a model that the REST catalogue calls otherwise; the same name unless the two differ.
    /// </summary>
    public virtual string FromCatalogue(string model) => model;

    /// <summary>Maps a request to its upstream.</summary>
    /// <param name="request">The request as it came in.</param>
    /// <returns>The address, or why there is none.</returns>
    public abstract UpstreamMapping Map(in ProviderRequest request);

    /// <summary>
    /// Adjusts the headers of one attempt after the general rules have been applied. Called for every attempt; does nothing unless the
    /// provider needs it.
    /// </summary>
    public virtual void PrepareHeaders(IUpstreamHeaders headers, UpstreamAddress address)
    {
    }

    /// <summary>
    /// Whether a header of the client must reach the upstream exactly as it came, although the general rules would drop or change it:
    /// a signature covers it. Gateway credentials are never kept.
    /// </summary>
    public virtual bool KeepsHeader(IHeaderSource headers, string name) => false;

    /// <summary>
    /// The address without credentials in its query; the same one if it has none. To be called when a stored credential is injected, so
    /// that the client's does not travel beside it.
    /// </summary>
    public UpstreamAddress WithoutQueryCredentials(UpstreamAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var url = Mapping.QueryString.Without(address.Url, Credentials.QueryParameters);
        return ReferenceEquals(url, address.Url) ? address : address with { Url = url };
    }

    /// <summary>Whether where requests go depends on the credential.</summary>
    public virtual bool HasHome => false;

    /// <summary>Takes a stored credential of several parts apart; one of a single part is the key itself.</summary>
    public virtual CredentialParts TakeApart(string credential) => new(credential, null);

    /// <summary>Puts a stored credential where this provider expects it, after removing every other one.</summary>
    public virtual void InjectCredential(IUpstreamHeaders headers, UpstreamAddress address, string credential) =>
        Credentials.Inject(headers, credential);

    /// <summary>Whether a credential may be one to sign requests with.</summary>
    public virtual bool TakesSigningKeys => false;

    /// <summary>Makes the signer of a credential, whether a client has sent it or it was stored.</summary>
    /// <param name="address">Where the requests go.</param>
    /// <param name="credential">The value of the client's header, its scheme included or not, or the stored credential.</param>
    public virtual SignerResult CreateSigner(UpstreamAddress address, string credential) => default;

    /// <summary>The JSON member of a request body that names the model.</summary>
    public virtual string ModelMember => "model";

    /// <summary>The JSON member that names the model in requests to one address; <see cref="ModelMember"/> unless the provider mixes them.</summary>
    public virtual string ModelMemberAt(UpstreamAddress address) => ModelMember;

    /// <summary>
    /// The provider's own path for an endpoint of OpenAI's API (<c>chat/completions</c>, <c>embeddings</c>, <c>responses</c>) that it serves
    /// in OpenAI's format, with its credential as a bearer token; null where it does not.
    /// </summary>
    public virtual string? OpenAIPath(string endpoint) => null;

    /// <summary>
    /// The provider's own path for an endpoint of Anthropic's Messages API (<c>messages</c>, <c>messages/count_tokens</c>) that it serves in
    /// Anthropic's format; null where it does not.
    /// </summary>
    public virtual string? MessagesPath(string endpoint) => null;

    /// <summary>What kind of model the address calls, as log entries name it; null if unknown.</summary>
    public virtual string? ModelType(UpstreamAddress address) => null;

    /// <summary>Puts chat completions into the provider's own format; null where it has none of its own, or serves OpenAI's.</summary>
    public virtual Translation.ChatTranslator? ChatTranslator => null;

    /// <summary>How the chat completions that the provider serves in OpenAI's format differ from OpenAI's.</summary>
    public virtual Translation.Completions.CompletionsDialect Completions => Translation.Completions.CompletionsDialect.Plain;

    /// <summary>
    /// Puts what clients of other formats ask for into chat completions as the provider serves them, or into its own format; null where it
    /// serves no chat.
    /// </summary>
    public Translation.ChatTranslator? AnyTranslator =>
        field ??= ChatTranslator ?? (OpenAIPath(Mapping.OpenAIEndpoints.ChatCompletions) is { } path ? new Translation.Completions.ChatRequestToCompletions(path, Completions) : null);

    /// <summary>The same for one model, where the provider serves some of its models in OpenAI's format and others not.</summary>
    public virtual Translation.ChatTranslator? ChatTranslatorOf(string model) => ChatTranslator;

    /// <summary>Puts requests for embeddings into the provider's own format; null where it has no embeddings, or serves OpenAI's format.</summary>
    public virtual Translation.Embeddings.EmbeddingTranslator? EmbeddingTranslator => null;

    /// <summary>
    /// Maps the handshake of a WebSocket to its upstream. The address has the scheme of HTTP, because a handshake is a request. Without a
    /// path, the provider's own realtime API is meant; any path of it can be named as it is.
    /// </summary>
    public virtual UpstreamMapping MapRealtime(in ProviderRequest request) =>
        request.Rest.IsEmpty ? UpstreamMapping.Refuse($"'{Slug}' has no realtime API that needs no path.") : Map(request);

    /// <summary>The subprotocols in which browsers send what others put into headers.</summary>
    public virtual IReadOnlyList<Realtime.ProtocolHeader> ProtocolHeaders => field ??= Realtime.ProtocolHeader.Of(Credentials);

    /// <summary>Makes a meter for one realtime session; null where nothing can be read.</summary>
    public virtual Realtime.RealtimeMeter? CreateRealtimeMeter(UpstreamAddress address) => null;

    /// <summary>Finds what is said in the messages of realtime sessions; null where their form is not known.</summary>
    public virtual Realtime.RealtimeTexts? RealtimeTexts => null;

    /// <summary>Makes a reader for one response; null where nothing can be read.</summary>
    public virtual Usage.UsageReader? CreateUsageReader(in Usage.ResponseFacts response) => null;
}

/// <summary>A request for a provider, before mapping.</summary>
public readonly ref struct ProviderRequest
{
    /// <summary>The slug or alias the client used.</summary>
    public required string Slug { get; init; }

    /// <summary>
    /// Everything after the slug, percent-encoded as received, without leading slashes; duplicate slashes are collapsed already, and
    /// it holds no <c>.</c> or <c>..</c> segment.
    /// </summary>
    public required ReadOnlySpan<char> Rest { get; init; }

    /// <summary>The query with its question mark, or empty; percent-encoded as received, gateway credentials removed.</summary>
    public required ReadOnlySpan<char> Query { get; init; }

    /// <summary>The operator's base URL without a trailing slash, or null for <see cref="Provider.DefaultBaseUrl"/>.</summary>
    public string? BaseUrl { get; init; }

    /// <summary>The client's headers.</summary>
    public required IHeaderSource Headers { get; init; }

    /// <summary>What is known of the credential's home, for providers whose URL carries it; null if nothing is.</summary>
    public CredentialHome? Home { get; init; }

    /// <summary>The same request for another path.</summary>
    public ProviderRequest At(ReadOnlySpan<char> rest) => new() { Slug = Slug, Rest = rest, Query = Query, BaseUrl = BaseUrl, Headers = Headers, Home = Home };

    /// <summary>The same request for another path and query.</summary>
    public ProviderRequest At(ReadOnlySpan<char> rest, ReadOnlySpan<char> query) =>
        new() { Slug = Slug, Rest = rest, Query = query, BaseUrl = BaseUrl, Headers = Headers, Home = Home };
}

/// <summary>Where a stored or operator credential is at home. A request that names a region or version itself wins over it.</summary>
public sealed record CredentialHome
{
    /// <summary>The vendor's account id, as Workers AI has it in the URL.</summary>
    public string? Account { get; init; }

    /// <summary>The region, as a Google service account carries it.</summary>
    public string? Region { get; init; }

    /// <summary>The project, as a Google service account carries it.</summary>
    public string? Project { get; init; }

    /// <summary>The API version to ask for where the client asks for none (Azure).</summary>
    public string? ApiVersion { get; init; }
}

/// <summary>The parts of a stored credential.</summary>
/// <param name="Key">What is sent, signed with or exchanged.</param>
/// <param name="Home">Where it is at home; null if it does not say.</param>
public readonly record struct CredentialParts(string Key, CredentialHome? Home)
{
    /// <summary>Shows no secret.</summary>
    public override string ToString() => nameof(CredentialParts);
}

/// <summary>Reads headers by name, ignoring case.</summary>
public interface IHeaderSource
{
    /// <summary>The first value, or null.</summary>
    string? this[string name] { get; }
}

/// <summary>The headers of one attempt, before it is sent.</summary>
public interface IUpstreamHeaders : IHeaderSource
{
    /// <summary>Sets a header, replacing every value it had.</summary>
    void Set(string name, string value);

    /// <summary>Removes a header.</summary>
    void Remove(string name);
}

/// <summary>Where an exchange goes.</summary>
/// <param name="Url">The absolute URL, query included, percent-encoding as received.</param>
/// <param name="Path">
/// The provider's path for logs and cache keys: one spelling for one endpoint, percent-encoding as received, without query and without the
/// provider's default version segment (<c>chat/completions</c>, <c>messages</c>; but <c>v2/chat</c> where v1 is the default). It holds
/// what else tells two upstreams apart: Azure's resource, Bedrock's service and region, Baseten's <c>model/{id}</c>.
/// </param>
public sealed record UpstreamAddress(string Url, string Path)
{
    /// <summary>The model, where the path or query names it; decoded.</summary>
    public string? Model { get; init; }
}

/// <summary>The result of mapping: an address, or a sentence for the client.</summary>
public readonly record struct UpstreamMapping
{
    /// <summary>The address; null if there is none.</summary>
    public UpstreamAddress? Address { get; private init; }

    /// <summary>Why there is none; safe to show.</summary>
    public string? Problem { get; private init; }

    /// <summary>A mapped request.</summary>
    public static implicit operator UpstreamMapping(UpstreamAddress address) => new() { Address = address };

    /// <summary>A request that has no upstream.</summary>
    public static UpstreamMapping Refuse(string problem) => new() { Problem = problem };
}
