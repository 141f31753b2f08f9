using System.Text;

namespace GatewayActors.Providers.Requests;

/// <summary>
/// Reads the small text fields of a <c>multipart/form-data</c> body, or of the first part of one, that say which model is asked for and
/// whether a stream is. Files are stepped over, never copied. Thread-safe.
/// </summary>
/// <remarks>RFC 7578, RFC 2046 §5.1. A malformed body is no error: it says nothing.</remarks>
public static class MultipartInspector
{
    private const int MaxValueBytes = 512; // A longer field is no model name.

    /// <summary>Reads <c>model</c> (or <c>model_id</c>) and <c>stream</c>.</summary>
    /// <param name="body">The body, whole or cut anywhere; a field counts only once its end is there.</param>
    /// <param name="contentType">The request's content type with its boundary.</param>
    public static RequestFacts Inspect(ReadOnlySpan<byte> body, string? contentType)
    {
        if (BoundaryOf(contentType) is not { } boundary)
        {
            return RequestFacts.None;
        }

        // Each delimiter but the first begins with the line break that ends the part before it.
        ReadOnlySpan<byte> delimiter = Encoding.UTF8.GetBytes("\r\n--" + boundary);
        var facts = RequestFacts.None;
        if (!TryEnterFirstPart(ref body, delimiter))
        {
            return facts;
        }

        while (TryTakePart(ref body, delimiter, out var part))
        {
            facts = Read(part, facts);
            if (facts is { Model: not null, Stream: not null })
            {
                break;
            }
        }

        return facts;
    }

    private static bool TryEnterFirstPart(ref ReadOnlySpan<byte> body, ReadOnlySpan<byte> delimiter)
    {
        if (body.StartsWith(delimiter[2..]))
        {
            body = body[(delimiter.Length - 2)..];
            return true;
        }

        var start = body.IndexOf(delimiter); // after a preamble
        body = start < 0 ? [] : body[(start + delimiter.Length)..];
        return start >= 0;
    }

    // The body stands behind a delimiter: a line break opens a part, "--" ends the body.
    private static bool TryTakePart(ref ReadOnlySpan<byte> body, ReadOnlySpan<byte> delimiter, out ReadOnlySpan<byte> part)
    {
        part = [];
        body = body.TrimStart(" \t"u8);
        if (!body.StartsWith("\r\n"u8))
        {
            return false;
        }

        var end = body.IndexOf(delimiter);
        if (end == 0)
        {
            body = body[delimiter.Length..];
            return true; // a part of nothing
        }

        if (end < 0)
        {
            return false;
        }

        part = body[2..end];
        body = body[(end + delimiter.Length)..];
        return true;
    }

    private static RequestFacts Read(ReadOnlySpan<byte> part, RequestFacts facts)
    {
        var blank = part.IndexOf("\r\n\r\n"u8);
        if (blank < 0)
        {
            return facts;
        }

        var name = FieldName(part[..blank]);
        var value = part[(blank + 4)..];
        if (value.Length is 0 or > MaxValueBytes)
        {
            return facts;
        }

        if (name is "model" or "model_id")
        {
            return facts.Model is null ? facts with { Model = Encoding.UTF8.GetString(value).Trim() } : facts;
        }

        return name is "stream" && bool.TryParse(Encoding.UTF8.GetString(value), out var stream) ? facts with { Stream = stream } : facts;
    }

    // The name in Content-Disposition; null for files.
    private static string? FieldName(ReadOnlySpan<byte> headers)
    {
        foreach (var range in headers.Split("\r\n"u8))
        {
            var header = Encoding.UTF8.GetString(headers[range]);
            if (header.StartsWith("content-disposition:", StringComparison.OrdinalIgnoreCase))
            {
                return Parameter(header, "filename") is null && Parameter(header, "filename*") is null ? Parameter(header, "name") : null;
            }
        }

        return null;
    }

    private static string? BoundaryOf(string? contentType) =>
        contentType is not null && contentType.TrimStart().StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            && Parameter(contentType, "boundary") is { Length: > 0 and <= 200 } boundary
            ? boundary
            : null;

    // A parameter of a header value, with or without quotes. Quoted values may hold semicolons.
    private static string? Parameter(ReadOnlySpan<char> header, string name)
    {
        while (true)
        {
            var semicolon = header.IndexOf(';');
            if (semicolon < 0)
            {
                return null;
            }

            header = header[(semicolon + 1)..].TrimStart();
            var equals = header.IndexOf('=');
            if (equals < 0)
            {
                return null;
            }

            var isWanted = header[..equals].TrimEnd().Equals(name, StringComparison.OrdinalIgnoreCase);
            header = header[(equals + 1)..].TrimStart();
            var value = TakeValue(ref header);
            if (isWanted)
            {
                return value.ToString();
            }
        }
    }

    private static ReadOnlySpan<char> TakeValue(ref ReadOnlySpan<char> header)
    {
        var quoted = header.StartsWith("\"");
        var end = quoted ? header[1..].IndexOf('"') : header.IndexOf(';');
        if (quoted)
        {
            var value = end < 0 ? header[1..] : header.Slice(1, end);
            header = end < 0 ? [] : header[(end + 2)..];
            return value;
        }

        var bare = end < 0 ? header : header[..end];
        header = end < 0 ? [] : header[end..];
        return bare.TrimEnd();
    }
}
