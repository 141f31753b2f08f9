using System.Text.Json;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.Logs;

/// <summary>Reads a change to a log entry, with one error for every mistake.</summary>
internal static class LogPatchReader
{
    private const int MaxMetadataEntries = 5;

    /// <summary>Reads a change; of no use if a mistake was noted.</summary>
    public static LogPatch Read(JsonElement body, List<ApiError> errors)
    {
        var reader = new ObjectReader(body, ["body"], errors);
        var feedback = reader.Integer("feedback", -1, 1);
        return new()
        {
            Feedback = new(feedback.IsSet, (int?)feedback.Value),
            Score = reader.Number("score", 0, 100),
            MetadataJson = ReadMetadata(body, reader),
        };
    }

    private static Optional<string?> ReadMetadata(JsonElement body, ObjectReader reader)
    {
        var metadata = reader.Object("metadata");
        if (metadata.Value is not { } entries)
        {
            return new(metadata.IsSet, null);
        }

        var count = 0;
        foreach (var entry in body.GetProperty("metadata").EnumerateObject())
        {
            count += entry.Value.ValueKind == JsonValueKind.Null ? 0 : 1;
            if (entry.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
            {
                entries.Fail(entry.Name, $"Expected string, number or boolean, received {JsonKinds.Name(entry.Value.ValueKind)}");
            }
        }

        if (count > MaxMetadataEntries)
        {
            reader.Fail("metadata", $"Object must contain at most {MaxMetadataEntries} entries");
        }

        return body.GetProperty("metadata").GetRawText();
    }
}
