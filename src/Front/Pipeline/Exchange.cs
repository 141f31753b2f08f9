using System.Diagnostics;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.CustomProviders;
using GatewayActors.Front.Dlp;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Export.Otlp;
using GatewayActors.Front.Gateways;
using GatewayActors.Front.Inspection;
using GatewayActors.Front.Policies;
using GatewayActors.Front.Rest;
using GatewayActors.Front.Run;
using GatewayActors.Front.StoredKeys;
using GatewayActors.Front.Upstreams;
using GatewayActors.Providers;
using GatewayActors.Providers.Custom;
using GatewayActors.Providers.Pricing;
using GatewayActors.Providers.Translation;
using Microsoft.AspNetCore.Http.Features;

namespace GatewayActors.Front.Pipeline;

/// <summary>One client request with its answer, while it passes the stages. Used by one request at a time.</summary>
internal sealed class Exchange(HttpContext http, Guid id, DateTimeOffset arrivedAt, long startTimestamp)
{
    private string? _idText;
    private SpanTrace? _exportTrace;
    private InspectedTexts? _inspected;

    public HttpContext Http { get; } = http;

    /// <summary>The request target as it was received, but for tokens of ours in its query.</summary>
    public string RawTarget { get; set; } = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;

    /// <summary>A UUIDv7: the log id and the request id.</summary>
    public Guid Id { get; } = id;

    /// <summary><see cref="Id"/> as clients see it.</summary>
    public string IdText => _idText ??= Id.ToString("D");

    public DateTimeOffset ArrivedAt { get; } = arrivedAt;

    /// <summary>The span of this exchange; null if nobody traces it.</summary>
    public Activity? Span { get; set; }

    /// <summary>The trace of the spans that the gateway's exporters get.</summary>
    public SpanTrace ExportTrace => _exportTrace ??= SpanTrace.Of(this);

    /// <summary>When the request arrived, on the clock that measures durations.</summary>
    public long StartTimestamp { get; } = startTimestamp;

    /// <summary>Set once the URL has been understood.</summary>
    public GatewayHandle Gateway { get; set; } = null!;

    /// <summary>Set by admission: the configuration that holds for this exchange.</summary>
    public GatewaySnapshot Snapshot { get; set; } = null!;

    /// <summary>The account's own providers; null until a step needs them.</summary>
    public CustomProviderSet? CustomProviders { get; set; }

    /// <summary>Set by admission: the version of the account's secrets that holds for this exchange; 0 if it never had any.</summary>
    public long SecretsVersion { get; set; }

    /// <summary>The account's secrets, sealed; null until a step needs them.</summary>
    public SecretSet? Secrets { get; set; }

    /// <summary>Set by admission: the version of the account's profiles of data loss prevention that holds for this exchange; 0 if nothing is set.</summary>
    public long DlpVersion { get; set; }

    /// <summary>What data loss prevention found in the request; null if it was not scanned.</summary>
    public DlpFindings? FoundByDlp { get; set; }

    /// <summary>What the gateway's rate limit said; null while it was not asked.</summary>
    public RateLimitDecision? Rate { get; set; }

    /// <summary>The client's token, if it proved one that may run on this account.</summary>
    public TokenPrincipal? Principal { get; set; }

    /// <summary>Who the person or program behind the request is; null where nobody has proved to be anybody.</summary>
    public RequestIdentity? Identity { get; set; }

    /// <summary>Whether an identity could not be checked, because its issuer cannot be reached.</summary>
    public bool IsIdentityUnknown { get; set; }

    /// <summary>Whether the client proved a token that may not run on this account.</summary>
    public bool HasOtherToken { get; set; }

    /// <summary>The headers that carried tokens of ours and go no further.</summary>
    public GatewayCredentialHeaders ConsumedHeaders { get; set; }

    /// <summary>What the client's own headers ask for.</summary>
    public ExchangeHeaders Headers { get; } = new();

    /// <summary>Whether the path names no provider: the body is a list of steps.</summary>
    public bool IsUniversal { get; set; }

    /// <summary>Whether the request is in OpenAI's format and its model names the provider.</summary>
    public bool IsCompat { get; set; }

    /// <summary>The format that the client speaks, where the endpoint tells; null on paths of providers and of the universal endpoint.</summary>
    public ClientFormat? Format { get; set; }

    /// <summary>Whether the request wants to become a WebSocket.</summary>
    public bool IsWebSocket { get; set; }

    /// <summary>The subprotocols that its client offers; null unless it wants to become a WebSocket.</summary>
    public Realtime.OfferedProtocols? Protocols { get; set; }

    /// <summary>Whether the request came as a message of a WebSocket, whose client is known already.</summary>
    public bool IsMessage { get; init; }

    /// <summary>The route of the API host that the request came in by; null on the gateway host.</summary>
    public RestRoute? Rest { get; set; }

    /// <summary>The model that is to be run, whatever its kind; null for all other requests.</summary>
    public RunRequest? Run { get; set; }

    /// <summary>Whether another exchange has proved its caller and was admitted for it.</summary>
    public bool IsContinued { get; init; }

    /// <summary>Whether the gateway itself sends a logged request again, for a caller that is known already.</summary>
    public bool IsReplay { get; init; }

    /// <summary>The client's body.</summary>
    public RequestBody Body { get; set; } = RequestBody.None;

    /// <summary>The step that is being tried or has answered; null before the first.</summary>
    public Step? Step { get; set; }

    /// <summary>What of its texts has been inspected.</summary>
    public InspectedTexts Inspected => _inspected ??= new();

    /// <summary>Why the exchange failed before it was committed.</summary>
    public GatewayError? Error { get; private set; }

    /// <summary>The status the client got or would have got.</summary>
    public int StatusCode { get; set; }

    /// <summary>Whether the whole answer was handed to the client.</summary>
    public bool Delivered { get; set; }

    /// <summary>Whether the client went away first.</summary>
    public bool ClientGone { get; set; }

    /// <summary>What broke after the commit, as a name for logs and metrics; null if nothing did.</summary>
    public string? RelayFailure { get; set; }

    /// <summary>Whether the exchange is authenticated.</summary>
    public bool IsAuthenticated => Principal is not null;

    /// <summary>Ends the exchange with an error of ours; the first one stays.</summary>
    public void Fail(GatewayError error) => Error ??= error;
}

/// <summary>Where a step goes: the provider, its transport and the mapped address.</summary>
internal sealed record UpstreamRoute(UpstreamTransport Transport, UpstreamAddress Address)
{
    // As it is: a canonical form would break signatures and model ids that hold encoded characters.
    private static readonly UriCreationOptions AsReceived = new() { DangerousDisablePathAndQueryCanonicalization = true };

    public Provider Provider => Transport.Provider;

    /// <summary>What kind of model is called, as log entries name it; null if unknown.</summary>
    public string? ModelType { get; } = Transport.Provider.ModelType(Address);

    /// <summary>The semantic conventions' word for what is called.</summary>
    public string? Operation => ModelType switch
    {
        "text-generation" => "chat",
        "image" => "image_generation",
        var type => type,
    };

    /// <summary>The price of a model here: by the tenant's own rules for its own providers, else by the price table.</summary>
    public ModelPrice? PriceOf(IPriceTable prices, string? answeredModel, string? requestedModel) =>
        (Provider is CustomProvider { Settings: { } own } ? own.Prices : prices).Find(Provider.Slug, answeredModel, requestedModel);

    /// <summary>The address to send to.</summary>
    public Uri Uri { get; } = new(Address.Url, AsReceived);
}
