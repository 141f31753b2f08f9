namespace GatewayActors.Front.Errors;

/// <summary>A failure of one exchange, safe to show to the client.</summary>
/// <param name="Kind">What went wrong.</param>
/// <param name="Description">A sentence for the client. Holds no secret, prompt or upstream body.</param>
internal sealed record GatewayError(GatewayErrorKind Kind, string Description)
{
    /// <summary>No grain answered in time.</summary>
    public static GatewayError NoDecision { get; } =
        new(GatewayErrorKind.DecisionUnavailable, "The gateway cannot decide about requests at the moment; try again.") { RetryAfter = TimeSpan.FromSeconds(1) };

    /// <summary>The gateway's policies do not let the request through.</summary>
    public static GatewayError PolicyDenied { get; } = new(GatewayErrorKind.PolicyDenied, "Access denied by policy");

    /// <summary>The process is about to end.</summary>
    public static GatewayError Stopping { get; } =
        new(GatewayErrorKind.DecisionUnavailable, "This gateway process is stopping; try again.") { RetryAfter = TimeSpan.FromSeconds(1) };

    /// <summary>What a request that guardrails refuse is answered with.</summary>
    public const string PromptBlockedMessage = "Prompt blocked due to security configurations";

    /// <summary>What is said in place of an answer that guardrails refuse.</summary>
    public const string ResponseBlockedMessage = "Response blocked due to security configurations";

    /// <summary>What a request with sensitive data is answered with.</summary>
    public const string DlpRequestBlockedMessage = "Request content blocked due to DLP policy violations";

    /// <summary>What is said in place of an answer with sensitive data.</summary>
    public const string DlpResponseBlockedMessage = "Response content blocked due to DLP policy violations";

    /// <summary>Whether no other step may be tried: it would be a way around.</summary>
    public bool EndsExchange => Kind is GatewayErrorKind.PromptBlocked or GatewayErrorKind.ResponseBlocked or GatewayErrorKind.RunBlocked or GatewayErrorKind.ScannerUnavailable
        or GatewayErrorKind.DlpRequestBlocked or GatewayErrorKind.DlpResponseBlocked;

    /// <summary>A policy's cap is reached.</summary>
    public static GatewayError PolicyLimited(SpentBudget budget, TimeSpan retryAfter) =>
        new(GatewayErrorKind.PolicyLimited, "Spending limit exceeded") { Budget = budget, RetryAfter = retryAfter };

    /// <summary>The budget that is spent, where a policy has one.</summary>
    public SpentBudget? Budget { get; init; }

    /// <summary>When another try may succeed.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The member of the request at fault, where the surface names it.</summary>
    public string? Parameter { get; init; }

    /// <summary>OpenAI's word for what is wrong with it, where it has one.</summary>
    public string? ParameterCode { get; init; }

    /// <summary>The code of the error table.</summary>
    public int Code => Kind switch
    {
        GatewayErrorKind.GatewayNotFound => 2001,
        GatewayErrorKind.RateLimited or GatewayErrorKind.TokenLimited => 2003,
        GatewayErrorKind.InvalidProvider => 2008,
        GatewayErrorKind.BadChatFormat => 2019,
        GatewayErrorKind.Unauthorized or GatewayErrorKind.ProviderCredentialRefused or GatewayErrorKind.OperatorCredentialRefused => 2009,
        GatewayErrorKind.CredentialsRequired or GatewayErrorKind.LimitUnresolvable or GatewayErrorKind.PolicyDenied => 2040,
        GatewayErrorKind.InsufficientCredits => 2021,
        GatewayErrorKind.SpendLimited or GatewayErrorKind.PolicyLimited => 2045,
        GatewayErrorKind.PromptBlocked => 2016,
        GatewayErrorKind.ResponseBlocked or GatewayErrorKind.RunBlocked => 2017,
        GatewayErrorKind.ScannerUnavailable => 7013,
        GatewayErrorKind.DlpRequestBlocked => 2029,
        GatewayErrorKind.DlpResponseBlocked => 2030,
        GatewayErrorKind.MalformedRequest or GatewayErrorKind.UntranslatableRequest => 7001,
        GatewayErrorKind.RequestTooLarge => 7002,
        GatewayErrorKind.ModelNotFound => 7003,
        GatewayErrorKind.TokenMissing => 9106,
        GatewayErrorKind.Forbidden => 10000,
        GatewayErrorKind.RouteNotFound or GatewayErrorKind.MethodNotAllowed or GatewayErrorKind.WebSocketUnsupported => 7000,
        GatewayErrorKind.UpstreamUnreachable or GatewayErrorKind.UpstreamTimeout or GatewayErrorKind.UpstreamPaused => 2005,
        GatewayErrorKind.DecisionUnavailable or GatewayErrorKind.Internal => 2000,
    };

