using System.Buffers.Text;

namespace GatewayActors.Benchmarks.Proxy;

/// <summary>As much of HTTP/1.1 as both ends need: where a message ends.</summary>
internal static class HttpText
{
    /// <summary>Whether the bytes are one whole message, with a length or in chunks.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> message)
    {
        var head = message.IndexOf("\r\n\r\n"u8);
        if (head < 0)
        {
            return false;
        }

        // Kestrel and HttpClient write the name in one of these two ways.
        var at = message[..head].IndexOf("Content-Length: "u8);
        at = at < 0 ? message[..head].IndexOf("content-length: "u8) : at;
        return at < 0
            ? message.EndsWith("\r\n0\r\n\r\n"u8)
            : Utf8Parser.TryParse(message[(at + "Content-Length: ".Length)..], out int length, out _) && message.Length >= head + 4 + length;
    }
}
