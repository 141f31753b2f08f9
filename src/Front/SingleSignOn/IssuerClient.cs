namespace GatewayActors.Front.SingleSignOn;

/// <summary>Calls issuers. The operator has named them, so they may be anywhere; nobody else chooses a target, as redirects are not followed.</summary>
internal sealed class IssuerClient : IDisposable
{
    /// <summary>Longest time for one call.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private const int MaxAnswerBytes = 1024 * 1024;

    /// <summary>The client. An answer is read whole, up to 1 MiB.</summary>
    public HttpClient Http { get; } = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ActivityHeadersPropagator = null, // Nothing of ours is the issuer's business.
    })
    {
        Timeout = Timeout,
        MaxResponseContentBufferSize = MaxAnswerBytes,
    };

    public void Dispose() => Http.Dispose();
}
