using System.Diagnostics;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Gateways;
using GatewayActors.Front.Upstreams;
using GatewayActors.Providers;
using GatewayActors.Providers.Usage;
using Microsoft.AspNetCore.Http.Features;

namespace GatewayActors.Front.Pipeline;

/// <summary>One client request with its answer, while it passes the stages. Used by one request at a time.</summary>
internal sealed class Exchange(HttpContext http, Guid id, DateTimeOffset arrivedAt, long startTimestamp) : IHeaderSource
{
    private string? _idText;

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

    /// <summary>When the request arrived, on the clock that measures durations.</summary>
    public long StartTimestamp { get; } = startTimestamp;

    /// <summary>Set once the URL has been understood.</summary>
    public GatewayHandle Gateway { get; set; } = null!;

    /// <summary>Set by admission: the configuration that holds for this exchange.</summary>
    public GatewaySnapshot Snapshot { get; set; } = null!;

    /// <summary>The client's token, if it proved one that may run on this account.</summary>
    public TokenPrincipal? Principal { get; set; }

    /// <summary>The headers that carried tokens of ours and go no further.</summary>
    public GatewayCredentialHeaders ConsumedHeaders { get; set; }

    /// <summary>What the client's own headers ask for.</summary>
    public ExchangeHeaders Headers { get; } = new();

    /// <summary>Set by routing.</summary>
    public UpstreamRoute Route { get; set; } = null!;

    /// <summary>What goes to the provider in place of the client's credential; null where that is passed on.</summary>
    public string? AccessToken { get; set; }

    /// <summary>Set before the first attempt.</summary>
    public AttemptPolicy AttemptPolicy { get; set; }

    /// <summary>The client's body.</summary>
    public RequestBody Body { get; set; } = RequestBody.None;

    /// <summary>The model that the request names; null if it names none that we can see.</summary>
    public string? RequestedModel { get; set; }

    /// <summary>The attempts made so far.</summary>
    public List<AttemptRecord> Attempts { get; } = new(capacity: 1);

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

    /// <summary>When the first byte of the answer was there; 0 if none came.</summary>
    public long FirstByteTimestamp { get; set; }

    public long ResponseBytes { get; set; }

    public string? ResponseContentType { get; set; }

    /// <summary>What was kept of the answer for its log entry.</summary>
    public BodyCapture? ResponseCapture { get; set; }

    /// <summary>What the answer said about itself.</summary>
    public UsageReport Usage { get; set; } = UsageReport.None;

    /// <summary>What the exchange cost, once usage is known.</summary>
    public Providers.Pricing.Cost? Cost { get; set; }

    /// <summary>Whether the price table knows the model.</summary>
    public bool IsPricedModel { get; set; }

    /// <summary>Whether the exchange is authenticated.</summary>
    public bool IsAuthenticated => Principal is not null;

    /// <summary>Whether a log entry will be stored.</summary>
    public bool IsLogged => Snapshot is { } snapshot && Route is not null && (Headers.CollectLog ?? snapshot.CollectLogs);

    /// <summary>Whether its bodies will be stored.</summary>
    public bool KeepsPayload => IsLogged && (Headers.CollectLogPayload ?? Snapshot.CollectPayloads);

    /// <summary>Ends the exchange with an error of ours; the first one stays.</summary>
    public void Fail(GatewayError error) => Error ??= error;

    /// <summary>A header of the client's request.</summary>
    public string? this[string name] => Http.Request.Headers.TryGetValue(name, out var values) && values.Count > 0 ? values[0] : null;
}

/// <summary>Where an exchange goes: the provider, its transport and the mapped address.</summary>
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

    /// <summary>The address to send to.</summary>
    public Uri Uri { get; } = new(Address.Url, AsReceived);
}
