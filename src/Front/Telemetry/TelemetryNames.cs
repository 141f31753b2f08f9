namespace GatewayActors.Front.Telemetry;

/// <summary>Names of metrics, spans and attributes. Described in <c>docs/telemetry.md</c>.</summary>
internal static class TelemetryNames
{
    /// <summary>The name of the meter and of the activity source.</summary>
    public const string Source = "GatewayActors";

    /// <summary>The label of what is outside a bounded set.</summary>
    public const string Other = "other";

    /// <summary>The provider label of every provider that a tenant has added.</summary>
    public const string CustomProvider = "custom";

    /// <summary>The semantic conventions' <c>error.type</c> for what has no word of its own.</summary>
    public const string OtherError = "_OTHER";

    internal static class Metrics
    {
        public const string Exchanges = "gateway.exchanges";
        public const string ExchangeDuration = "gateway.exchange.duration";
        public const string ExchangeTimeToFirstByte = "gateway.exchange.time_to_first_byte";
        public const string ExchangesInFlight = "gateway.exchanges.in_flight";
        public const string UpstreamDuration = "gateway.upstream.duration";
        public const string OverheadDuration = "gateway.overhead.duration";
        public const string Attempts = "gateway.attempts";
        public const string Retries = "gateway.retries";
        public const string Cost = "gateway.cost";
        public const string LogWritten = "gateway.log.written";
        public const string LogDropped = "gateway.log.dropped";
        public const string LogQueue = "gateway.log.queue";
        public const string ExportSent = "gateway.export.sent";
        public const string ExportDropped = "gateway.export.dropped";
        public const string GuardrailEvaluations = "gateway.guardrail.evaluations";
        public const string GuardrailDuration = "gateway.guardrail.duration";
        public const string GenAIOperationDuration = "gen_ai.client.operation.duration";
        public const string GenAITokenUsage = "gen_ai.client.token.usage";
    }

    internal static class Attributes
    {
        public const string Provider = "gateway.provider";
        public const string Outcome = "gateway.outcome";
        public const string Cached = "gateway.cached";
        public const string RetryKind = "gateway.retry.kind";
        public const string LogPart = "gateway.log.part";
        public const string ExportKind = "gateway.export.kind";
        public const string GuardrailEngine = "gateway.guardrail.engine";
        public const string GuardrailSide = "gateway.guardrail.side";
        public const string LogId = "gateway.log.id";
        public const string StatusCode = "http.response.status_code";
        public const string ResendCount = "http.request.resend_count";
        public const string ServerAddress = "server.address";
        public const string ServerPort = "server.port";
        public const string ErrorType = "error.type";
        public const string Operation = "gen_ai.operation.name";
        public const string GenAIProvider = "gen_ai.provider.name";
        public const string RequestModel = "gen_ai.request.model";
        public const string ResponseModel = "gen_ai.response.model";
        public const string TokenType = "gen_ai.token.type";
        public const string InputTokens = "gen_ai.usage.input_tokens";
        public const string OutputTokens = "gen_ai.usage.output_tokens";
    }

    /// <summary>Values of <c>error.type</c> besides HTTP status codes.</summary>
    internal static class Errors
    {
        public const string Timeout = "timeout";
        public const string Connection = "connection_error";
        public const string Stream = "stream_error";
        public const string ClientGone = "client_gone";
        public const string Internal = "internal_error";
    }
}
