namespace GatewayActors.Providers.Translation.Supplies;

/// <summary>An image or a document as it stands inside a request.</summary>
/// <param name="MediaType">Its type, such as <c>image/png</c>.</param>
/// <param name="Data">Its bytes in base64.</param>
public sealed record InlineMedia(string MediaType, string Data)
{
    private const string Pdf = "application/pdf";
    private const int HeadBytes = 24;

    /// <summary>Stands for one that is not here yet, so that a request can be translated to find out whether it can be at all.</summary>
    internal static InlineMedia PlaceholderOf(ChatPartKind kind) => new(kind == ChatPartKind.File ? Pdf : "image/png", "");

    /// <summary>Takes bytes that came from elsewhere; null if they are neither an image nor a PDF.</summary>
    /// <param name="statedType">The content type that came with them, parameters included. Where the bytes tell one, they are believed.</param>
    /// <param name="bytes">All of them.</param>
    public static InlineMedia? Create(string? statedType, ReadOnlySpan<byte> bytes)
    {
        var type = DataUrl.Sniff(Convert.ToBase64String(bytes[..Math.Min(bytes.Length, HeadBytes)])) ?? Plain(statedType);
        return type == Pdf || type?.StartsWith("image/", StringComparison.Ordinal) == true ? new(type, Convert.ToBase64String(bytes)) : null;
    }

    private static string? Plain(string? type)
    {
        if (type is null)
        {
            return null;
        }

        var semicolon = type.IndexOf(';', StringComparison.Ordinal);
        var plain = (semicolon < 0 ? type : type[..semicolon]).Trim().ToLowerInvariant();
        return plain == "image/jpg" ? "image/jpeg" : plain;
    }
}
