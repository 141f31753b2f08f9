namespace GatewayActors.Front.Configuration;

/// <summary>What the operator sets, bound from <c>Gateway:</c>. Read once, when the process starts; a change needs a restart.</summary>
public sealed class GatewayOptions
{
    /// <summary>The section these options are bound from.</summary>
    public const string SectionName = "Gateway";

    /// <summary>The slug of the upstream that lives inside this process.</summary>
    public const string SimulatorSlug = "simulator";

    /// <summary>How many processes make up the gateway. Default: Embedded.</summary>
    public GatewayMode Mode { get; set; } = GatewayMode.Embedded;

    /// <summary>Directory of the embedded state, the token file and the key ring; made if missing. Default: ./data.</summary>
    public string DataDirectory { get; set; } = "./data";

    /// <summary>The first account and the operator's token.</summary>
    public BootstrapOptions Bootstrap { get; set; } = new();

    /// <summary>Where requests for a provider go, by provider slug. Default: the providers' public addresses.</summary>
    public IDictionary<string, ProviderOptions> Providers { get; } = new Dictionary<string, ProviderOptions>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Identity providers by which people sign on, by names of the operator's. Default: none.</summary>
    public IDictionary<string, OidcOptions> Oidc { get; } = new Dictionary<string, OidcOptions>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Calls to providers.</summary>
    public UpstreamOptions Upstream { get; set; } = new();

    /// <summary>WebSockets of clients.</summary>
    public SocketOptions WebSockets { get; set; } = new();

    /// <summary>The encryption of stored secrets.</summary>
    public SecretsOptions Secrets { get; set; } = new();

    /// <summary>The Orleans cluster.</summary>
    public ClusterOptions Cluster { get; set; } = new();

    /// <summary>
    /// Whether a front also hosts a silo. Default: true. False makes it a plain client of the silo processes, which needs
    /// <see cref="GatewayMode.Cluster"/>.
    /// </summary>
    public bool CoHostSilo { get; set; } = true;

    /// <summary>
    /// Where <c>/metrics</c> listens by itself, without a token, such as <c>http://127.0.0.1:9464</c>. Default: none; <c>/metrics</c>
    /// is then on the front's own port and needs the operator's token.
    /// </summary>
    [ListenAddress]
    public string? MetricsUrl { get; set; }

    /// <summary>The address clients use, where a proxy in front hides it; for links in answers. Default: the address of the request.</summary>
    [HttpAddress("http", "https")]
    public string? PublicUrl { get; set; }

    /// <summary>How many gateways an account may have. Default: 1,000. Range: 1 to 1,000,000.</summary>
    [Between(1, 1_000_000)]
    public int MaxGatewaysPerAccount { get; set; } = 1_000;

    /// <summary>How many datasets a gateway may have. Default: 10. Range: 1 to 1,000.</summary>
    [Between(1, 1_000)]
    public int MaxDatasetsPerGateway { get; set; } = 10;

    /// <summary>How many evaluations a gateway may have. Default: 100. Range: 1 to 1,000.</summary>
    [Between(1, 1_000)]
    public int MaxEvaluationsPerGateway { get; set; } = 100;

    /// <summary>
    /// How long a stop waits for exchanges in flight; what runs longer is cut. Default: 30 seconds. Range: 0 to 1 hour.
    /// </summary>
    [Between("00:00:00", "01:00:00")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The request log.</summary>
    public LogOptions Logs { get; set; } = new();

    /// <summary>Push jobs of accounts.</summary>
    public LogpushOptions Logpush { get; set; } = new();

    /// <summary>The price table.</summary>
    public PriceOptions Prices { get; set; } = new();

    /// <summary>Requests in another format than their provider's.</summary>
    public TranslationOptions Translation { get; set; } = new();

    /// <summary>The memory of the response cache.</summary>
    public CacheMemoryOptions Cache { get; set; } = new();

    /// <summary>The auto router.</summary>
    public AutoRouterOptions AutoRouter { get; set; } = new();

    /// <summary>The admin API.</summary>
    public ManagementOptions Management { get; set; } = new();

    /// <summary>The audit log of the admin API.</summary>
    public AuditOptions Audit { get; set; } = new();

    /// <summary>Hostnames of tenants.</summary>
    public CustomDomainOptions CustomDomains { get; set; } = new();

    /// <summary>Credits for the operator's credentials.</summary>
    public BillingOptions Billing { get; set; } = new();

    /// <summary>What is inspected.</summary>
    public InspectionOptions Inspection { get; set; } = new();

    /// <summary>Scanners of guardrails.</summary>
    public GuardrailOptions Guardrails { get; set; } = new();

    /// <summary>Whether clients may call a provider. The simulator is off in <see cref="GatewayMode.Cluster"/> unless it is switched on.</summary>
    public bool IsProviderEnabled(string slug) =>
        Providers.TryGetValue(slug, out var provider) && provider.Enabled is { } enabled
            ? enabled
            : Mode == GatewayMode.Embedded || !string.Equals(slug, SimulatorSlug, StringComparison.OrdinalIgnoreCase);
}

/// <summary>How many processes make up the gateway.</summary>
public enum GatewayMode
{
    /// <summary>One process hosts everything; state is SQLite in <see cref="GatewayOptions.DataDirectory"/>.</summary>
    Embedded,

