using Microsoft.AspNetCore.Http.Features;

namespace GatewayActors.Front.Pipeline;

/// <summary>Brings request targets into the one form that paths are compared in. Asked only about targets that are no plain data-plane path.</summary>
internal static class RequestTarget
{
    /// <summary>
    /// Takes scheme and host off an absolute target (RFC 9112 §3.2.2 wants it accepted), and slashes that a client doubled where it joined
    /// a base URL with a path. Of a data-plane target only those at its beginning: the rest is the provider's.
    /// </summary>
    public static void Normalize(IHttpRequestFeature request)
    {
        var target = request.RawTarget;
        if (target.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || target.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            var authority = target.IndexOf("://", StringComparison.Ordinal) + 3;
            var path = target.AsSpan(authority).IndexOfAny('/', '?');
            target = path < 0 ? "/" : target[(authority + path)..];
        }

        if (target.StartsWith("//", StringComparison.Ordinal))
        {
            target = string.Concat("/", target.AsSpan().TrimStart('/'));
        }

        request.RawTarget = target;
        if (request.Path.Contains("//", StringComparison.Ordinal))
        {
            request.Path = DataPlanePath.CollapseSlashes(request.Path).ToString();
        }
    }
}
