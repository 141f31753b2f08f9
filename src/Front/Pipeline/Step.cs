using GatewayActors.Front.AutoRouter;
using GatewayActors.Front.Compat;
using GatewayActors.Front.Dlp;
using GatewayActors.Front.DynamicRoutes.Running;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Guardrails;
using GatewayActors.Front.Limits;
using GatewayActors.Front.StoredKeys;
using GatewayActors.Front.Supplies;
using GatewayActors.Front.Upstreams;
using GatewayActors.Providers;
using GatewayActors.Providers.Translation;
using GatewayActors.Providers.Usage;
using Microsoft.Extensions.Primitives;

namespace GatewayActors.Front.Pipeline;

/// <summary>
/// One upstream that an exchange turns to: where it is, what is sent there, and what came back. Most exchanges have one step; one that may
/// fall back has more, of which the last one tried is <see cref="Exchange.Step"/>.
/// </summary>
/// <param name="exchange">The exchange.</param>
/// <param name="requestHeaders">The headers meant for this upstream, and for the gateway about it.</param>
internal sealed class Step(Exchange exchange, IHeaderDictionary requestHeaders) : IHeaderSource
{
    private string? _logIdText;

    public Exchange Exchange { get; } = exchange;

    /// <summary>From 0.</summary>
    public int Index { get; init; }

    /// <summary>Whether another step follows where this one fails.</summary>
    public bool HasFallback { get; init; }

    /// <summary>The log id: that of the exchange for the first step, its own for another.</summary>
    public Guid LogId { get; init; } = exchange.Id;

    /// <summary><see cref="LogId"/> as clients see it.</summary>
    public string LogIdText => LogId == Exchange.Id ? Exchange.IdText : _logIdText ??= LogId.ToString("D");

    public DateTimeOffset StartedAt { get; init; } = exchange.ArrivedAt;

    /// <summary>When the step began, on the clock that measures durations. The first one begins with its exchange.</summary>
    public long StartTimestamp { get; init; } = exchange.StartTimestamp;

    /// <summary>What the client asks of the gateway for this step.</summary>
    public ExchangeHeaders Headers { get; init; } = exchange.Headers;

    /// <summary>Everything that may go upstream, subject to <see cref="HeaderPolicy"/>.</summary>
    public IHeaderDictionary RequestHeaders { get; } = requestHeaders;

    /// <summary>Those of <see cref="RequestHeaders"/> that carried tokens of ours and go no further.</summary>
    public GatewayCredentialHeaders ConsumedHeaders { get; init; } = exchange.ConsumedHeaders;

    /// <summary>The handshake of a WebSocket with the upstream, where the client wants one; null for a request.</summary>
    public Realtime.UpgradeRequest? Upgrade { get; init; }

    /// <summary>What the session leaves for the log, once there is one.</summary>
    public Realtime.RealtimeRecord? Session { get; set; }

    /// <summary>Names what the step reserves of limits; a session reserves for one turn after another.</summary>
    public Guid ClaimId { get; set; }

    /// <summary>The method of the upstream request.</summary>
    public string Method { get; init; } = exchange.Http.Request.Method;

    /// <summary>Whether the step sends the client's request itself, rather than one that stands in it.</summary>
    public bool SendsClientRequest => !HasOwnBody && ReferenceEquals(RequestHeaders, Exchange.Http.Request.Headers);

    /// <summary>Whether <see cref="Body"/> was made from the client's, which has been read.</summary>
    public bool HasOwnBody { get; init; }

    /// <summary>The format that the client speaks, whatever the provider does; null where it must be the provider's own.</summary>
    public ClientFormat? Format { get; set; }

    /// <summary>How many tokens the client's request may have, where it asks for nothing else and its provider does not count; then there is no route.</summary>
    public long? CountedTokens { get; set; }

    /// <summary>The way through a dynamic route that led to the step; null where none did.</summary>
    public RouteTrace? Trace { get; init; }

    /// <summary>The model that was chosen in place of what the client named; null where the client named it.</summary>
    public string? ResolvedModel { get; init; }

    /// <summary>Why the auto router chose the model; null where it did not.</summary>
    public AutoDecision? AutoDecision { get; set; }

    /// <summary>What limits within a dynamic route count when the step ends it; null for nothing.</summary>
    public RouteBudget? Budget { get; set; }

    /// <summary>Whether the whole answer was taken in, although another one is what the client gets.</summary>
    public bool IsTaken { get; set; }

    /// <summary>What has to be found before <see cref="Body"/> can be sent; null for nothing.</summary>
    public StepNeeds? Needs { get; set; }

    /// <summary>How the provider is asked for a number of tokens, where the client asks for nothing else and the provider counts; else null.</summary>
    public CountCall? TokenCount { get; set; }

    /// <summary>How the client's request was put into the provider's format; null if it was not.</summary>
    public StepTranslation? Translation { get; set; }

    /// <summary>How the client's request for embeddings was put into the provider's format; null if it was not.</summary>
    public StepEmbeddings? Embeddings { get; set; }

    /// <summary>The type of <see cref="Body"/>.</summary>
    public string? ContentType => RequestHeaders.ContentType is [{ Length: > 0 } type, ..] ? type : null;

    /// <summary>Whether the path is an endpoint of OpenAI's, not the provider's own as the client wrote it.</summary>
    public bool UsesOpenAIPath { get; set; }

    /// <summary>Set by routing.</summary>
    public UpstreamRoute Route { get; set; } = null!;

    /// <summary>What goes to the provider in place of the client's credential; null where that is passed on.</summary>
    public string? AccessToken { get; set; }

