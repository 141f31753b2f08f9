using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using GatewayActors.Testing.Upstreams;

namespace GatewayActors.Testing.Gateways;

/// <summary>Calls a gateway as a plain HTTP client would; every call opens no more than it needs and retries nothing.</summary>
public sealed class GatewayClient(GatewayProcess gateway) : IDisposable
{
    private readonly HttpMessageInvoker _invoker = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false });

    /// <summary>The gateway that is called.</summary>
    public GatewayProcess Gateway => gateway;

    /// <summary>A request for the data plane, with the gateway token and a provider key.</summary>
    /// <param name="path">What follows the gateway id, such as <c>openai/chat/completions</c>.</param>
    /// <param name="body">The JSON body; null for none.</param>
    /// <param name="script">The script of the upstream that answers.</param>
    /// <param name="gatewayId">The gateway.</param>
    public HttpRequestMessage Request(string path, string? body = null, UpstreamScript? script = null, string gatewayId = "default")
    {
        var request = new HttpRequestMessage(
            body is null ? HttpMethod.Get : HttpMethod.Post, $"{gateway.BaseUrl}/v1/{gateway.AccountId}/{gatewayId}/{path}");
        request.Headers.TryAddWithoutValidation("cf-aig-authorization", "Bearer " + gateway.Token);
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer provider-key-for-tests");
        if (script is not null)
        {
            request.Headers.TryAddWithoutValidation(UpstreamScript.HeaderName, script.Id);
        }

        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        }

        return request;
    }

    /// <summary>Sends a request and reads the whole answer.</summary>
    public async Task<GatewayAnswer> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var response = await StartAsync(request, cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var headers = response.Headers.Concat(response.Content.Headers)
            .ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
        return new(response.StatusCode, headers, body);
    }

    /// <summary>Sends a request and returns as soon as the headers of the answer are here.</summary>
    public async Task<HttpResponseMessage> StartAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using (request)
        {
            return await _invoker.SendAsync(request, cancellationToken);
        }
    }

    /// <summary>Calls the admin API below <c>/accounts/{account}</c> with the operator's token.</summary>
    public Task<GatewayAnswer> AdminAsync(HttpMethod method, string path, JsonNode? body, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(method, $"{gateway.BaseUrl}/client/v4/accounts/{gateway.AccountId}/{path}");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + gateway.Token);
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        }

        return SendAsync(request, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _invoker.Dispose();
}
