namespace GatewayActors.Client;

/// <summary>A client of one account of an AI gateway. Thread-safe; the HTTP client stays the caller's.</summary>
public sealed class AiGatewayClient
{
    private readonly GatewayTransport _transport;

    /// <summary>Makes a client.</summary>
    /// <param name="http">Sends the requests. Its base address and default headers are not needed. Its timeout also ends answers that are read, streams excepted.</param>
    /// <param name="options">Where to call, and as whom.</param>
    /// <exception cref="ArgumentException">The account or the token is empty, or the address is not absolute.</exception>
    public AiGatewayClient(HttpClient http, AiGatewayClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(options);
        _transport = new(http, options);
        Gateways = new(_transport);
        CustomProviders = new(_transport);
        Secrets = new(_transport);
        Tokens = new(_transport);
        Analytics = new(_transport);
    }

    /// <summary>The gateways of the account.</summary>
    public GatewaysClient Gateways { get; }

    /// <summary>The providers that the account has defined.</summary>
    public CustomProvidersClient CustomProviders { get; }

    /// <summary>The stored secrets of the account.</summary>
    public SecretsClient Secrets { get; }

    /// <summary>The API tokens of the account.</summary>
    public TokensClient Tokens { get; }

    /// <summary>Sums over requests.</summary>
    public AnalyticsClient Analytics { get; }

    /// <summary>One gateway: what the Workers binding's <c>env.AI.gateway(id)</c> has, and what belongs to a gateway.</summary>
    /// <param name="id">The gateway. It is not looked up.</param>
    /// <exception cref="ArgumentException">The id is empty.</exception>
    public GatewayClient Gateway(string id)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        return new(_transport, id);
    }
}
