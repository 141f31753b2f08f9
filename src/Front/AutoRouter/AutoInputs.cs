using System.Runtime.InteropServices;
using System.Text.Json;

namespace GatewayActors.Front.AutoRouter;

/// <summary>Finds what a request has beside text, in any of the formats of conversations.</summary>
internal static class AutoInputs
{
    private const int MaxDepth = 4; // A message, its content, the result of a call in it, that result's content.

    /// <returns>The kinds; how many pictures, sounds and files there are; and how many bytes of the body they are.</returns>
    public static (InputKinds Kinds, int Media, int Bytes) Of(JsonElement root, JsonElement messages)
    {
        var found = (Kinds: HasTools(root, "tools") || HasTools(root, "functions") ? InputKinds.Tools : InputKinds.None, Media: 0, Bytes: 0);
        Add(messages, ref found, MaxDepth);
        return found;
    }

    private static bool HasTools(JsonElement root, string name) =>
        root.TryGetProperty(name, out var tools) && tools.ValueKind == JsonValueKind.Array && tools.GetArrayLength() > 0;

    private static void Add(JsonElement list, ref (InputKinds Kinds, int Media, int Bytes) found, int depth)
    {
        if (list.ValueKind != JsonValueKind.Array || depth == 0)
        {
            return;
        }

        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object)
            {
                continue;
            }

            if (KindOf(item) is not InputKinds.None and var kind)
            {
                found = (found.Kinds | kind, found.Media + 1, found.Bytes + JsonMarshal.GetRawUtf8Value(item).Length);
            }
            else if (item.TryGetProperty("content", out var content) || item.TryGetProperty("output", out content))
            {
                Add(content, ref found, depth - 1);
            }
        }
    }

    private static InputKinds KindOf(JsonElement part) =>
        !part.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String ? InputKinds.None
        : type.ValueEquals("image_url") || type.ValueEquals("input_image") || type.ValueEquals("image") ? InputKinds.Images
        : type.ValueEquals("input_audio") ? InputKinds.Audio
        : type.ValueEquals("file") || type.ValueEquals("input_file") || type.ValueEquals("document") ? InputKinds.Documents
        : type.ValueEquals("video_url") || type.ValueEquals("input_video") || type.ValueEquals("video") ? InputKinds.Video
        : InputKinds.None;
}
