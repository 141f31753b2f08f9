using System.Text;
using System.Text.Json;
using GatewayActors.Abstractions.Logs;

namespace GatewayActors.Front.Replays;

/// <summary>The metadata of what a replay sends: which replay and which entry, then the entry's own tags, by which limits and routes may decide.</summary>
internal static class ReplayTags
{
    public const string Replay = "replay";
    public const string Source = "replay_of";

    /// <summary>The value of <c>cf-aig-metadata</c>. Escaped, so that a header can hold it.</summary>
    public static string Write(Guid replay, LogEntry source)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString(Replay, replay.ToString("D"));
            json.WriteString(Source, source.Id.ToString("D"));
            if (source.MetadataJson is { } metadata)
            {
                foreach (var tag in JsonElement.Parse(metadata).EnumerateObject().Where(tag => tag.Name is not (Replay or Source)))
                {
                    tag.WriteTo(json);
                }
            }

            json.WriteEndObject();
        }

        return Encoding.ASCII.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }
}
