using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.GoogleAIStudio;

/// <summary>Writes images, sound and documents.</summary>
internal static class GeminiMedia
{
    private const string FilesUrl = "https://generativelanguage.googleapis.com/v1beta/";

    public static void Write(GeminiDraft draft, ChatPart part)
    {
        ReadDetail(draft, part);
        if (part.FileName is not null && part.Data is not null)
        {
            draft.Dropped.Add(part.Place + ".file.filename");
        }

        draft.Json.WriteStartObject();
        if (part.Data is { } data)
        {
            draft.Json.WriteStartObject("inlineData"u8);
            draft.Json.WriteString("mimeType"u8, part.MediaType ?? throw new RefusedRequestException("Its type cannot be told; give a data URL with one.", part.Place));
            draft.Json.WriteString("data"u8, data);
        }
        else
        {
            var url = part.FileId is { } id ? FileUrl(draft, id) : CheckUrl(draft, part);
            draft.Json.WriteStartObject("fileData"u8);
            if (TypeOf(draft, part, url) is { } type)
            {
                draft.Json.WriteString("mimeType"u8, type);
            }

            draft.Json.WriteString("fileUri"u8, url);
        }

        draft.Json.WriteEndObject();
        draft.Json.WriteEndObject();
    }

    private static void ReadDetail(GeminiDraft draft, ChatPart part)
    {
        switch (part.Detail)
        {
            case null or "auto":
                break;
            case "high":
                draft.MediaResolution = "MEDIA_RESOLUTION_HIGH";
                break;
            case "low":
                draft.MediaResolution ??= "MEDIA_RESOLUTION_LOW"; // it holds for the whole request, so the highest wins
                break;
            default:
                draft.Dropped.Add(part.Place + ".image_url.detail");
                break;
        }
    }

    private static string FileUrl(GeminiDraft draft, string id) =>
        draft.Service == GoogleService.AIStudio && id.StartsWith("files/", StringComparison.Ordinal) ? FilesUrl + id : id;

    /// <summary>Both services fetch some URLs themselves, and only those.</summary>
    private static string CheckUrl(GeminiDraft draft, ChatPart part)
    {
        var url = part.Url!;
        if (draft.Service == GoogleService.Vertex)
        {
            return IsAt(url, "https://") || IsAt(url, "gs://")
                ? url
                : throw new RefusedRequestException("Vertex takes https and gs URLs only; send the bytes as a data URL.", part.UrlPlace);
        }

        return IsOfStudio(url)
            ? url
            : throw new RefusedRequestException("Google AI Studio takes URLs of its own files and of YouTube only; send the bytes as a data URL.", part.UrlPlace);
    }

    /// <summary>Whether AI Studio fetches it by itself.</summary>
    public static bool IsOfStudio(string url) => IsAt(url, "https://generativelanguage.googleapis.com/") || IsAt(url, "https://www.youtube.com/") || IsAt(url, "https://youtu.be/");

    private static bool IsAt(string url, string start) => url.StartsWith(start, StringComparison.OrdinalIgnoreCase);

    /// <summary>Vertex wants the type of what it fetches; AI Studio finds it out by itself.</summary>
    private static string? TypeOf(GeminiDraft draft, ChatPart part, string url)
    {
        if (draft.Service == GoogleService.AIStudio)
        {
            return null;
        }

        var path = url.AsSpan();
        var end = path.IndexOfAny('?', '#');
        path = end < 0 ? path : path[..end];
        return Path.GetExtension(part.FileName ?? path.ToString()).ToLowerInvariant() switch
        {
            ".png" => "image/png",
            ".jpg" or ".jpeg" => "image/jpeg",
            ".webp" => "image/webp",
            ".gif" => "image/gif",
            ".heic" => "image/heic",
            ".heif" => "image/heif",
            ".pdf" => "application/pdf",
            ".txt" => "text/plain",
            ".mp3" => "audio/mp3",
            ".wav" => "audio/wav",
            ".mp4" => "video/mp4",
            ".webm" => "video/webm",
            ".mov" => "video/quicktime",
            _ => part.Kind == ChatPartKind.Image ? "image/jpeg" : null, // decoders look at the bytes; the member must be there
        };
    }
}
