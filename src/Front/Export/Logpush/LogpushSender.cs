using System.Globalization;
using System.Net.Http.Headers;
using GatewayActors.Front.Egress;

namespace GatewayActors.Front.Export.Logpush;

/// <summary>Hands deliveries to their destinations, over guarded connections.</summary>
internal sealed class LogpushSender(GuardedEgress egress, TimeProvider timeProvider) : IDisposable
{
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly HttpMessageInvoker _client = new(egress.CreateHandler());

    /// <summary>Sends a delivery once.</summary>
    public async Task<ExportOutcome> SendAsync(LogpushDestination destination, int jobId, LogpushBatch batch, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Timeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var request = Request(destination, jobId, batch);
            using var response = await _client.SendAsync(request, either.Token);
            return ExportOutcome.Of(response, timeProvider.GetUtcNow());
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && ExportOutcome.Of(exception) is { } failed)
        {
            return failed;
        }
    }

    public void Dispose() => _client.Dispose();

    private static HttpRequestMessage Request(LogpushDestination destination, int jobId, LogpushBatch batch)
    {
        // The same delivery has the same name: one that is repeated replaces its first copy.
        var time = batch.First?.CreatedAt.UtcDateTime ?? DateTime.UnixEpoch;
        var name = string.Create(CultureInfo.InvariantCulture, $"{time:yyyyMMdd'T'HHmmss'Z'}_{jobId}_{batch.Last:D12}.log.gz");
        var request = new HttpRequestMessage(destination.IsBlob ? HttpMethod.Put : HttpMethod.Post, destination.AddressOf(time.ToString("yyyyMMdd", CultureInfo.InvariantCulture), name))
        {
            Content = new ByteArrayContent(batch.Content),
        };
        if (destination.IsBlob)
        {
            request.Headers.Add("x-ms-blob-type", "BlockBlob");
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/gzip");
            return request;
        }

        request.Content.Headers.ContentType = new MediaTypeHeaderValue(batch.IsCsv ? "text/csv" : "application/x-ndjson");
        request.Content.Headers.ContentEncoding.Add("gzip");
        foreach (var (header, value) in destination.Headers)
        {
            request.Headers.TryAddWithoutValidation(header, value);
        }

        return request;
    }
}
