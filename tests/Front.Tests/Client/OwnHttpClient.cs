namespace GatewayActors.Front.Tests.Client;

/// <summary>An HTTP client of its own for a test.</summary>
internal sealed class OwnHttpClient : IDisposable
{
    private readonly SocketsHttpHandler _handler = new() { UseProxy = false };

    public OwnHttpClient() => Client = new HttpClient(_handler, disposeHandler: true);

    public HttpClient Client { get; }

    public void Dispose() => Client.Dispose();
}
