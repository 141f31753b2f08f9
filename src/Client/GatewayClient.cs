namespace GatewayActors.Client;

/// <summary>One gateway of an account: what the Workers binding has, and the resources that belong to it.</summary>
public sealed class GatewayClient
{
    private readonly GatewayTransport _transport;
    private readonly string _id;

    internal GatewayClient(GatewayTransport transport, string id)
    {
        (_transport, _id) = (transport, id);
        var root = transport.Admin($"ai-gateway/gateways/{Uri.EscapeDataString(id)}");
        Logs = new(transport, root);
        Datasets = new(transport, root);
        Evaluations = new(transport, root);
        Routes = new(transport, root);
        ProviderConfigs = new(transport, root);
        Policies = new(transport, root);
    }

    /// <summary>The log entries.</summary>
    public LogsClient Logs { get; }

    /// <summary>The datasets.</summary>
    public DatasetsClient Datasets { get; }

    /// <summary>The evaluations.</summary>
    public EvaluationsClient Evaluations { get; }

    /// <summary>The dynamic routes.</summary>
    public DynamicRoutesClient Routes { get; }

    /// <summary>The stored keys of providers.</summary>
    public ProviderConfigsClient ProviderConfigs { get; }

    /// <summary>The policies: who may call what, and for how much.</summary>
    public PoliciesClient Policies { get; }

    /// <summary>A log entry.</summary>
    /// <exception cref="AiGatewayException">There is no such entry, or the call is refused.</exception>
    public Task<LogEntry> GetLogAsync(string logId, CancellationToken cancellationToken = default) => Logs.GetAsync(logId, cancellationToken);

    /// <summary>Sets feedback, score or metadata of a log entry; what is null stays.</summary>
    /// <exception cref="AiGatewayException">A value is wrong, there is no such entry, or the call is refused.</exception>
    public Task PatchLogAsync(string logId, LogPatch patch, CancellationToken cancellationToken = default) => Logs.PatchAsync(logId, patch, cancellationToken);

    /// <summary>The address of this gateway, for an SDK.</summary>
    /// <param name="provider">A provider's slug, or <c>compat</c>; null for the gateway itself, with a slash behind it.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="AiGatewayException">There is no such gateway or provider, or the call is refused.</exception>
    public Task<string> GetUrlAsync(string? provider = null, CancellationToken cancellationToken = default) => _transport.SendAsync(
        HttpMethod.Get,
        _transport.Admin($"ai-gateway/gateways/{Uri.EscapeDataString(_id)}/url/{Uri.EscapeDataString(provider ?? "universal")}"),
        null,
        ClientJson.Default.EnvelopeString,
        cancellationToken);

    /// <summary>Runs one step.</summary>
    /// <inheritdoc cref="RunAsync(IReadOnlyList{GatewayStep}, GatewayRunOptions, CancellationToken)"/>
    public Task<GatewayRun> RunAsync(GatewayStep step, GatewayRunOptions? options = null, CancellationToken cancellationToken = default) => RunAsync([step], options, cancellationToken);

    /// <summary>Tries steps in their order until one succeeds.</summary>
    /// <param name="steps">The steps, at least one.</param>
    /// <param name="options">What holds for all of them.</param>
    /// <param name="cancellationToken">Cancels the request until the head of the answer is here.</param>
    /// <returns>The answer as soon as its head is here, whatever its status: the caller disposes it.</returns>
    public async Task<GatewayRun> RunAsync(IReadOnlyList<GatewayStep> steps, GatewayRunOptions? options = null, CancellationToken cancellationToken = default) => new(await _transport.StartAsync(
        HttpMethod.Post,
        $"{_transport.Origin}/v1/{Uri.EscapeDataString(_transport.AccountId)}/{Uri.EscapeDataString(_id)}",
        GatewayTransport.Json(steps, ClientJson.Default.IReadOnlyListGatewayStep),
        cancellationToken,
        headers => options?.AddTo(headers)).ConfigureAwait(false));
}
