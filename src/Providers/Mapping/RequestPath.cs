using System.Buffers;

namespace GatewayActors.Providers.Mapping;

/// <summary>What a client's path may look like, whichever provider it is for, and its segments.</summary>
internal static class RequestPath
{
    // Printable ASCII without what ends a path (? #), what some servers read as a slash (\), and blanks, which split the request line.
    private static readonly SearchValues<char> Allowed = SearchValues.Create(
        "!\"$%&'()*+,-./0123456789:;<=>@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    private static readonly SearchValues<char> AllowedInQuery = SearchValues.Create(
        "!\"$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    /// <summary>Why the request's path or query cannot be sent anywhere; null if it can.</summary>
    public static string? Problem(in ProviderRequest request) => Problem(request.Rest, request.Query);

    /// <summary>Why a path or query cannot be sent anywhere; null if it can.</summary>
    public static string? Problem(ReadOnlySpan<char> path, ReadOnlySpan<char> query)
    {
        if (path.ContainsAnyExcept(Allowed))
        {
            return "The provider path holds a character that must be percent-encoded.";
        }

        if (query.ContainsAnyExcept(AllowedInQuery))
        {
            return "The query holds a character that must be percent-encoded.";
        }

        // An upstream that decodes before it resolves would leave its own base path, so the encoded forms count too.
        return HasDotSegment(path) ? "The provider path must not contain '.' or '..' segments, encoded or not." : null;
    }

    /// <summary>Takes the first segment off a path.</summary>
    public static ReadOnlySpan<char> TakeSegment(scoped ref ReadOnlySpan<char> path)
    {
        var end = path.IndexOf('/');
        var segment = end < 0 ? path : path[..end];
        path = end < 0 ? [] : path[(end + 1)..];
        return segment;
    }

    /// <summary>The first segment of a path.</summary>
    public static ReadOnlySpan<char> FirstSegment(ReadOnlySpan<char> path) => TakeSegment(ref path);

    /// <summary>Takes a first segment off a path if it is this one.</summary>
    public static bool TryTake(scoped ref ReadOnlySpan<char> path, ReadOnlySpan<char> segment)
    {
        var tail = path;
        if (!TakeSegment(ref tail).SequenceEqual(segment))
        {
            return false;
        }

        path = tail;
        return true;
    }

    /// <summary>A piece of a path as the text it stands for.</summary>
    public static string Decode(ReadOnlySpan<char> text) => text.Contains('%') ? Uri.UnescapeDataString(text) : text.ToString();

    /// <summary>A piece of a path as the text it stands for; null if it is empty.</summary>
    public static string? DecodeOrNull(ReadOnlySpan<char> text) => text.IsEmpty ? null : Decode(text);

    private static bool HasDotSegment(ReadOnlySpan<char> path)
    {
        if (!path.Contains('.') && path.IndexOf("%2e", StringComparison.OrdinalIgnoreCase) < 0)
        {
            return false;
        }

        while (!path.IsEmpty)
        {
            if (TakeDots(ref path))
            {
                return true;
            }

            SkipToNextSegment(ref path);
        }

        return false;
    }

    // One or two dots up to a separator; leaves the path where it stopped reading.
    private static bool TakeDots(ref ReadOnlySpan<char> path)
    {
        var dots = 0;
        while (true)
        {
            if (path.StartsWith("."))
            {
                path = path[1..];
            }
            else if (path.StartsWith("%2e", StringComparison.OrdinalIgnoreCase))
            {
                path = path[3..];
            }
            else
            {
                return dots is 1 or 2 && (path.IsEmpty || SeparatorLength(path) > 0);
            }

            dots++;
        }
    }

    private static void SkipToNextSegment(ref ReadOnlySpan<char> path)
    {
        while (true)
        {
            var next = path.IndexOfAny('/', '%');
            if (next < 0)
            {
                path = [];
                return;
            }

            path = path[next..];
            var separator = SeparatorLength(path);
            path = path[Math.Max(separator, 1)..];
            if (separator > 0)
            {
                return;
            }
        }
    }

    private static int SeparatorLength(ReadOnlySpan<char> path) =>
        path.StartsWith("/") ? 1
        : path.StartsWith("%2f", StringComparison.OrdinalIgnoreCase) || path.StartsWith("%5c", StringComparison.OrdinalIgnoreCase) ? 3
        : 0;
}
