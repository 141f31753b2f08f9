using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace GatewayActors.Client;

/// <summary>Sends requests, and takes the envelope off the answers.</summary>
internal sealed class GatewayTransport
{
    private readonly HttpClient _http;
    private readonly AuthenticationHeaderValue _authorization;

    public GatewayTransport(HttpClient http, AiGatewayClientOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(options.AccountId);
        ArgumentException.ThrowIfNullOrEmpty(options.Token);
        if (!options.BaseAddress.IsAbsoluteUri)
        {
            throw new ArgumentException("The base address must be absolute.", nameof(options));
        }

        _http = http;
        _authorization = new("Bearer", options.Token);
        AccountId = options.AccountId;
        Origin = options.BaseAddress.GetLeftPart(UriPartial.Path).TrimEnd('/');
    }

    public string AccountId { get; }

    public string Origin { get; }

    /// <summary>A target of the account below the admin API.</summary>
    public string Admin(string path) => $"{Origin}/client/v4/accounts/{Uri.EscapeDataString(AccountId)}/{path}";

    public async Task<T> SendAsync<T>(HttpMethod method, string target, HttpContent? content, JsonTypeInfo<Envelope<T>> type, CancellationToken cancellationToken) =>
        (await SendWholeAsync(method, target, content, type, cancellationToken).ConfigureAwait(false)).Result
            ?? throw new AiGatewayException("The answer has no result.", HttpStatusCode.OK, 0, null);

    /// <summary>For answers whose result says nothing.</summary>
    public async Task SendAsync(HttpMethod method, string target, HttpContent? content, CancellationToken cancellationToken)
    {
        using var response = await StartAsync(method, target, content, cancellationToken).ConfigureAwait(false);
        await EnsureSuccessAsync(response, cancellationToken).ConfigureAwait(false);
    }

    public async Task<T> SendWholeAsync<T>(HttpMethod method, string target, HttpContent? content, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var response = await StartAsync(method, target, content, cancellationToken).ConfigureAwait(false);
        await EnsureSuccessAsync(response, cancellationToken).ConfigureAwait(false);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return JsonSerializer.Deserialize(body, type) ?? throw new JsonException("The answer is null.");
        }
        catch (JsonException exception)
        {
            throw new AiGatewayException("The answer is not JSON of the expected form.", response.StatusCode, 0, RequestId(response), exception);
        }
    }

    /// <summary>All items of a list, page by page.</summary>
    public async IAsyncEnumerable<T> ListAsync<T>(
        string target, JsonTypeInfo<Envelope<IReadOnlyList<T>>> type, int perPage, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var separator = target.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        var seen = 0L;
        for (var page = 1; ; page++)
        {
            var envelope = await SendWholeAsync(HttpMethod.Get, $"{target}{separator}page={page}&per_page={perPage}", null, type, cancellationToken).ConfigureAwait(false);
            foreach (var item in envelope.Result ?? [])
            {
                seen++;
                yield return item;
            }

            // A list without a total is whole.
            if (envelope.Result is not { Count: > 0 } || envelope.ResultInfo is not { TotalCount: { } total } || seen >= total)
            {
                yield break;
            }
        }
    }

    /// <summary>The answer as soon as its head is here, whatever its status.</summary>
    public async Task<HttpResponseMessage> StartAsync(HttpMethod method, string target, HttpContent? content, CancellationToken cancellationToken, Action<HttpRequestHeaders>? addHeaders = null)
    {
        using var request = new HttpRequestMessage(method, target) { Content = content };
        request.Headers.Authorization = _authorization;
        addHeaders?.Invoke(request.Headers);
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
    }

    public static HttpContent Json<T>(T value, JsonTypeInfo<T> type)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(value, type));
        content.Headers.ContentType = new("application/json");
        return content;
    }

    public static async Task EnsureSuccessAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode)
        {
            throw await ReadErrorAsync(response, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<AiGatewayException> ReadErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        ErrorItem? error = null;
        JsonException? unreadable = null;
        try
        {
            error = JsonSerializer.Deserialize(body, ClientJson.Default.ErrorBody) switch
            {
                { Errors: [var first, ..] } => first,
                { InternalCode: { } code } said => new(code, said.Description),
                _ => null,
            };
        }
        catch (JsonException exception)
        {
            unreadable = exception; // A proxy's page, or a provider's own error: the status says enough.
        }

        return new(error?.Message ?? $"The gateway answered {(int)response.StatusCode}.", response.StatusCode, error?.Code ?? 0, RequestId(response), unreadable);
    }

    private static string? RequestId(HttpResponseMessage response) =>
        response.Headers.TryGetValues("cf-aig-request-id", out var values) || response.Headers.TryGetValues("cf-ray", out values) ? values.FirstOrDefault() : null;
}
