using System.Text.RegularExpressions;
using GatewayActors.Front.Configuration;

namespace GatewayActors.Front.SingleSignOn;

/// <summary>The address under which browsers see the gateway.</summary>
internal static partial class PublicOrigin
{
    private const int MaxReturnTo = 1024;

    /// <summary>Scheme, host and port, without a slash at the end.</summary>
    public static string Of(HttpContext context)
    {
        var options = context.RequestServices.GetRequiredService<GatewayOptions>();
        return options.PublicUrl?.TrimEnd('/') ?? $"{context.Request.Scheme}://{context.Request.Host.ToUriComponent()}";
    }

    /// <summary>Whether browsers speak TLS, with the gateway itself or with a proxy before it.</summary>
    public static bool IsHttps(HttpContext context) => Of(context).StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Whether a page may be returned to: a path of this gateway. Two slashes, or one with a backslash, would be another host to browsers.
    /// </summary>
    public static bool IsLocalPage(string returnTo) => returnTo.Length <= MaxReturnTo && LocalPage().IsMatch(returnTo);

    [GeneratedRegex(@"^/(?![/\\])[!-~-[#\\""<>]]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex LocalPage();
}