    /// <summary>The message of the error table, which clients compare; what is special about this case stands in the description.</summary>
    public string Message => Kind switch
    {
        GatewayErrorKind.GatewayNotFound => "AI gateway not found: please configure AI Gateway in the dashboard",
        GatewayErrorKind.InvalidProvider => "Invalid provider",
        GatewayErrorKind.BadChatFormat => "Chat completion bad format",
        GatewayErrorKind.Unauthorized or GatewayErrorKind.ProviderCredentialRefused => "Unauthorized",
        GatewayErrorKind.UpstreamUnreachable or GatewayErrorKind.UpstreamTimeout or GatewayErrorKind.UpstreamPaused => "Failed to get response from provider",
        GatewayErrorKind.RouteNotFound => "No route for that URI",
        GatewayErrorKind.MethodNotAllowed => "Method not allowed",
        GatewayErrorKind.WebSocketUnsupported => "WebSockets are not supported",
        GatewayErrorKind.Internal => "Internal error",
        GatewayErrorKind.RateLimited => "Rate limited",
        GatewayErrorKind.PolicyDenied => "Access denied by policy",
        GatewayErrorKind.PolicyLimited => "Spending limit exceeded",
        GatewayErrorKind.TokenMissing => "Missing X-Auth-Key, X-Auth-Email or Authorization headers",
        GatewayErrorKind.Forbidden => "Authentication error",
        GatewayErrorKind.LimitUnresolvable => "Model or provider could not be resolved for spend-limit enforcement",
        GatewayErrorKind.InsufficientCredits => "Insufficient balance; add money to your gateway or use BYOK",
        GatewayErrorKind.PromptBlocked => PromptBlockedMessage,
        GatewayErrorKind.ResponseBlocked => ResponseBlockedMessage,
        GatewayErrorKind.ScannerUnavailable => "Guardrail scanner unavailable",
        GatewayErrorKind.DlpRequestBlocked => DlpRequestBlockedMessage,
        GatewayErrorKind.DlpResponseBlocked => DlpResponseBlockedMessage,
        GatewayErrorKind.SpendLimited or GatewayErrorKind.TokenLimited or GatewayErrorKind.RunBlocked
            or GatewayErrorKind.OperatorCredentialRefused or GatewayErrorKind.ModelNotFound or GatewayErrorKind.CredentialsRequired or GatewayErrorKind.MalformedRequest or GatewayErrorKind.UntranslatableRequest or GatewayErrorKind.RequestTooLarge or GatewayErrorKind.DecisionUnavailable => Description,
    };

