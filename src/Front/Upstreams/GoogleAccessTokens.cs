using System.Collections.Concurrent;
using System.Text.Json;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Errors;
using GatewayActors.Providers.GoogleVertexAI;

namespace GatewayActors.Front.Upstreams;

/// <summary>Exchanges Google service accounts for access tokens (RFC 7523), once per account and hour. Thread-safe.</summary>
/// <remarks>
/// https://developers.google.com/identity/protocols/oauth2/service-account. The endpoint is the operator's setting; the
/// <c>token_uri</c> of a service account is never followed, a client could name any address of our network there.
/// </remarks>
internal sealed partial class GoogleAccessTokens(GatewayOptions options, TimeProvider timeProvider, ILogger<GoogleAccessTokens> logger)
{
    /// <summary>The provider whose credentials are exchanged here.</summary>
    public const string ProviderSlug = "google-vertex-ai";

    /// <summary>Most tokens that are kept; one has about 1 KB.</summary>
    public const int MaxTokens = 1_000;

    private const string DefaultTokenUrl = "https://oauth2.googleapis.com/token";
    private const string GrantType = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    private const int MaxAnswerBytes = 64 * 1024;

    // A request that starts with a token must not meet its end on the way.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, AccessToken> _tokens = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<Task<AccessTokenResult>>> _exchanges = new(StringComparer.Ordinal);

    private readonly Uri _tokenUrl = new(
        options.Providers.TryGetValue(ProviderSlug, out var provider) && provider.TokenUrl is { } set ? set : DefaultTokenUrl);

    /// <summary>How many tokens are kept.</summary>
    public int Count => _tokens.Count;

    /// <summary>A valid access token of the account.</summary>
    /// <param name="account">The service account.</param>
    /// <param name="invoker">The way out.</param>
    /// <param name="cancellationToken">Gives up waiting; the exchange goes on for others who wait.</param>
    public ValueTask<AccessTokenResult> GetAsync(ServiceAccount account, HttpMessageInvoker invoker, CancellationToken cancellationToken)
    {
        if (_tokens.TryGetValue(account.CacheKey, out var token) && token.UsableUntil > timeProvider.GetUtcNow())
        {
            return ValueTask.FromResult(new AccessTokenResult(token.Value, null));
        }

        // One exchange per account at a time: the first requests of a burst share it.
        var exchange = _exchanges.GetOrAdd(account.CacheKey, _ => new(() => ExchangeAndForgetAsync(account, invoker)));
        return new(exchange.Value.WaitAsync(cancellationToken));
    }

    private async Task<AccessTokenResult> ExchangeAndForgetAsync(ServiceAccount account, HttpMessageInvoker invoker)
    {
        try
        {
            return await ExchangeAsync(account, invoker);
        }
        finally
        {
            _exchanges.TryRemove(account.CacheKey, out _);
        }
    }

    private async Task<AccessTokenResult> ExchangeAsync(ServiceAccount account, HttpMessageInvoker invoker)
    {
        if (account.CreateAssertion(timeProvider.GetUtcNow(), _tokenUrl.OriginalString) is not { } assertion)
        {
            return Refuse("The private_key of the Google service account is not an RSA key in PEM form.");
        }

        using var timeout = new CancellationTokenSource(Timeout, timeProvider);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, _tokenUrl)
            {
                Content = new FormUrlEncodedContent([new("grant_type", GrantType), new("assertion", assertion)]),
            };
            using var response = await invoker.SendAsync(request, timeout.Token);
            return await ReadAsync(account, response, timeout.Token);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or JsonException)
        {
            LogFailed(exception);
            return Fail(GatewayErrorKind.UpstreamUnreachable, "Google's token endpoint could not be reached, or its answer could not be read.");
        }
        catch (OperationCanceledException)
        {
            return Fail(GatewayErrorKind.UpstreamTimeout, $"Google's token endpoint sent nothing within {Timeout.TotalSeconds:0} s.");
        }
    }

    private async Task<AccessTokenResult> ReadAsync(ServiceAccount account, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        if (status is 400 or 401 or 403)
        {
            // The body may repeat parts of the credential; the status says enough.
            return Refuse($"Google refused the service account: its token endpoint answered with status {status}.");
        }

        if (status != 200)
        {
            return Fail(GatewayErrorKind.UpstreamUnreachable, $"Google's token endpoint answered with status {status}.");
        }

        await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, cancellationToken);
        using var answer = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellationToken), cancellationToken: cancellationToken);
        if (answer.RootElement.ValueKind != JsonValueKind.Object
            || !answer.RootElement.TryGetProperty("access_token", out var token)
            || token.ValueKind != JsonValueKind.String
            || token.GetString() is not { Length: > 0 } value
            || value.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            return Fail(GatewayErrorKind.UpstreamUnreachable, "Google's token endpoint answered without an access token.");
        }

        var lifetime = answer.RootElement.TryGetProperty("expires_in", out var seconds) && seconds.ValueKind == JsonValueKind.Number && seconds.TryGetInt32(out var number)
            ? number
            : 0;
        Keep(account.CacheKey, new(value, timeProvider.GetUtcNow() + TimeSpan.FromSeconds(lifetime) - Margin));
        return new(value, null);
    }

    private void Keep(string key, AccessToken token)
    {
        var now = timeProvider.GetUtcNow();
        if (token.UsableUntil <= now)
        {
            return;
        }

        if (_tokens.Count >= MaxTokens && !_tokens.ContainsKey(key))
        {
            MakeRoom(now);
        }

        _tokens[key] = token;
    }

    private void MakeRoom(DateTimeOffset now)
    {
        foreach (var (key, token) in _tokens)
        {
            if (token.UsableUntil <= now)
            {
                _tokens.TryRemove(key, out _);
            }
        }

        if (_tokens.Count >= MaxTokens)
        {
            _tokens.TryRemove(_tokens.MinBy(entry => entry.Value.UsableUntil).Key, out _);
        }
    }

    private static AccessTokenResult Refuse(string description) => Fail(GatewayErrorKind.ProviderCredentialRefused, description);

    private static AccessTokenResult Fail(GatewayErrorKind kind, string description) => new(null, new(kind, description));

    [LoggerMessage(EventId = 1201, EventName = "TokenExchangeFailed", Level = LogLevel.Warning, Message = "Google's token endpoint failed.")]
    private partial void LogFailed(Exception exception);

    private sealed record AccessToken(string Value, DateTimeOffset UsableUntil);
}

/// <summary>An access token, or why there is none.</summary>
internal readonly record struct AccessTokenResult(string? Token, GatewayError? Error);