    /// <summary>Any number of fronts and silos; state is in Redis, Azure Storage and PostgreSQL.</summary>
    Cluster,
}

/// <summary>The first account and the operator's token. Bound from <c>Gateway:Bootstrap</c>.</summary>
public sealed class BootstrapOptions
{
    /// <summary>The account made at the first start: 32 lower-case hex digits. Default: generated.</summary>
    [Pattern("^[0-9a-f]{32}$", "32 lower-case hex digits")]
    public string? AccountId { get; set; }

    /// <summary>
    /// The operator's API token, with every permission on every account: 8 or more printable ASCII characters without blanks. Default:
    /// generated and written to <c>DataDirectory/token</c> (mode 0600).
    /// </summary>
    [Secret, Pattern("^[!-~]{8,4096}$", "8 to 4096 printable ASCII characters without blanks")]
    public string? Token { get; set; }
}

/// <summary>Where requests for one provider go. Bound from <c>Gateway:Providers:{slug}</c>.</summary>
public sealed class ProviderOptions
{
    /// <summary>
    /// Replaces the provider's whole base URL, version segment and path prefix included, such as <c>https://proxy.corp/openai/v1</c>.
    /// Trusted: private addresses are allowed. Default: the provider's public URL.
    /// </summary>
    [HttpAddress("http", "https")]
    public string? BaseUrl { get; set; }

    /// <summary>The same for realtime connections. Default: derived from the base URL.</summary>
    [HttpAddress("ws", "wss", "http", "https")]
    public string? WebSocketUrl { get; set; }

    /// <summary>Where credentials are exchanged for access tokens, for providers that do so (google-vertex-ai). Default: the provider's own.</summary>
    [HttpAddress("http", "https")]
    public string? TokenUrl { get; set; }

    /// <summary>
    /// The operator's own credential for this provider, used for authenticated requests that bring none, of every account, at the
    /// operator's expense. Default: none.
    /// </summary>
    [Secret, Pattern("^[!-~]{1,4096}$", "1 to 4096 printable ASCII characters without blanks")]
    public string? ApiKey { get; set; }

    /// <summary>Whether clients may call this provider. Default: true; for the simulator true in Embedded, false in Cluster.</summary>
    public bool? Enabled { get; set; }
}

/// <summary>The encryption of stored secrets. Bound from <c>Gateway:Secrets</c>.</summary>
public sealed class SecretsOptions
{
    /// <summary>
    /// Wraps the keys that encrypt stored secrets: 32 or more printable ASCII characters. The key is derived from it, so it should be
    /// random, such as the output of <c>openssl rand -base64 32</c>. Default: generated into the key ring.
    /// </summary>
    [Secret, Pattern("^[!-~]{32,4096}$", "32 to 4096 printable ASCII characters without blanks")]
    public string? MasterKey { get; set; }

    /// <summary>
    /// Former master keys, separated by blanks. What they have wrapped is wrapped anew with <see cref="MasterKey"/> at the start; then they
    /// can be left out. Default: none.
    /// </summary>
    [Secret, Pattern("^[!-~]{32,4096}( +[!-~]{32,4096}){0,9}$", "1 to 10 former master keys of 32 to 4096 printable ASCII characters, separated by blanks")]
    public string? PreviousMasterKeys { get; set; }

    /// <summary>How many secrets an account may have. Default: 100. Range: 1 to 10,000.</summary>
    [Between(1, 10_000)]
    public int MaxPerAccount { get; set; } = 100;
}

/// <summary>The Orleans cluster. Bound from <c>Gateway:Cluster</c>.</summary>
public sealed class ClusterOptions
{
    /// <summary>The cluster that this process joins. Default: gateway-actors.</summary>
    [Pattern("^[A-Za-z0-9._-]{1,64}$", "1 to 64 letters, digits, '.', '_' or '-'")]
    public string ClusterId { get; set; } = "gateway-actors";

    /// <summary>The service whose stored state the cluster owns; stays the same over all deployments. Default: gateway-actors.</summary>
    [Pattern("^[A-Za-z0-9._-]{1,64}$", "1 to 64 letters, digits, '.', '_' or '-'")]
    public string ServiceId { get; set; } = "gateway-actors";
}

/// <summary>The memory of the response cache. Bound from <c>Gateway:Cache</c>.</summary>
public sealed class CacheMemoryOptions
{
    /// <summary>
    /// Bytes that cached answers take in this process at most; the least recently used make room. Default: 268,435,456 (256 MiB). Range:
    /// 1,048,576 to 1,099,511,627,776.
    /// </summary>
    [Between(1_048_576, 1_099_511_627_776)]
    public long MaxBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>
    /// Bytes that the cached answers of one account take in this process at most. Default: as many as there are; when there are none left, an
    /// account that has less than its share of them takes from the one that has most. Range: 1,048,576 to 1,099,511,627,776.
    /// </summary>
    [Between(1_048_576, 1_099_511_627_776)]
    public long? MaxBytesPerAccount { get; set; }

    /// <summary>
    /// Bytes that the cached answers of one gateway take at most, in equal parts over 4 shards: an answer larger than a part is not kept.
    /// Default: 134,217,728 (128 MiB). Range: 1,048,576 to 1,099,511,627,776.
    /// </summary>
    [Between(1_048_576, 1_099_511_627_776)]
    public long MaxBytesPerGateway { get; set; } = 128L * 1024 * 1024;
}

/// <summary>The price table. Bound from <c>Gateway:Prices</c>.</summary>
public sealed class PriceOptions
{
    /// <summary>A price file that is laid over the one that is built in, model by model. Default: none.</summary>
    public string? File { get; set; }
}
