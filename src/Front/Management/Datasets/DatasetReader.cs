using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using GatewayActors.Abstractions.Datasets;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Management.Http;
using GatewayActors.Front.Management.Logs;

namespace GatewayActors.Front.Management.Datasets;

/// <summary>Reads what bodies say about datasets, with one error for every mistake.</summary>
internal static class DatasetReader
{
    /// <summary>Longest name, in characters.</summary>
    public const int MaxName = 256;

    /// <summary>The filters of a dataset as JSON, in characters: every evaluation keeps a copy.</summary>
    private const int MaxFiltersLength = 16 * 1024;

    private static readonly JsonWriterOptions AsWritten = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads a dataset; of no use if a mistake was noted.</summary>
    public static DatasetDefinition Read(JsonElement body, List<ApiError> errors)
    {
        var reader = new ObjectReader(body, ["body"], errors);
        var name = ReadName(reader);
        var enable = reader.Boolean("enable", Need.NotNull).Value;
        var filters = reader.Items("filters", 0, LogFilterValues.MaxFilters, ReadFilter, Need.NotNull).Value ?? [];
        var json = Write(filters);
        if (json.Length > MaxFiltersLength)
        {
            reader.Fail("filters", $"The filters are too long: at most {MaxFiltersLength} characters");
        }

        return new()
        {
            Name = name ?? "",
            Enable = enable ?? false,
            Filters = [.. filters.Select(filter => new DatasetFilter { Key = filter.Filter.Key, Operator = filter.Filter.Operator, Values = filter.Filter.Values })],
            FiltersJson = json,
        };
    }

    /// <summary>Reads a name that people can see.</summary>
    public static string? ReadName(ObjectReader reader)
    {
        var name = reader.Text("name", 1, MaxName, Need.NotNull).Value;
        if (name is not null && string.IsNullOrWhiteSpace(name))
        {
            reader.Fail("name", "The name must not be blank");
        }

        return name;
    }

    private static WrittenFilter? ReadFilter(JsonElement item, ItemReader items)
    {
        if (items.Object(item) is not { } reader)
        {
            return null;
        }

        var known = reader.Errors.Count;
        var key = reader.Word("key", LogWords.Keys, Need.NotNull).Value;
        var @operator = reader.Word("operator", LogWords.Operators, Need.NotNull).Value;
        var values = ReadValues(item, reader);
        return reader.Errors.Count == known && LogFilterValues.Read(key!.Value, @operator!.Value, [.. values.Select(TextOf)], reader.Fail) is { } filter
            ? new(item, values, filter)
            : null;
    }

    // A single value may stand without its array, as in the filters of a query.
    private static JsonElement[] ReadValues(JsonElement item, ObjectReader reader)
    {
        if (!item.TryGetProperty("value", out var value))
        {
            reader.Fail("value", "Required");
            return [];
        }

        JsonElement[] values = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];
        if (values.Length is 0 or > LogFilterValues.MaxValues)
        {
            reader.Fail("value", values.Length == 0 ? "Array must contain at least 1 element(s)" : $"Array must contain at most {LogFilterValues.MaxValues} element(s)");
        }
        else if (values.Any(candidate => candidate.ValueKind is JsonValueKind.Object or JsonValueKind.Array))
        {
            reader.Fail("value", "Expected string, number, boolean or null");
        }

        return values;
    }

    private static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Null => null,
        _ => value.GetRawText(),
    };

    private static string Write(IReadOnlyList<WrittenFilter> filters)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, AsWritten))
        {
            json.WriteStartArray();
            foreach (var (item, values, _) in filters)
            {
                json.WriteStartObject();
                json.WriteString("key"u8, item.GetProperty("key"u8).GetString());
                json.WriteString("operator"u8, item.GetProperty("operator"u8).GetString());
                json.WriteStartArray("value"u8);
                foreach (var value in values)
                {
                    value.WriteTo(json);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>A filter with what its author has written.</summary>
    private sealed record WrittenFilter(JsonElement Item, JsonElement[] Values, LogFilter Filter);
}
