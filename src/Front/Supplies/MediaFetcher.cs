using System.Net;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Egress;
using GatewayActors.Providers.Translation.Supplies;

namespace GatewayActors.Front.Supplies;

/// <summary>
/// Fetches images and documents that clients name by URL, for providers that take bytes only. The URLs are tenants': every one on the way is
/// checked, and every connection is guarded.
/// </summary>
/// <param name="handler">Makes the connections: guarded, and without following redirects.</param>
/// <param name="options">The operator's options.</param>
/// <param name="timeProvider">Measures how long it takes.</param>
/// <param name="logger">Is told of hosts, never of whole URLs: those may hold credentials.</param>
internal sealed partial class MediaFetcher(HttpMessageHandler handler, GatewayOptions options, TimeProvider timeProvider, ILogger<MediaFetcher> logger) : IDisposable
{
    /// <summary>How many URLs of one request are fetched at once.</summary>
    private const int Parallel = 4;

    private const int MostRedirects = 3;

    private readonly HttpMessageInvoker _client = new(handler);

    /// <summary>Whether the operator allows it.</summary>
    public bool IsOn => options.Translation.FetchMedia;

    /// <summary>Fetches all of them, or says why one of them cannot be had.</summary>
    /// <param name="needed">What is needed.</param>
    /// <param name="aborted">The client is gone.</param>
    public async ValueTask<FetchedMedia> FetchAsync(IReadOnlyList<NeededMedia> needed, CancellationToken aborted)
    {
        if (needed.Count == 0)
        {
            return FetchedMedia.None;
        }

        if (needed.Count > options.Translation.MaxMediaUrls)
        {
            return new(FetchedMedia.None.Media, new(needed[options.Translation.MaxMediaUrls], $"At most {options.Translation.MaxMediaUrls} URLs of one request are fetched; send the bytes."));
        }

        var budget = new Budget(options.Translation.MaxMediaBytes);
        var results = new (InlineMedia? Media, string? Problem)[needed.Count];
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(aborted); // Where one cannot be had, the others are not needed.
        try
        {
            await System.Threading.Tasks.Parallel.ForAsync(0, needed.Count, new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = stop.Token }, async (index, cancelled) =>
            {
                results[index] = await FetchAsync(needed[index].Url, budget, cancelled);
                if (results[index].Problem is not null)
                {
                    await stop.CancelAsync();
                }
            });
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The client has gone, or one of the results says why.
        }

        var failed = Array.FindIndex(results, result => result.Problem is not null);
        return failed >= 0
            ? new(FetchedMedia.None.Media, new(needed[failed], results[failed].Problem!))
            : new(needed.Zip(results).Where(pair => pair.Second.Media is not null).ToDictionary(pair => pair.First.Url, pair => pair.Second.Media!, StringComparer.Ordinal), null);
    }

    public void Dispose() => _client.Dispose();

    private async ValueTask<(InlineMedia? Media, string? Problem)> FetchAsync(string url, Budget budget, CancellationToken cancelled)
    {
        using var limit = new CancellationTokenSource(options.Translation.MediaTimeout, timeProvider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancelled, limit.Token);
        var host = "?";
        string problem;
        try
        {
            (var media, host, problem) = await FollowAsync(url, budget, both.Token);
            if (media is not null)
            {
                return (media, null);
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancelled.IsCancellationRequested)
        {
            problem = $"it did not come within {options.Translation.MediaTimeout.TotalSeconds:0.#} s";
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            problem = "its host cannot be reached, or broke off"; // No more than that: the host may be one of the operator's own network.
        }

        LogNotFetched(host, problem);
        return (null, $"The URL could not be fetched: {problem}.");
    }

    private async ValueTask<(InlineMedia? Media, string Host, string Problem)> FollowAsync(string url, Budget budget, CancellationToken cancelled)
    {
        for (var redirects = 0; ; redirects++)
        {
            if (TenantUrl.Problem(url, options.Upstream.AllowPrivateNetworks) is { } problem)
            {
                return (null, "?", problem);
            }

            var address = new Uri(url);
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.TryAddWithoutValidation("Accept", "image/*, application/pdf");
            request.Headers.TryAddWithoutValidation("User-Agent", "GatewayActors");
            using var response = await _client.SendAsync(request, cancelled);
            if (response.StatusCode is not (HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect))
            {
                var (media, failure) = await ReadAsync(response, budget, cancelled);
                return (media, address.Host, failure);
            }

            if (redirects == MostRedirects || response.Headers.Location is not { } location)
            {
                return (null, address.Host, redirects == MostRedirects ? $"it redirects more than {MostRedirects} times" : "it redirects nowhere");
            }

            url = new Uri(address, location).AbsoluteUri;
        }
    }

    private static async ValueTask<(InlineMedia? Media, string Problem)> ReadAsync(HttpResponseMessage response, Budget budget, CancellationToken cancelled)
    {
        if (!response.IsSuccessStatusCode)
        {
            return (null, $"it answered with status {(int)response.StatusCode}");
        }

        if (response.Content.Headers.ContentLength > budget.Left)
        {
            return (null, budget.Problem);
        }

        using var bytes = new MemoryStream();
        await using var body = await response.Content.ReadAsStreamAsync(cancelled);
        var piece = new byte[32 * 1024];
        while (await body.ReadAsync(piece, cancelled) is > 0 and var length)
        {
            if (!budget.TryTake(length))
            {
                return (null, budget.Problem);
            }

            bytes.Write(piece, 0, length);
        }

        var type = response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var values) ? values.ToString() : null;
        return InlineMedia.Create(type, bytes.GetBuffer().AsSpan(0, (int)bytes.Length)) is { } media ? (media, "") : (null, "it is neither an image nor a PDF");
    }

    /// <summary>The bytes that may still be fetched for one request. Thread-safe.</summary>
    private sealed class Budget(long most)
    {
        private long _left = most;

        public long Left => Interlocked.Read(ref _left);

        public string Problem { get; } = $"what the request names by URL is larger than {most} bytes";

        public bool TryTake(int bytes) => Interlocked.Add(ref _left, -bytes) >= 0;
    }

    [LoggerMessage(EventId = 1208, EventName = "MediaNotFetched", Level = LogLevel.Information, Message = "An image or a document at {Host} could not be fetched: {Problem}.")]
    private partial void LogNotFetched(string host, string problem);
}

/// <summary>What was fetched, or why not all of it was.</summary>
/// <param name="Media">By their URLs.</param>
/// <param name="Problem">Why one of them could not be had; null if all are here.</param>
internal sealed record FetchedMedia(IReadOnlyDictionary<string, InlineMedia> Media, MediaProblem? Problem)
{
    public static FetchedMedia None { get; } = new(new Dictionary<string, InlineMedia>(), null);
}

/// <summary>Why something could not be fetched.</summary>
/// <param name="Media">What.</param>
/// <param name="Reason">Why; safe to show.</param>
internal sealed record MediaProblem(NeededMedia Media, string Reason);
