using System.Buffers;
using System.Collections.Frozen;
using System.Net.Http.Headers;
using GatewayActors.Providers;
using GatewayActors.Providers.Translation;
using Microsoft.Extensions.Primitives;

namespace GatewayActors.Front.Pipeline;

/// <summary>Which headers pass between client and upstream.</summary>
internal static class HeaderPolicy
{
    private const string Placeholder = "CF_TEMP_TOKEN";

    // Hop by hop (RFC 9110 §7.6.1), addressed to this gateway, set anew by the client below, or about the client's network.
    private static readonly FrozenSet<string> NotForwarded = FrozenSet.ToFrozenSet(
        [
            "accept-encoding", "alt-used", "cdn-loop", "cf-cache-ttl", "cf-connecting-ip", "cf-ray", "cf-skip-cache", "cf-worker", "connection",
            "content-length", "cookie", "expect", "forwarded", "host", "http2-settings", "keep-alive", "payment-method", "payment-signature",
            "proxy-authenticate", "proxy-authorization", "proxy-connection", "sec-websocket-accept",
            "sec-websocket-extensions", "sec-websocket-key", "sec-websocket-protocol", "sec-websocket-version", "te", "trailer", "transfer-encoding", "upgrade", "x-fal-target-url", "x-real-ip",
        ],
        StringComparer.OrdinalIgnoreCase);

    private static readonly string[] NotForwardedPrefixes = ["cf-aig-", "cf-access-", "x-forwarded-"];

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly FrozenSet<string> NotReturned = FrozenSet.ToFrozenSet(
        [
            "access-control-allow-credentials", "access-control-allow-headers", "access-control-allow-methods", "access-control-allow-origin",
            "access-control-expose-headers", "access-control-max-age", "alt-svc", "connection", "date", "keep-alive", "proxy-authenticate",
            "proxy-connection", "server", "set-cookie", "strict-transport-security", "te", "trailer", "transfer-encoding", "upgrade",
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a credential is there in form only: empty, a scheme without a value, or the marker of a published client.</summary>
    public static bool IsEmptyCredential(string value)
    {
        var text = value.AsSpan().Trim();
        var blank = text.IndexOf(' ');
        return text.IsEmpty
            || text.Contains(Placeholder, StringComparison.Ordinal)
            || (blank < 0 && (text.Equals("Bearer", StringComparison.OrdinalIgnoreCase) || text.Equals("Token", StringComparison.OrdinalIgnoreCase)
                || text.Equals("Key", StringComparison.OrdinalIgnoreCase) || text.Equals("Api-Key", StringComparison.OrdinalIgnoreCase)
                || text.Equals("Basic", StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>Whether this can be the name of a header (RFC 9110 §5.6.2).</summary>
    public static bool IsName(ReadOnlySpan<char> name) => !name.IsEmpty && !name.ContainsAnyExcept(NameCharacters);

    /// <summary>Whether this can be the value of a header that a tenant sets.</summary>
    public static bool IsValue(ReadOnlySpan<char> value) => !value.ContainsAnyExceptInRange(' ', '~');

    /// <summary>Whether a tenant may set this header on requests to an upstream: not what belongs to the connection, to the body or to us.</summary>
    public static bool MaySet(string name) =>
        !NotForwarded.Contains(name) && !StartsWithAny(name, NotForwardedPrefixes) && !name.StartsWith("content-", StringComparison.OrdinalIgnoreCase);

    /// <summary>Copies the headers of a step to an attempt.</summary>
    public static void CopyRequest(Step step, HttpRequestMessage attempt)
    {
        var provider = step.Route.Provider;
        var headers = step.RequestHeaders;
        var hopByHop = headers.Connection;
        foreach (var (name, values) in headers)
        {
            if (IsForwarded(step, provider, name, values, hopByHop))
            {
                Add(attempt, name, values);
            }
        }
    }

    /// <summary>Copies an upstream's headers to the client's response.</summary>
    public static void CopyResponse(HttpResponseMessage attempt, IHeaderDictionary response)
    {
        var hopByHop = attempt.Headers.NonValidated.TryGetValues("Connection", out var connection) ? new StringValues([.. connection]) : default;
        Copy(attempt.Headers.NonValidated, response, hopByHop);
        Copy(attempt.Content.Headers.NonValidated, response, hopByHop);
    }

    private static bool IsForwarded(Step step, Provider provider, string name, StringValues values, StringValues hopByHop)
    {
        if (NotForwarded.Contains(name) || StartsWithAny(name, NotForwardedPrefixes) || NamesHeader(hopByHop, name))
        {
            return provider.KeepsHeader(step, name);
        }

        // The user's name beside a key of the API host.
        if (step.Exchange.Rest is not null && name.StartsWith("x-auth-", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        return !AuthenticationStage.IsConsumed(step.ConsumedHeaders, name)
            && !((step.Translation?.Format ?? (step.TokenCount is null ? null : step.Format)) is { } format && IsOfFormat(format, name))
            && !(step is { Format: ClientFormat.Messages, AccessToken: not null } && IsAnthropicKey(name))
            && !(IsCredentialOf(provider, name) && values.Count > 0 && IsEmptyCredential(values[0] ?? ""));
    }

    /// <summary>Whether a header speaks to the vendor whose format the client speaks, and says nothing to the one that is called.</summary>
    private static bool IsOfFormat(ClientFormat format, string name) => format switch
    {
        ClientFormat.ChatCompletions => false,
        ClientFormat.Responses => name.StartsWith("openai-", StringComparison.OrdinalIgnoreCase) || name.StartsWith("chatgpt-", StringComparison.OrdinalIgnoreCase),
        ClientFormat.Messages => name.StartsWith("anthropic-", StringComparison.OrdinalIgnoreCase) || IsAnthropicKey(name),
    };

    private static bool IsAnthropicKey(string name) => name.Equals("x-api-key", StringComparison.OrdinalIgnoreCase);

    private static bool IsCredentialOf(Provider provider, string name)
    {
        foreach (var place in provider.Credentials.Headers)
        {
            if (place.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static bool StartsWithAny(string name, string[] prefixes)
    {
        foreach (var prefix in prefixes)
        {
            if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static bool NamesHeader(StringValues connection, string name)
    {
        foreach (var value in connection)
        {
            foreach (var range in value.AsSpan().Split(','))
            {
                if (value.AsSpan()[range].Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static void Add(HttpRequestMessage attempt, string name, StringValues values)
    {
        var isTaken = values.Count == 1
            ? attempt.Headers.TryAddWithoutValidation(name, values[0])
            : attempt.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        if (!isTaken)
        {
            // A header about the content. Many clients send a content type with a GET too, and a signature may cover it: an empty
            // content carries it.
            attempt.Content ??= new ByteArrayContent([]);
            attempt.Content.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }
    }

    private static void Set(IHeaderDictionary response, string name, StringValues values)
    {
        try
        {
            response[name] = values;
        }
        catch (InvalidOperationException)
        {
            // The server sends no control characters. One header less is better than no answer.
        }
    }

    private static void Copy(HttpHeadersNonValidated headers, IHeaderDictionary response, StringValues hopByHop)
    {
        foreach (var (name, values) in headers)
        {
            if (!NotReturned.Contains(name) && !name.StartsWith("cf-", StringComparison.OrdinalIgnoreCase) && !NamesHeader(hopByHop, name))
            {
                Set(response, name, values.Count == 1 ? new StringValues(values.ToString()) : new StringValues([.. values]));
            }
        }
    }
}
