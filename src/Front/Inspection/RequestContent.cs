using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace GatewayActors.Front.Inspection;

/// <summary>Opens the body of a request for inspection, whatever it is wrapped in.</summary>
internal static class RequestContent
{
    /// <summary>The texts of a body.</summary>
    /// <param name="body">The body.</param>
    /// <param name="contentType">What its sender says that it is; the bytes have the last word.</param>
    /// <param name="encoding">How its sender says that it is compressed; null for not at all.</param>
    /// <param name="maxBytes">The largest body that is looked into.</param>
    /// <returns>The texts; or why it cannot be looked into.</returns>
    public static async ValueTask<(IReadOnlyList<InspectedText> Texts, string? Problem)> ReadAsync(ReadOnlyMemory<byte> body, string? contentType, string? encoding, int maxBytes)
    {
        if (encoding is { Length: > 0 } && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            if (await DecompressAsync(body, encoding, maxBytes) is not { } plain)
            {
                return ([], $"it is compressed in a way that is not known here, or not as its Content-Encoding says, or has more than {maxBytes} bytes");
            }

            body = plain;
        }

        if (MediaTypeHeaderValue.TryParse(contentType, out var type) && type.Type.Equals("multipart", StringComparison.OrdinalIgnoreCase))
        {
            return await ReadPartsAsync(body, type);
        }

        if (type?.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true)
        {
            var form = new FormReader(Encoding.UTF8.GetString(body.Span)).ReadForm();
            return ([.. form.SelectMany(field => field.Value, (_, value) => new InspectedText(TextRole.User, value ?? ""))], null);
        }

        // The bytes tell: providers read JSON whatever it is called.
        var first = body.Span.StartsWith("\uFEFF"u8) ? body.Span[3..].TrimStart(" \t\r\n"u8) : body.Span.TrimStart(" \t\r\n"u8);
        if (first is [(byte)'{' or (byte)'[' or (byte)'"', ..] || type?.MediaType.Value?.Contains("json", StringComparison.OrdinalIgnoreCase) == true)
        {
            using var document = JsonTexts.TryParse(body);
            return document is null ? ([], "it is not valid JSON, or nested too deeply") : (RequestTexts.Of(document.RootElement), null);
        }

        return IsBinary(type) ? ([], null) : ([new(TextRole.User, Encoding.UTF8.GetString(body.Span))], null);
    }

    /// <summary>Whether a body is sound, a picture or bytes of any kind, which are not looked into.</summary>
    private static bool IsBinary(MediaTypeHeaderValue? type) => type is not null
        && (type.Type.Equals("audio", StringComparison.OrdinalIgnoreCase)
            || type.Type.Equals("image", StringComparison.OrdinalIgnoreCase)
            || type.Type.Equals("video", StringComparison.OrdinalIgnoreCase)
            || type.MediaType.Equals("application/octet-stream", StringComparison.OrdinalIgnoreCase)
            || type.MediaType.Equals("application/pdf", StringComparison.OrdinalIgnoreCase));

    private static async ValueTask<(IReadOnlyList<InspectedText> Texts, string? Problem)> ReadPartsAsync(ReadOnlyMemory<byte> body, MediaTypeHeaderValue type)
    {
        if (HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 } boundary)
        {
            return ([], "its Content-Type names no boundary");
        }

        List<InspectedText> texts = [];
        try
        {
            var reader = new MultipartReader(boundary, new MemoryStream(body.ToArray(), writable: false)) { BodyLengthLimit = body.Length };
            while (await reader.ReadNextSectionAsync() is { } section)
            {
                // What is no file is a text; so is a file that says so.
                if (ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition) && disposition.IsFileDisposition()
                    && section.ContentType?.StartsWith("text/", StringComparison.OrdinalIgnoreCase) != true)
                {
                    continue;
                }

                using var content = new StreamReader(section.Body, Encoding.UTF8);
                texts.Add(new(TextRole.User, await content.ReadToEndAsync()));
            }
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or ArgumentException)
        {
            return ([], "its parts cannot be told from one another");
        }

        return (texts, null);
    }

    private static async ValueTask<ReadOnlyMemory<byte>?> DecompressAsync(ReadOnlyMemory<byte> body, string encoding, int maxBytes)
    {
        using var source = new MemoryStream(body.ToArray(), writable: false);
        using Stream? reader = encoding.Trim().ToUpperInvariant() switch
        {
            "GZIP" or "X-GZIP" => new GZipStream(source, CompressionMode.Decompress),
            "BR" => new BrotliStream(source, CompressionMode.Decompress),
            "DEFLATE" => new ZLibStream(source, CompressionMode.Decompress),
            _ => null,
        };
        if (reader is null)
        {
            return null;
        }

        try
        {
            using var plain = new MemoryStream();
            var buffer = new byte[16 * 1024];
            while (await reader.ReadAsync(buffer) is > 0 and var read)
            {
                if (plain.Length + read > maxBytes)
                {
                    return null;
                }

                plain.Write(buffer, 0, read);
            }

            return plain.ToArray();
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or InvalidOperationException)
        {
            return null; // Brotli's way to say so is the last.
        }
    }
}
