using GatewayActors.Front.Pipeline;

namespace GatewayActors.Front.Caching;

/// <summary>Whether a stream of events has reached its end: a provider may break one off without breaking the connection.</summary>
internal static class StreamEnds
{
    /// <summary>Whether the body is whole, as far as its format lets one see.</summary>
    /// <param name="path">The provider's path, as log entries have it.</param>
    /// <param name="contentType">The body's type.</param>
    /// <param name="body">The body.</param>
    public static bool IsReached(string path, string? contentType, ReadOnlySpan<byte> body)
    {
        if (!BodyCapture.IsEventStream(contentType))
        {
            return true;
        }

        var events = body.TrimEnd("\r\n"u8);
        if (body.Length - events.Length < 2)
        {
            return false; // An event ends with an empty line.
        }

        return path switch
        {
            _ when path.EndsWith("chat/completions", StringComparison.Ordinal) => events.EndsWith("[DONE]"u8),
            _ when path.EndsWith("messages", StringComparison.Ordinal) => Last(events).IndexOf("message_stop"u8) >= 0,
            _ when path.EndsWith("responses", StringComparison.Ordinal) => Last(events).IndexOf("response.completed"u8) >= 0 || events.EndsWith("[DONE]"u8),
            _ => true,
        };
    }

    private static ReadOnlySpan<byte> Last(ReadOnlySpan<byte> events)
    {
        var start = Math.Max(events.LastIndexOf("\n\n"u8), events.LastIndexOf("\r\n\r\n"u8));
        return events[Math.Max(start, 0)..];
    }
}
