using System.Net.Http.Headers;
using GatewayActors.Front.Billing;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.StoredKeys;
using GatewayActors.Front.Upstreams;

namespace GatewayActors.Front.Guardrails.Engines.Calls;

/// <summary>
/// Calls scanners: at an address of the operator's, or as a model of a provider with the gateway's stored key, else with the operator's
/// credential. Nothing of the client's request goes there but the text.
/// </summary>
internal sealed class ScannerCalls(
    RoutingStage routing, StoredKeyStage storedKeys, AttemptEngine attempts, Credits credits, GatewayOptions options, TimeProvider timeProvider) : IDisposable
{
    private const int MaxAnswerBytes = 1024 * 1024;

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpMessageInvoker _client = new(UpstreamHandlers.Create(options.Upstream));

    /// <summary>Posts to an address of the operator's.</summary>
    /// <param name="url">The address.</param>
    /// <param name="key">The header that the key goes into, with it; null for none.</param>
    /// <param name="body">JSON.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async ValueTask<ScannerReply> PostAsync(string url, (string Header, string Value)? key, byte[] body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) { Headers = { ContentType = Json } } };
        if (key is { } credential)
        {
            request.Headers.TryAddWithoutValidation(credential.Header, credential.Value);
        }

        try
        {
            using var response = await _client.SendAsync(request, cancellationToken);
            await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, cancellationToken);
            return new((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellationToken));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return ScannerReply.None; // Who asked tells that it is not available; the address is the operator's, and the attempt is in the metrics.
        }
    }

    /// <summary>Posts to a provider.</summary>
    /// <param name="step">The step whose gateway's key is used.</param>
    /// <param name="provider">The provider's slug.</param>
    /// <param name="path">The provider's own path.</param>
    /// <param name="body">JSON.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async ValueTask<ScannerReply> PostAsync(Step step, string provider, string path, byte[] body, CancellationToken cancellationToken)
    {
        var call = await CreateAsync(step, provider, path, body, StoredKeyName.DefaultAlias);
        if (call.StoredKey is null)
        {
            call = await CreateAsync(step, provider, path, body, alias: null);
            if (call.Error is not null || call.Route.Transport.OperatorCredential is not { } credential)
            {
                return ScannerReply.None;
            }

            (call.AccessToken, call.UsesOperatorCredential) = (credential, true);
            if (credits.Pays(call))
            {
                await credits.CheckAsync(call);
            }

            if (call.Error is { } error)
            {
                return error.Kind == GatewayErrorKind.InsufficientCredits ? new(StatusCodes.Status402PaymentRequired, []) : ScannerReply.None;
            }
        }

        StoredKeyStage.Check(call);
        if (call.Error is not null)
        {
            return ScannerReply.None;
        }

        call.Aborted = cancellationToken;
        using var answer = await attempts.RunAsync(call);
        if (answer is null)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return ScannerReply.None;
        }

        try
        {
            var (bytes, isWhole) = await AnswerBodies.ReadAsync(answer, MaxAnswerBytes);
            return !isWhole ? ScannerReply.None : new(answer.StatusCode, bytes.ToArray())
            {
                UsesStoredKey = call.StoredKey is not null,
                UsesOperatorCredential = call.UsesOperatorCredential,
                Call = call,
            };
        }
        catch (Exception exception) when (AnswerBodies.IsBroken(answer, exception))
        {
            return ScannerReply.None;
        }
    }

    /// <summary>Takes what a call has cost, where it was made with the operator's credential.</summary>
    public void Charge(in ScannerReply reply, decimal? usd)
    {
        if (reply.Call is { } call && credits.Pays(call))
        {
            credits.Charge(call, usd ?? 0);
        }
    }

    public void Dispose() => _client.Dispose();

    /// <summary>A step of an exchange of its own: what becomes of the call is nothing to the client's.</summary>
    private async ValueTask<Step> CreateAsync(Step step, string provider, string path, byte[] body, string? alias)
    {
        var owner = step.Exchange;
        var now = timeProvider.GetUtcNow();
        var exchange = new Exchange(owner.Http, ExchangeIds.Create(now), now, timeProvider.GetTimestamp())
        {
            Gateway = owner.Gateway,
            Snapshot = owner.Snapshot,
            SecretsVersion = owner.SecretsVersion,
            Secrets = owner.Secrets,
            IsContinued = true,
        };
        IHeaderDictionary headers = new HeaderDictionary();
        headers.ContentType = "application/json";
        var call = new Step(exchange, headers)
        {
            HasOwnBody = true,
            Method = HttpMethods.Post,
            Body = new MemoryRequestBody(body),
            KeyAlias = alias,
            AttemptPolicy = new() { MaxAttempts = 1, Delay = default, Backoff = default, FirstByteTimeout = options.Guardrails.Timeout },
        };
        routing.Invoke(call, provider, path, []);
        if (call.Error is null && alias is not null)
        {
            await storedKeys.InvokeAsync(call);
        }

        return call;
    }
}

/// <summary>What a scanner answered.</summary>
/// <param name="Status">The status; 0 if it did not answer.</param>
/// <param name="Body">The body.</param>
internal readonly record struct ScannerReply(int Status, byte[] Body)
{
    /// <summary>No answer.</summary>
    public static ScannerReply None { get; } = new(0, []);

    /// <summary>Whether a stored key was used.</summary>
    public bool UsesStoredKey { get; init; }

    /// <summary>Whether the operator's credential was used.</summary>
    public bool UsesOperatorCredential { get; init; }

    /// <summary>The call, where it went to a provider.</summary>
    public Step? Call { get; init; }

    /// <summary>Whether the scanner is not paid for.</summary>
    public bool LacksCredit => Status == StatusCodes.Status402PaymentRequired
        || (Status == StatusCodes.Status429TooManyRequests && Body.AsSpan().IndexOf("insufficient_quota"u8) >= 0);

    /// <summary>What an answer means that is no verdict.</summary>
    public ScannerVerdict Failure => (LacksCredit ? ScannerVerdict.NoCredit : ScannerVerdict.Unavailable) with
    {
        StatusCode = Status,
        UsesStoredKey = UsesStoredKey,
        UsesOperatorCredential = UsesOperatorCredential,
    };

    /// <summary>A verdict of this answer.</summary>
    public ScannerVerdict Verdict(Hazards found) => new(found, ScannerState.Answered)
    {
        StatusCode = Status,
        UsesStoredKey = UsesStoredKey,
        UsesOperatorCredential = UsesOperatorCredential,
    };
}
