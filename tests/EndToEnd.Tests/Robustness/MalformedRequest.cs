using System.Globalization;
using System.Text;

namespace GatewayActors.EndToEnd.Tests.Robustness;

/// <summary>One request that is wrong in one way. In its texts, <c>{a}</c> stands for the account and <c>{t}</c> for the token.</summary>
/// <param name="Target">The request target, in Latin-1.</param>
internal sealed record MalformedRequest(string Target)
{
    public string Method { get; init; } = "POST";

    public string[] Headers { get; init; } = [];

    /// <summary>The body, in Latin-1.</summary>
    public string Body { get; init; } = "{}";

    /// <summary>The whole request, in Latin-1, instead of the parts above.</summary>
    public string? Raw { get; init; }

    /// <summary>Whether the request is cut off, so that a server may wait for the rest.</summary>
    public bool EndsEarly { get; init; }

    /// <summary>A word that the error must contain, such as the name of the wrong field.</summary>
    public string? Names { get; init; }

    public byte[] ToBytes(string account, string token)
    {
        var text = Raw ?? $"{Method} {Target} HTTP/1.1\r\nHost: localhost\r\n"
            + (Headers.Any(header => header.StartsWith("Content-Length", StringComparison.OrdinalIgnoreCase))
                ? "" : string.Create(CultureInfo.InvariantCulture, $"Content-Length: {Body.Length}\r\n"))
            + string.Concat(Headers.Select(header => header + "\r\n"))
            + "Content-Type: application/json\r\nConnection: close\r\n\r\n" + Body;
        return Encoding.Latin1.GetBytes(text.Replace("{a}", account, StringComparison.Ordinal).Replace("{t}", token, StringComparison.Ordinal));
    }
}
