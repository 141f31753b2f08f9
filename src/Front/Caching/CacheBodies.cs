using System.Security.Cryptography;
using System.Text;
using Microsoft.Net.Http.Headers;

namespace GatewayActors.Front.Caching;

/// <summary>Which bodies are the same request.</summary>
internal static class CacheBodies
{
    /// <summary>
    /// Adds a body as it was received: there is no other form of JSON in which two texts surely mean the same to every provider. Of a
    /// multipart body the parts are added, because clients draw the boundary between them at random.
    /// </summary>
    public static void Append(IncrementalHash hash, ReadOnlySpan<byte> body, string? contentType)
    {
        if (Boundary(contentType) is not { } boundary)
        {
            hash.AppendData(body);
            return;
        }

        var delimiter = Encoding.Latin1.GetBytes("--" + boundary);
        Span<byte> length = stackalloc byte[sizeof(int)];
        while (true)
        {
            var end = body.IndexOf(delimiter);
            var part = end < 0 ? body : body[..end];
            BitConverter.TryWriteBytes(length, part.Length); // So that parts cannot be cut differently.
            hash.AppendData(length);
            hash.AppendData(part);
            if (end < 0)
            {
                return;
            }

            body = body[(end + delimiter.Length)..];
        }
    }

    private static string? Boundary(string? contentType) =>
        contentType?.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase) == true
        && MediaTypeHeaderValue.TryParse(contentType, out var type)
        && HeaderUtilities.RemoveQuotes(type.Boundary) is { Length: > 0 } boundary
            ? boundary.ToString()
            : null;
}