    /// <summary>The HTTP status.</summary>
    /// <param name="strict">Whether the gateway answers failures of a provider as the reference does.</param>
    public int Status(bool strict) => Kind switch
    {
        GatewayErrorKind.GatewayNotFound or GatewayErrorKind.InvalidProvider or GatewayErrorKind.BadChatFormat or GatewayErrorKind.CredentialsRequired or GatewayErrorKind.MalformedRequest or GatewayErrorKind.UntranslatableRequest or GatewayErrorKind.TokenMissing or GatewayErrorKind.DlpRequestBlocked or GatewayErrorKind.DlpResponseBlocked => 400,
        GatewayErrorKind.Unauthorized or GatewayErrorKind.ProviderCredentialRefused => 401,
        GatewayErrorKind.InsufficientCredits => 402,
        GatewayErrorKind.LimitUnresolvable or GatewayErrorKind.Forbidden or GatewayErrorKind.PolicyDenied => 403,
        GatewayErrorKind.RouteNotFound or GatewayErrorKind.ModelNotFound => 404,
        GatewayErrorKind.MethodNotAllowed => 405,
        GatewayErrorKind.RequestTooLarge => 413,
        GatewayErrorKind.RunBlocked => 422,
        GatewayErrorKind.PromptBlocked or GatewayErrorKind.ResponseBlocked => 424,
        GatewayErrorKind.RateLimited or GatewayErrorKind.SpendLimited or GatewayErrorKind.TokenLimited or GatewayErrorKind.PolicyLimited => 429,
        GatewayErrorKind.Internal => 500,
        GatewayErrorKind.WebSocketUnsupported => 501,
        GatewayErrorKind.UpstreamUnreachable => strict ? 400 : 502,
        GatewayErrorKind.DecisionUnavailable or GatewayErrorKind.OperatorCredentialRefused or GatewayErrorKind.ScannerUnavailable => 503,
        GatewayErrorKind.UpstreamTimeout => strict ? 400 : 504,
        GatewayErrorKind.UpstreamPaused => strict ? 400 : 503,
    };

    /// <summary>The name in metrics and traces.</summary>
    public string Type => Kind switch
    {
        GatewayErrorKind.GatewayNotFound => "gateway_not_found",
        GatewayErrorKind.InvalidProvider => "invalid_provider",
        GatewayErrorKind.BadChatFormat => "bad_chat_format",
        GatewayErrorKind.Unauthorized => "unauthorized",
        GatewayErrorKind.TokenMissing => "token_missing",
        GatewayErrorKind.Forbidden => "forbidden",
        GatewayErrorKind.ModelNotFound => "model_not_found",
        GatewayErrorKind.RateLimited => "rate_limited",
        GatewayErrorKind.SpendLimited => "spend_limited",
        GatewayErrorKind.TokenLimited => "token_limited",
        GatewayErrorKind.PolicyDenied => "policy_denied",
        GatewayErrorKind.PolicyLimited => "policy_limited",
        GatewayErrorKind.LimitUnresolvable => "limit_unresolvable",
        GatewayErrorKind.PromptBlocked => "prompt_blocked",
        GatewayErrorKind.ResponseBlocked => "response_blocked",
        GatewayErrorKind.RunBlocked => "run_blocked",
        GatewayErrorKind.ScannerUnavailable => "scanner_unavailable",
        GatewayErrorKind.DlpRequestBlocked => "dlp_request_blocked",
        GatewayErrorKind.DlpResponseBlocked => "dlp_response_blocked",
        GatewayErrorKind.CredentialsRequired => "credentials_required",
        GatewayErrorKind.InsufficientCredits => "insufficient_credits",
        GatewayErrorKind.ProviderCredentialRefused => "provider_credential_refused",
        GatewayErrorKind.OperatorCredentialRefused => "operator_credential_refused",
        GatewayErrorKind.MalformedRequest => "malformed_request",
        GatewayErrorKind.UntranslatableRequest => "untranslatable_request",
        GatewayErrorKind.RequestTooLarge => "request_too_large",
        GatewayErrorKind.RouteNotFound => "route_not_found",
        GatewayErrorKind.MethodNotAllowed => "method_not_allowed",
        GatewayErrorKind.WebSocketUnsupported => "websocket_unsupported",
        GatewayErrorKind.UpstreamUnreachable => "upstream_unreachable",
        GatewayErrorKind.UpstreamTimeout => "upstream_timeout",
        GatewayErrorKind.UpstreamPaused => "upstream_paused",
        GatewayErrorKind.DecisionUnavailable => "decision_unavailable",
        GatewayErrorKind.Internal => "internal",
    };
}