    /// <summary>Signs every attempt; null where the credential itself travels.</summary>
    public RequestSigner? Signer { get; set; }

    /// <summary>The stored key that <see cref="AccessToken"/> or <see cref="Signer"/> was made of; null for none.</summary>
    public StoredKey? StoredKey { get; set; }

    /// <summary>The alias of the stored key that the step is to use, whatever the client's headers say; null for what they say.</summary>
    public string? KeyAlias { get; init; }

    /// <summary>What <see cref="Route"/> was mapped from, where that depends on the credential; null elsewhere.</summary>
    public UnmappedRequest? Unmapped { get; set; }

    /// <summary>Whether <see cref="AccessToken"/> is the operator's own credential.</summary>
    public bool UsesOperatorCredential { get; set; }

    /// <summary>Ends the calls to the upstream: when the client goes away, or when all go who wait for the same answer.</summary>
    public CancellationToken Aborted { get; set; } = exchange.Http.RequestAborted;

    /// <summary>The name of its upstream among those of the gateway; null until it is needed.</summary>
    public string? UpstreamName { get; set; }

    /// <summary>Not empty for the call that is to find out whether its upstream is well again: it is one call, whatever the policy says.</summary>
    public Guid Probe { get; set; }

    /// <summary>How often and how patiently the upstream is tried.</summary>
    public AttemptPolicy AttemptPolicy { get; init; } = exchange.Headers.Override(exchange.Snapshot.Attempts);

    /// <summary>What is sent.</summary>
    public RequestBody Body { get; set; } = RequestBody.None;

    /// <summary>
    /// The client's body, where <see cref="Body"/> was made from it: in the client's own format and words. Empty elsewhere. Lives as long as
    /// the exchange.
    /// </summary>
    public ReadOnlyMemory<byte> ClientBody { get; set; }

    /// <summary>The model that the request names; null if it names none that we can see.</summary>
    public string? RequestedModel { get; set; }

    /// <summary>What the step holds of limits, until it is settled; null for nothing.</summary>
    public IReadOnlyList<LimitReservation>? Reservations { get; set; }

    /// <summary>Whether the request asks for a stream, as far as its body says.</summary>
    public bool WantsStream { get; set; }

    /// <summary>Where the answer came from.</summary>
    public AnswerSource Source { get; set; }

    /// <summary>How many attempts have been begun.</summary>
    public int AttemptsBegun { get; set; }

    /// <summary>How many of <see cref="AttemptsBegun"/> stand beside another one.</summary>
    public int HedgesBegun { get; set; }

    /// <summary>What an answer said about itself that another one was preferred to; null if there was none.</summary>
    public UsageReport? Superseded { get; set; }

    /// <summary>The attempts made so far, in the order of their end. Two may end at once: locked while one is added.</summary>
    public List<AttemptRecord> Attempts { get; } = new(capacity: 1);

    /// <summary>Ends the call to the upstream when its answer must not go on; null where no stream can be ended in the middle.</summary>
    public CancellationTokenSource? Stop { get; set; }

    /// <summary>Whether the answer is with the client already when it is inspected.</summary>
    public bool IsAnswerOut { get; set; }

    /// <summary>What data loss prevention found in the answer; null if it was not scanned.</summary>
    public DlpFindings? FoundByDlp { get; set; }

    /// <summary>What guardrails found.</summary>
    public GuardrailRecord Guardrails => FoundByGuardrails ??= new();

    /// <summary>The same; null where they have evaluated nothing.</summary>
    public GuardrailRecord? FoundByGuardrails { get; private set; }

    /// <summary>Why the step failed without an answer of its upstream.</summary>
    public GatewayError? Error { get; private set; }

    /// <summary>The status of its answer, or of its error.</summary>
    public int StatusCode { get; set; }

    /// <summary>When the first byte of the answer was there; 0 if none came.</summary>
    public long FirstByteTimestamp { get; set; }

    public long ResponseBytes { get; set; }

    public string? ResponseContentType { get; set; }

    /// <summary>The answer as the log keeps it, where it need not be kept piece by piece; else empty.</summary>
    public ReadOnlyMemory<byte> CompressedResponse { get; set; }

    /// <summary>What was kept of the answer for its log entry.</summary>
    public BodyCapture? ResponseCapture { get; set; }

    /// <summary>What the answer said about itself.</summary>
    public UsageReport Usage { get; set; } = UsageReport.None;

    /// <summary>What the step cost, once usage is known.</summary>
    public Providers.Pricing.Cost? Cost { get; set; }

    /// <summary>Whether the price table knows the model.</summary>
    public bool IsPricedModel { get; set; }

    /// <summary>Whether it counts in analytics, logged or not.</summary>
    public bool IsCounted => Route is not null || Trace is not null;

    /// <summary>Whether a log entry will be stored.</summary>
    public bool IsLogged => IsCounted && (Headers.CollectLog ?? Exchange.Snapshot.CollectLogs);

    /// <summary>Whether its bodies will be stored.</summary>
    public bool KeepsPayload => IsLogged && (Headers.CollectLogPayload ?? Exchange.Snapshot.CollectPayloads);

    /// <summary>Ends the step with an error of ours; the first one stays.</summary>
    public void Fail(GatewayError error) => Error ??= error;

    /// <summary>Takes the error back, because there is an answer after all.</summary>
    public void Recover() => Error = null;

    /// <summary>A header of the request.</summary>
    public string? this[string name] => RequestHeaders.TryGetValue(name, out StringValues values) && values.Count > 0 ? values[0] : null;
}
