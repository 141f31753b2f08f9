using System.Security.Cryptography;
using System.Text;
using GatewayActors.Abstractions.Caching;
using GatewayActors.Front.Pipeline;

namespace GatewayActors.Front.Caching;

/// <summary>
/// Names answers. Two requests share an answer only if account, gateway, provider and the provider's credential are the same, and
/// either everything that the provider sees but for its headers, or the client's own key.
/// </summary>
internal static class CacheKeys
{
    private const byte Separator = 0x1f;
    private const string FromRequest = "1";
    private const string FromClient = "1k";
    private const string FromSharedRequest = "1f";
    private const string FromTranslatedRequest = "1t";

    [ThreadStatic]
    private static IncrementalHash? _hash;

    /// <summary>The name of the answer to a step whose body is in memory.</summary>
    /// <param name="step">The step.</param>
    /// <param name="clientKey">The client's own key; null for none.</param>
    /// <param name="form">Whether the answer may be kept in another form than the step wants it.</param>
    public static CacheKey Create(Step step, string? clientKey, AnswerForm form)
    {
        Span<byte> credential = stackalloc byte[SHA256.HashSizeInBytes];
        var hasCredential = TryHashCredential(step, credential);
        var hash = _hash ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var gateway = step.Exchange.Gateway;
        Append(hash, clientKey is not null ? FromClient : form.Format == SharedFormat.Translated ? FromTranslatedRequest : form.IsShared ? FromSharedRequest : FromRequest);
        Append(hash, gateway.AccountId);
        Append(hash, gateway.GatewayId);
        Append(hash, step.Route.Provider.CacheName);
        if (clientKey is null)
        {
            Append(hash, step.Method);
            Append(hash, form.Format == SharedFormat.Translated ? TranslatedPath(step) : step.Route.Address.Path + Query(step));
            Append(hash, step.RequestedModel ?? "");
            Append(hash, credential, hasCredential);
            if (form.IsShared)
            {
                AnswerForm.Append(hash, AnswerForm.RequestOf(step));
            }
            else
            {
                CacheBodies.Append(hash, step.Body.Head, step.ContentType);
            }
        }
        else
        {
            // A gateway that knows its callers vouches for them; elsewhere only who holds the credential may see what it bought. A client
            // that asks for a stream cannot read anything else, whatever its key says.
            Append(hash, credential, hasCredential && !step.Exchange.Snapshot.RequiresToken);
            Append(hash, form.Format is { } format ? "any" + format : step.WantsStream ? "stream" : "whole");
            hash.AppendData(Encoding.UTF8.GetBytes(clientKey));
        }

        Span<byte> result = stackalloc byte[CacheKey.Length];
        hash.GetHashAndReset(result);
        return new(result);
    }

    /// <summary>Of a translated request, whose client has said all else, only where it goes: the last part may say that it is to be a stream.</summary>
    private static string TranslatedPath(Step step)
    {
        var path = step.Route.Address.Path;
        return $"{step.Translation!.Format} {path[..(path.AsSpan().LastIndexOfAny('/', ':') + 1)]}";
    }

    /// <summary>The query without credentials, its parameters in a fixed order.</summary>
    private static string Query(Step step)
    {
        var url = step.Route.Provider.WithoutQueryCredentials(step.Route.Address).Url;
        var question = url.IndexOf('?', StringComparison.Ordinal);
        if (question < 0 || question == url.Length - 1)
        {
            return "";
        }

        var parameters = url[(question + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries);
        Array.Sort(parameters, StringComparer.Ordinal);
        return "?" + string.Join('&', parameters);
    }

    private static bool TryHashCredential(Step step, Span<byte> result)
    {
        if (step.StoredKey is { } stored)
        {
            SHA256.HashData(Encoding.UTF8.GetBytes("stored:" + stored.SecretId), result);
            return true;
        }

        var places = step.Route.Provider.Credentials;
        var headers = new UnconsumedHeaders(step);
        StringBuilder? found = null;
        foreach (var name in places.Headers)
        {
            if (headers[name] is { } value)
            {
                (found ??= new()).Append(name).Append(':').Append(value).Append('\n');
            }
        }

        var url = step.Route.Address.Url;
        if (places.QueryParameters.Count > 0 && url.IndexOf('?', StringComparison.Ordinal) is > 0 and var question)
        {
            foreach (var parameter in url[(question + 1)..].Split('&'))
            {
                if (IsOneOf(places.QueryParameters, parameter))
                {
                    (found ??= new()).Append('?').Append(parameter).Append('\n');
                }
            }
        }

        if (found is null)
        {
            return false;
        }

        SHA256.HashData(Encoding.UTF8.GetBytes(found.ToString()), result);
        return true;
    }

    private static bool IsOneOf(IReadOnlyList<string> names, ReadOnlySpan<char> parameter)
    {
        var equals = parameter.IndexOf('=');
        foreach (var name in names)
        {
            if ((equals < 0 ? parameter : parameter[..equals]).Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Adds a field. None holds the separator, so that no two ways to cut the text into fields give the same name.</summary>
    private static void Append(IncrementalHash hash, string field)
    {
        if (field.Contains((char)Separator, StringComparison.Ordinal))
        {
            field = field.Replace(((char)Separator).ToString(), "", StringComparison.Ordinal); // Only a model can; the body tells such ones apart.
        }

        Span<byte> bytes = stackalloc byte[512];
        if (Encoding.UTF8.TryGetBytes(field, bytes[..^1], out var length))
        {
            bytes[length] = Separator;
            hash.AppendData(bytes[..(length + 1)]);
        }
        else
        {
            hash.AppendData(Encoding.UTF8.GetBytes(field));
            hash.AppendData([Separator]);
        }
    }

    private static void Append(IncrementalHash hash, ReadOnlySpan<byte> credential, bool isPresent)
    {
        Append(hash, isPresent ? "client" : "none");
        hash.AppendData(isPresent ? credential : []);
        hash.AppendData([Separator]);
    }
}
