using System.Text;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Egress;

namespace GatewayActors.Front.Export.Logpush;

/// <summary>Where a job pushes to, taken apart.</summary>
internal sealed record LogpushDestination
{
    private const string Azure = "azure://";
    private const string HeaderPrefix = "header_";
    private const string Signature = "sig";

    // In the place of what a reader must not see.
    private const string Hidden = "REDACTED";

    private static readonly string[] OfTheConnection = ["host", "connection", "transfer-encoding", "upgrade", "te", "trailer", "expect"];

    private LogpushDestination(string path, string query, IReadOnlyList<KeyValuePair<string, string>> headers, bool isBlob) =>
        (Path, Query, Headers, IsBlob) = (path, query, headers, isBlob);

    /// <summary>The URL without its query.</summary>
    public string Path { get; }

    /// <summary>The query that goes along, without the question mark.</summary>
    public string Query { get; }

    /// <summary>The headers of each delivery.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; }

    /// <summary>Whether each delivery becomes a blob below <see cref="Path"/>, rather than a request to it.</summary>
    public bool IsBlob { get; }

    /// <summary>The address of a delivery.</summary>
    /// <param name="day">The day, as <c>yyyyMMdd</c>.</param>
    /// <param name="name">The name of its file.</param>
    public Uri AddressOf(string day, string name)
    {
        var path = !IsBlob ? Path
            : Path.Contains("{DATE}", StringComparison.Ordinal) ? $"{Path.Replace("{DATE}", day, StringComparison.Ordinal).TrimEnd('/')}/{name}"
            : $"{Path.TrimEnd('/')}/{day}/{name}";
        return new(Query.Length > 0 ? $"{path}?{Query}" : path);
    }

    /// <summary>Takes a destination apart; null and a problem if it cannot be one.</summary>
    public static LogpushDestination? Read(string text, GatewayOptions options, out string? problem)
    {
        var question = text.IndexOf('?', StringComparison.Ordinal);
        var (path, query) = question < 0 ? (text, "") : (text[..question], text[(question + 1)..]);
        var isBlob = path.StartsWith(Azure, StringComparison.OrdinalIgnoreCase);
        if (isBlob)
        {
            if (BlobPath(path[Azure.Length..], options) is not { } url)
            {
                problem = "the storage account is missing: azure://{account}.blob.core.windows.net/{container}/{path}?{sas}";
                return null;
            }

            path = url;
        }

        // {DATE} is no part of a URL.
        problem = TenantUrl.Problem(path.Replace("{DATE}", "", StringComparison.Ordinal), options.Upstream.AllowPrivateNetworks)
            ?? (query.AsSpan().ContainsAnyExceptInRange('!', '~') || query.Contains('#', StringComparison.Ordinal) ? "the query must consist of printable ASCII characters" : null);
        if (problem is not null)
        {
            return null;
        }

        List<KeyValuePair<string, string>> headers = [];
        StringBuilder rest = new();
        foreach (var parameter in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            if (isBlob || !parameter.StartsWith(HeaderPrefix, StringComparison.OrdinalIgnoreCase))
            {
                rest.Append(rest.Length > 0 ? "&" : "").Append(parameter);
                continue;
            }

            var (name, value) = Split(parameter[HeaderPrefix.Length..]);
            if (!IsHeader(name, value))
            {
                problem = $"{HeaderPrefix}{name} is not a header that can be sent";
                return null;
            }

            headers.Add(new(name, value));
        }

        return new(path, rest.ToString(), headers, isBlob);
    }

    /// <summary>A destination as it is shown: without the values of headers and without the signature.</summary>
    public static string Hide(string text)
    {
        var question = text.IndexOf('?', StringComparison.Ordinal);
        return question < 0 ? text : text[..(question + 1)] + string.Join('&', text[(question + 1)..].Split('&').Select(parameter =>
            parameter.IndexOf('=', StringComparison.Ordinal) is var equals and > 0
            && (parameter.StartsWith(HeaderPrefix, StringComparison.OrdinalIgnoreCase) || parameter[..equals].Equals(Signature, StringComparison.OrdinalIgnoreCase))
                ? parameter[..(equals + 1)] + Hidden
                : parameter));
    }

    private static string? BlobPath(string path, GatewayOptions options)
    {
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        var first = slash < 0 ? path : path[..slash];
        return first.AsSpan().ContainsAny('.', ':') ? $"https://{path}"
            : options.Logpush.AzureBlobEndpoint is { } endpoint && first.Length > 0 ? $"{endpoint.TrimEnd('/')}/{path}"
            : null;
    }

    private static (string Name, string Value) Split(string parameter)
    {
        var equals = parameter.IndexOf('=', StringComparison.Ordinal);
        return equals < 0
            ? (Uri.UnescapeDataString(parameter), "")
            : (Uri.UnescapeDataString(parameter[..equals]), Uri.UnescapeDataString(parameter[(equals + 1)..]));
    }

    // What says how long the message is and where it ends is not the tenant's to say.
    private static bool IsHeader(string name, string value) =>
        name.Length is > 0 and <= 256
        && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_')
        && !name.StartsWith("content-", StringComparison.OrdinalIgnoreCase)
        && !Array.Exists(OfTheConnection, known => known.Equals(name, StringComparison.OrdinalIgnoreCase))
        && value.Length is > 0 and <= 4_096
        && !value.AsSpan().ContainsAnyExceptInRange(' ', '~');
}
