using System.Text;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Rest;
using GatewayActors.Front.SingleSignOn;
using Orleans.Runtime;

namespace GatewayActors.Front.Pipeline;

/// <summary>The headers in which clients send tokens of ours.</summary>
[Flags]
internal enum GatewayCredentialHeaders
{
    None = 0,
    CfAigAuthorization = 1 << 0,
    Authorization = 1 << 1,
    XApiKey = 1 << 2,
    XGoogApiKey = 1 << 3,
    ApiKey = 1 << 4,
    XiApiKey = 1 << 5,
    OcpApimSubscriptionKey = 1 << 6,
    XAuthKey = 1 << 7,
}

/// <summary>
/// Finds the gateway's own token wherever published clients put it. Every header that holds one is consumed: it is never forwarded and
/// never counts as a provider's credential.
/// </summary>
/// <remarks>Only proves who calls; whether that is needed is the gateway's decision.</remarks>
internal sealed partial class AuthenticationStage(ITokenVerifier tokens, IdentityTokens identities, ILogger<AuthenticationStage> logger)
{
    // In the order in which they count.
    private static readonly (string Name, GatewayCredentialHeaders Flag)[] Places =
    [
        ("cf-aig-authorization", GatewayCredentialHeaders.CfAigAuthorization),
        ("authorization", GatewayCredentialHeaders.Authorization),
        ("x-api-key", GatewayCredentialHeaders.XApiKey),
        ("x-goog-api-key", GatewayCredentialHeaders.XGoogApiKey),
        ("api-key", GatewayCredentialHeaders.ApiKey),
        ("xi-api-key", GatewayCredentialHeaders.XiApiKey),
        ("ocp-apim-subscription-key", GatewayCredentialHeaders.OcpApimSubscriptionKey),
    ];

    // Clients of the API host may send theirs in one more.
    private static readonly (string Name, GatewayCredentialHeaders Flag)[] RestPlaces = [.. Places, ("x-auth-key", GatewayCredentialHeaders.XAuthKey)];

    private static readonly string[] Schemes = ["Bearer ", "Token ", "Key ", "Api-Key "];

    public async ValueTask InvokeAsync(Exchange exchange)
    {
        try
        {
            var request = exchange.Http.Request;
            exchange.ConsumedHeaders = await FindTokensAsync(exchange, request.Headers, authenticates: true);
            if (exchange.IsWebSocket)
            {
                await AuthenticateAsync(exchange, WebSocketHandshake.TokensInQuery(exchange.RawTarget));
            }

            if (!identities.IsEmpty)
            {
                await FindIdentitiesAsync(exchange, request);
            }

            exchange.RawTarget = await QueryTokens.RemoveAsync(exchange.RawTarget, exchange.Http, tokens);
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            LogNoAnswer(exchange.Id, exception);
            exchange.Fail(GatewayError.NoDecision);
        }
    }

    /// <summary>
    /// Finds the headers of a step that hold tokens of ours: they prove nothing there, and go no further. Takes them out of its endpoint.
    /// </summary>
    public async ValueTask<StepTokens> FindAsync(Exchange exchange, IHeaderDictionary headers, string endpoint)
    {
        try
        {
            return new(
                await FindTokensAsync(exchange, headers, authenticates: false),
                await QueryTokens.RemoveAsync(endpoint, exchange.Http, tokens),
                null);
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            LogNoAnswer(exchange.Id, exception);
            return new(default, endpoint, GatewayError.NoDecision);
        }
    }

    // The places that are for identities alone; they never go further, whatever is in them.
    private async ValueTask FindIdentitiesAsync(Exchange exchange, HttpRequest request)
    {
        foreach (var value in IdentityTokens.Places.SelectMany(place => request.Headers[place]).Append(request.Cookies[IdentityTokens.Cookie]))
        {
            if (value is { Length: > 0 } token && identities.Find(token) is { } signOn)
            {
                await AcceptIdentityAsync(exchange, token, signOn);
            }
        }

        if (exchange is { IsIdentityUnknown: true, Principal: null })
        {
            exchange.Fail(GatewayError.NoDecision); // Neither an identity nor none: the issuer cannot be asked.
        }
    }

    private static async ValueTask AcceptIdentityAsync(Exchange exchange, string token, SignOn signOn)
    {
        var identity = await signOn.Tokens.CheckAsync(token, signOn.Audiences, exchange.Http.RequestAborted);
        exchange.IsIdentityUnknown |= identity.State == IssuerTokenState.Unavailable;
        if (identity.State == IssuerTokenState.Valid)
        {
            var principal = signOn.PrincipalOf(identity);
            exchange.Identity ??= IdentityTokens.IdentityOf(principal.Person!, identity.Claims);
            Accept(exchange, principal);
        }
    }

