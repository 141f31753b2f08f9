using System.Text.Json;
using GatewayActors.Abstractions.CustomProviders;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Egress;
using GatewayActors.Front.Management.Http;
using GatewayActors.Providers.Custom;

namespace GatewayActors.Front.Management.CustomProviders;

/// <summary>Reads a custom provider out of a body, with one error for every mistake.</summary>
internal static class CustomProviderReader
{
    private const int MaxName = 255;
    private const int MaxText = 2048;
    private const int MaxExample = 8192;
    private const int MaxLogo = 65_536;

    /// <param name="body">The body, an object.</param>
    /// <param name="stored">What is stored, whose fields stay where the body has none; null for a new provider.</param>
    /// <param name="allowsPrivate">Whether private networks, and http with them, are allowed.</param>
    /// <param name="errors">Where mistakes are noted.</param>
    /// <returns>The provider; of no use if there was a mistake.</returns>
    public static CustomProviderDefinition Read(JsonElement body, CustomProviderDefinition? stored, bool allowsPrivate, List<ApiError> errors)
    {
        var reader = new ObjectReader(body, ["body"], errors);
        return new()
        {
            Name = reader.Text("name", 1, MaxName, Needed("name")).Value ?? stored?.Name ?? "",
            Slug = ReadSlug(reader, Needed("slug")) ?? stored?.Slug ?? "",
            BaseUrl = ReadBaseUrl(reader, Needed("base_url"), allowsPrivate) ?? stored?.BaseUrl ?? "",
            Enable = Or(reader.Boolean("enable"), stored?.Enable) ?? false,
            Description = Or(reader.Text("description", 0, MaxText), stored?.Description),
            Beta = Or(reader.Boolean("beta"), stored?.Beta),
            Headers = Or(ConfiguredHeaders.Read(reader, "headers"), stored?.Headers),
            Link = Or(ReadLink(reader), stored?.Link),
            Logo = Or(reader.Text("logo", 0, MaxLogo), stored?.Logo),
            CurlExample = Or(reader.Text("curl_example", 0, MaxExample), stored?.CurlExample),
            JsExample = Or(reader.Text("js_example", 0, MaxExample), stored?.JsExample),
            Position = (int?)Or(reader.Integer("position", int.MinValue, int.MaxValue), stored?.Position),
        };

        // A stored one may be left out of a change, but not be taken away.
        Need Needed(string name) => stored is null || reader.Has(name) ? Need.NotNull : Need.Optional;
    }

    private static string? ReadSlug(ObjectReader reader, Need need)
    {
        var slug = reader.Text("slug", 1, 64, need).Value;
        if (slug is not null && !CustomProvider.IsSlug(slug))
        {
            reader.Fail("slug", "Invalid slug: letters, digits and hyphens; requests put 'custom-' before it");
        }

        return slug;
    }

    private static string? ReadBaseUrl(ObjectReader reader, Need need, bool allowsPrivate)
    {
        var url = reader.Text("base_url", 1, TenantUrl.MaxLength, need).Value;
        if (url is null)
        {
            return null;
        }

        if (TenantUrl.Problem(url, allowsPrivate) is { } problem)
        {
            reader.Fail("base_url", $"Invalid base_url: {problem}");
        }
        else if (url.AsSpan().ContainsAny('?', '#'))
        {
            reader.Fail("base_url", "Invalid base_url: the path of a request is put after it, so it must have no query and no fragment");
        }
        else if (HasDotSegment(url))
        {
            reader.Fail("base_url", "Invalid base_url: the path must not contain '.' or '..' segments");
        }

        return url;
    }

    private static bool HasDotSegment(string url) => Array.Exists(url.Split('/'), segment => segment is "." or ".." || segment.StartsWith("%2e", StringComparison.OrdinalIgnoreCase));

    // Dashboards make it a link: what runs as a script must not get there.
    private static Optional<string?> ReadLink(ObjectReader reader)
    {
        var link = reader.Text("link", 0, MaxText);
        if (link.Value is { Length: > 0 } text && !(Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "https" or "http"))
        {
            reader.Fail("link", "Invalid link: an absolute http or https URL is expected");
        }

        return link;
    }

    private static T Or<T>(Optional<T> read, T stored) => read.IsSet ? read.Value : stored;
}