/// <summary>A policy's budget that has no room.</summary>
/// <param name="Bucket">Its name: what the policy's actor makes of the request, and the resource if it is not everything.</param>
/// <param name="Spent">US dollars used and reserved in the period.</param>
/// <param name="Limit">The cap.</param>
internal sealed record SpentBudget(string Bucket, decimal Spent, decimal Limit);

/// <summary>The ways in which an exchange fails before it is committed.</summary>
internal enum GatewayErrorKind
{
    /// <summary>There is no such gateway or account.</summary>
    GatewayNotFound,

    /// <summary>There is no such provider, or the path cannot be one of its.</summary>
    InvalidProvider,

    /// <summary>The model of an OpenAI-compatible request is not <c>{provider}/{model}</c>, or its endpoint is none of OpenAI's.</summary>
    BadChatFormat,

    /// <summary>The gateway asks for an API token.</summary>
    Unauthorized,

    /// <summary>A request to the API host carries no API token.</summary>
    TokenMissing,

    /// <summary>The API token is valid and may not do this.</summary>
    Forbidden,

    /// <summary>A request to the API host names a model that nobody here serves.</summary>
    ModelNotFound,

    /// <summary>The gateway's rate limit is used up.</summary>
    RateLimited,

    /// <summary>A spend limit is used up.</summary>
    SpendLimited,

    /// <summary>A token limit is used up.</summary>
    TokenLimited,

    /// <summary>A policy blocks the request, or none lets it through.</summary>
    PolicyDenied,

    /// <summary>A policy's cap is reached.</summary>
    PolicyLimited,

    /// <summary>A limit counts by model, and the request does not say which it calls.</summary>
    LimitUnresolvable,

    /// <summary>Guardrails refuse the request.</summary>
    PromptBlocked,

    /// <summary>Guardrails refuse the answer.</summary>
    ResponseBlocked,

    /// <summary>Guardrails refuse the input or the output of a run.</summary>
    RunBlocked,

    /// <summary>What decides about requests or answers could not be asked.</summary>
    ScannerUnavailable,

    /// <summary>A policy of data loss prevention refuses the request.</summary>
    DlpRequestBlocked,

    /// <summary>A policy of data loss prevention refuses the answer.</summary>
    DlpResponseBlocked,

    /// <summary>No provider credential: none in the request, none stored.</summary>
    CredentialsRequired,

    /// <summary>The account has no credits for the operator's credential.</summary>
    InsufficientCredits,

    /// <summary>The client's provider credential could not be exchanged for an access token.</summary>
    ProviderCredentialRefused,

    /// <summary>The provider refused the operator's own credential.</summary>
    OperatorCredentialRefused,

    /// <summary>The request cannot be understood.</summary>
    MalformedRequest,

    /// <summary>A chat completion cannot be put into the format of the provider that its model names.</summary>
    UntranslatableRequest,

    /// <summary>The body is larger than the operator allows.</summary>
    RequestTooLarge,

    /// <summary>No such path.</summary>
    RouteNotFound,

    /// <summary>The path takes another method.</summary>
    MethodNotAllowed,

    /// <summary>The client asks for a WebSocket.</summary>
    WebSocketUnsupported,

    /// <summary>The upstream cannot be reached, or broke the connection.</summary>
    UpstreamUnreachable,

    /// <summary>The upstream did not answer in time.</summary>
    UpstreamTimeout,

    /// <summary>The upstream is left alone for a while: it failed repeatedly, or asked for it.</summary>
    UpstreamPaused,

    /// <summary>No grain answered.</summary>
    DecisionUnavailable,

    /// <summary>A defect.</summary>
    Internal,
}