    private async ValueTask AuthenticateAsync(Exchange exchange, IEnumerable<string> candidates)
    {
        foreach (var candidate in candidates)
        {
            if (exchange.Principal is not null)
            {
                return;
            }

            var principal = await tokens.VerifyAsync(candidate, exchange.Http.Connection.RemoteIpAddress, exchange.Http.RequestAborted);
            exchange.Principal = principal?.Can(Permissions.GatewayRun, exchange.Gateway.AccountId) == true ? principal : null;
        }
    }

    private async ValueTask<GatewayCredentialHeaders> FindTokensAsync(Exchange exchange, IHeaderDictionary headers, bool authenticates)
    {
        var consumed = GatewayCredentialHeaders.None;
        foreach (var (name, flag) in exchange.Rest is null ? Places : RestPlaces)
        {
            if (!headers.TryGetValue(name, out var values))
            {
                continue;
            }

            foreach (var value in values)
            {
                if (value is not { Length: > 0 })
                {
                    continue;
                }

                var candidate = CandidateOf(value);
                if (await tokens.VerifyAsync(candidate.Span, exchange.Http.Connection.RemoteIpAddress, exchange.Http.RequestAborted) is { } principal)
                {
                    consumed |= flag;
                    if (authenticates)
                    {
                        Accept(exchange, principal);
                    }
                }
                else if (identities.Find(candidate.Span) is { } signOn)
                {
                    consumed |= flag;
                    if (authenticates)
                    {
                        await AcceptIdentityAsync(exchange, candidate.ToString(), signOn);
                    }
                }
                else if (TokenValue.IsOurs(candidate.Span))
                {
                    // One of ours that does not count right now: disabled, for another network, not valid yet. No provider may see it.
                    consumed |= flag;
                }
            }
        }

        return consumed;
    }

    private static void Accept(Exchange exchange, TokenPrincipal principal)
    {
        var accountId = exchange.Gateway.AccountId;
        if (principal.Person is { } person)
        {
            exchange.Identity ??= IdentityTokens.IdentityOf(person, default);
        }

        if (exchange.Rest is null ? principal.Can(Permissions.GatewayRun, accountId) : RestSurface.Allows(principal, accountId))
        {
            exchange.Principal ??= principal;
        }
        else
        {
            exchange.HasOtherToken = true;
        }
    }

    /// <summary>Whether there is anything in the places of tokens.</summary>
    public static bool HasCandidate(IHeaderDictionary headers) => Array.Exists(RestPlaces, place => headers.TryGetValue(place.Name, out var values) && values is [{ Length: > 0 }, ..]);

    /// <summary>The name of a header by its flag.</summary>
    public static bool IsConsumed(GatewayCredentialHeaders consumed, string name)
    {
        if (consumed == GatewayCredentialHeaders.None)
        {
            return false;
        }

        foreach (var (place, flag) in RestPlaces)
        {
            if ((consumed & flag) != 0 && place.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What may be a token of ours in a header's value: without the scheme; of a user's name and password, the password.</summary>
    private static ReadOnlyMemory<char> CandidateOf(string value)
    {
        var text = value.AsMemory().Trim();
        foreach (var scheme in Schemes)
        {
            if (text.Span.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
            {
                return text[scheme.Length..].TrimStart();
            }
        }

        return text.Span.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase) ? PasswordOf(text.Span["Basic ".Length..].Trim()).AsMemory() : text;
    }

    [LoggerMessage(EventId = 1003, EventName = "NoTokenAnswer", Level = LogLevel.Error, Message = "No grain knew about the token of exchange {ExchangeId}.")]
    private partial void LogNoAnswer(Guid exchangeId, Exception exception);

    private static string PasswordOf(ReadOnlySpan<char> basic)
    {
        var bytes = new byte[basic.Length];
        if (!Convert.TryFromBase64Chars(basic, bytes, out var length))
        {
            return "";
        }

        var pair = Encoding.UTF8.GetString(bytes, 0, length);
        return pair[(pair.IndexOf(':', StringComparison.Ordinal) + 1)..];
    }
}

/// <summary>What a step says that is ours alone.</summary>
/// <param name="Headers">The headers that hold tokens of ours.</param>
/// <param name="Endpoint">Its endpoint without such tokens.</param>
/// <param name="Error">Why this could not be found out; null if it could.</param>
internal readonly record struct StepTokens(GatewayCredentialHeaders Headers, string Endpoint, GatewayError? Error);
