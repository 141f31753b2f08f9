using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace GatewayActors.Client;

/// <summary>The answer of a run. Its body is read once; disposing it ends a stream, at the provider too.</summary>
public sealed class GatewayRun : IDisposable
{
    internal GatewayRun(HttpResponseMessage response) => Response = response;

    /// <summary>The answer as it came in.</summary>
    public HttpResponseMessage Response { get; }

    /// <summary>The id of its log entry; null if it is not logged.</summary>
    public string? LogId => Header("cf-aig-log-id");

    /// <summary>Which step has answered, from 0.</summary>
    public int Step => int.TryParse(Header("cf-aig-step"), NumberStyles.None, CultureInfo.InvariantCulture, out var step) ? step : 0;

    /// <summary>Whether the answer was kept: <c>HIT</c> or <c>MISS</c>; null if the cache was not asked.</summary>
    public string? CacheStatus => Header("cf-aig-cache-status");

    /// <summary>The whole answer.</summary>
    /// <exception cref="AiGatewayException">The status is no success, or the answer is not JSON.</exception>
    public async Task<JsonElement> ReadJsonAsync(CancellationToken cancellationToken = default)
    {
        await GatewayTransport.EnsureSuccessAsync(Response, cancellationToken).ConfigureAwait(false);
        var body = await Response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return JsonElement.Parse(body);
        }
        catch (JsonException exception)
        {
            throw new AiGatewayException("The answer is not JSON.", Response.StatusCode, 0, Header("cf-aig-request-id"), exception);
        }
    }

    /// <summary>The events of a streamed answer, each as soon as it is here, as the provider sends them.</summary>
    /// <exception cref="AiGatewayException">The status is no success.</exception>
    public async IAsyncEnumerable<SseItem<string>> ReadEventsAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await GatewayTransport.EnsureSuccessAsync(Response, cancellationToken).ConfigureAwait(false);
        var stream = await Response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            await foreach (var item in SseParser.Create(stream).EnumerateAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return item;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Response.Dispose();

    private string? Header(string name) => Response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
