using System.Net.Http.Headers;
using GatewayActors.Front.Egress;

namespace GatewayActors.Front.Run.Background;

/// <summary>Calls webhooks of tenants: once, and never again.</summary>
internal sealed partial class RunWebhooks(GuardedEgress egress, TimeProvider timeProvider, ILogger<RunWebhooks> logger) : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpMessageInvoker _client = new(egress.CreateHandler());

    public async Task SendAsync(Uri url, byte[] body, Guid run)
    {
        using var timeout = new CancellationTokenSource(Timeout, timeProvider);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) { Headers = { ContentType = Json } } };
            using var response = await _client.SendAsync(request, timeout.Token);
            if (!response.IsSuccessStatusCode)
            {
                LogRefused(run, (int)response.StatusCode);
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            LogNotSent(run, exception.GetType().Name); // Not its message, which may name hosts inside.
        }
    }

    public void Dispose() => _client.Dispose();

    [LoggerMessage(EventId = 1306, EventName = "WebhookRefused", Level = LogLevel.Warning, Message = "The webhook of the background run {ExchangeId} answered {Status}; it is not called again.")]
    private partial void LogRefused(Guid exchangeId, int status);

    [LoggerMessage(EventId = 1307, EventName = "WebhookNotSent", Level = LogLevel.Warning, Message = "The webhook of the background run {ExchangeId} could not be called ({Reason}); it is not called again.")]
    private partial void LogNotSent(Guid exchangeId, string reason);
}
