using System.Text.Json;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Management.Http;
using GatewayActors.Front.Pipeline;

namespace GatewayActors.Front.Management.Logs;

/// <summary>Reads a change to a log entry, with one error for every mistake.</summary>
internal static class LogPatchReader
{
    private const string Reserved = "cf.";

    /// <summary>Reads a change; of no use if a mistake was noted.</summary>
    /// <param name="body">The body.</param>
    /// <param name="maxEntries">How many entries metadata may have.</param>
    /// <param name="errors">Where mistakes are noted.</param>
    public static LogPatch Read(JsonElement body, int maxEntries, List<ApiError> errors)
    {
        var reader = new ObjectReader(body, ["body"], errors);
        var feedback = reader.Integer("feedback", -1, 1);
        return new()
        {
            Feedback = new(feedback.IsSet, (int?)feedback.Value),
            Score = reader.Number("score", 0, 100),
            MetadataJson = ReadMetadata(body, maxEntries, reader),
        };
    }

    /// <summary>
    /// The mistake of a change after which an entry would have more metadata than it may have; null for none. What it has too many already,
    /// because the operator allowed more once, may stay.
    /// </summary>
    public static ApiProblem? CheckMerged(LogPatch patch, string? storedJson, int maxEntries)
    {
        if (patch.MetadataJson.Value is not { } change)
        {
            return null;
        }

        HashSet<string> names = new(StringComparer.Ordinal);
        if (storedJson is not null)
        {
            names.UnionWith(JsonElement.Parse(storedJson).EnumerateObject().Select(entry => entry.Name));
        }

        var before = names.Count;
        foreach (var entry in JsonElement.Parse(change).EnumerateObject())
        {
            _ = entry.Value.ValueKind == JsonValueKind.Null ? names.Remove(entry.Name) : names.Add(entry.Name);
        }

        return names.Count > Math.Max(before, maxEntries) ? ApiProblem.Invalid(TooMany(maxEntries), "body", "metadata") : null;
    }

    private static Optional<string?> ReadMetadata(JsonElement body, int maxEntries, ObjectReader reader)
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
            else if (entry.Name.StartsWith(Reserved, StringComparison.Ordinal))
            {
                entries.Fail(entry.Name, $"Keys that begin with '{Reserved}' are reserved");
            }
            else if (entry.Name.Length > Metadata.MaxKeyLength)
            {
                reader.Fail("metadata", $"A key must contain at most {Metadata.MaxKeyLength} character(s)");
            }
            else if (entry.Value.ValueKind == JsonValueKind.String && entry.Value.GetString()!.Length > Metadata.MaxValueLength)
            {
                entries.Fail(entry.Name, $"String must contain at most {Metadata.MaxValueLength} character(s)");
            }
        }

        if (count > maxEntries)
        {
            reader.Fail("metadata", TooMany(maxEntries));
        }

        return body.GetProperty("metadata").GetRawText();
    }

    private static string TooMany(int maxEntries) => $"Object must contain at most {maxEntries} entries";
}
