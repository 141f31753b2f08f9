using System.Buffers.Text;
using System.Text;

namespace GatewayActors.Providers.Translation;

/// <summary>Bytes that stand in a request as text.</summary>
internal static class DataUrl
{
    /// <summary>Takes a <c>data:</c> URL apart.</summary>
    /// <param name="url">The URL.</param>
    /// <param name="mediaType">Its type, or what its first bytes tell; null if neither does.</param>
    /// <param name="base64">The bytes in base64.</param>
    /// <returns>Whether it is one, and a whole one.</returns>
    public static bool TryParse(string url, out string? mediaType, out string base64)
    {
        (mediaType, base64) = (null, "");
        var comma = url.IndexOf(',', StringComparison.Ordinal);
        if (!url.StartsWith("data:", StringComparison.OrdinalIgnoreCase) || comma < 0)
        {
            return false;
        }

        var head = url.AsSpan(5, comma - 5);
        var isBase64 = head.EndsWith(";base64", StringComparison.OrdinalIgnoreCase);
        var semicolon = head.IndexOf(';');
        var type = semicolon < 0 ? head : head[..semicolon];
        base64 = isBase64 ? url[(comma + 1)..] : Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(url[(comma + 1)..])));
        mediaType = type.IsEmpty ? Sniff(base64) : Canonical(type.ToString());
        return !isBase64 || Base64.IsValid(base64);
    }

    /// <summary>The type that the first bytes tell; null if they do not.</summary>
    public static string? Sniff(string base64)
    {
        Span<byte> bytes = stackalloc byte[24];
        var head = base64.AsSpan(0, Math.Min(base64.Length, 32) / 4 * 4);
        if (!Convert.TryFromBase64Chars(head, bytes, out var length))
        {
            return null;
        }

        ReadOnlySpan<byte> start = bytes[..length];
        return start switch
        {
            [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => "image/png",
            [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
            _ when start.StartsWith("GIF8"u8) => "image/gif",
            _ when start.StartsWith("RIFF"u8) && start[8..].StartsWith("WEBP"u8) => "image/webp",
            _ when start.StartsWith("RIFF"u8) && start[8..].StartsWith("WAVE"u8) => "audio/wav",
            _ when start.StartsWith("%PDF"u8) => "application/pdf",
            _ when start.StartsWith("ID3"u8) || start is [0xFF, >= 0xE0, ..] => "audio/mp3",
            _ => null,
        };
    }

    private static string Canonical(string type) => type.Equals("image/jpg", StringComparison.OrdinalIgnoreCase) ? "image/jpeg" : type.ToLowerInvariant();
}
