using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace GatewayActors.Front.Management.Logs;

/// <summary>One filter as it stood in the query, before anything is checked.</summary>
internal sealed class RawLogFilter
{
    /// <summary>What is compared.</summary>
    public string? Key { get; set; }

    /// <summary>How.</summary>
    public string? Operator { get; set; }

    /// <summary>With what; null is the null of clients.</summary>
    public List<string?> Values { get; } = [];
}

/// <summary>
/// Finds the filters of a query in every encoding that clients use: dot notation, where position tells which parts belong together;
/// brackets, with or without indexes; and one JSON text.
/// </summary>
internal static class RawLogFilters
{
    private const string Name = "filters";
    private static readonly JsonDocumentOptions JsonOptions = new() { MaxDepth = 8 };

    /// <summary>Finds the filters, in their order.</summary>
    /// <param name="query">The query with its question mark.</param>
    /// <param name="problem">What is wrong with the encoding; null if nothing is.</param>
    public static IReadOnlyList<RawLogFilter> Read(string? query, out string? problem)
    {
        problem = null;
        List<RawLogFilter> filters = [];
        Dictionary<int, RawLogFilter> indexed = [];
        RawLogFilter? current = null;
        foreach (var pair in new QueryStringEnumerable(query))
        {
            var name = pair.DecodeName().ToString();
            if (!name.StartsWith(Name, StringComparison.Ordinal))
            {
                continue;
            }

            var value = pair.DecodeValue().ToString();
            if (name.Length == Name.Length || name == "filters[]")
            {
                problem ??= value.Length == 0 ? null : ReadJson(value, filters);
                continue;
            }

            if (name[Name.Length] is not ('.' or '['))
            {
                continue; // Another parameter, which like every unknown one is ignored.
            }

            var parts = name[Name.Length..].Split(['.', '[', ']'], StringSplitOptions.RemoveEmptyEntries);
            var hasIndex = parts.Length > 0 && int.TryParse(parts[0], out _);
            var field = parts.ElementAtOrDefault(hasIndex ? 1 : 0);
            RawLogFilter filter;
            if (hasIndex)
            {
                var index = int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture);
                if (!indexed.TryGetValue(index, out filter!))
                {
                    filters.Add(filter = indexed[index] = new());
                }
            }
            else
            {
                if (current is null || (field == "key" && current.Key is not null))
                {
                    filters.Add(current = new());
                }

                filter = current;
            }

            problem ??= Set(filter, field, value);
        }

        return filters;
    }

    private static string? Set(RawLogFilter filter, string? field, string value)
    {
        switch (field)
        {
            case "key":
                filter.Key = value;
                return null;
            case "operator":
                filter.Operator = value;
                return null;
            case "value":
                filter.Values.Add(value.Length == 0 ? null : value);
                return null;
            default:
                return "A filter has the fields key, operator and value";
        }
    }

    private static string? ReadJson(string text, List<RawLogFilter> filters)
    {
        const string Expected = "Expected a JSON array of objects with key, operator and value";
        try
        {
            using var document = JsonDocument.Parse(text, JsonOptions);
            var items = document.RootElement.ValueKind == JsonValueKind.Object ? [document.RootElement]
                : document.RootElement.ValueKind == JsonValueKind.Array ? document.RootElement.EnumerateArray().ToArray()
                : null;
            if (items is null || items.Any(item => item.ValueKind != JsonValueKind.Object))
            {
                return Expected;
            }

            foreach (var item in items)
            {
                RawLogFilter filter = new() { Key = Scalar(item, "key"), Operator = Scalar(item, "operator") };
                if (item.TryGetProperty("value", out var value))
                {
                    IEnumerable<JsonElement> values = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [value];
                    foreach (var one in values)
                    {
                        if (one.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
                        {
                            return Expected;
                        }

                        filter.Values.Add(Scalar(one));
                    }
                }

                filters.Add(filter);
            }

            return null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a text with an unpaired surrogate.
            return Expected;
        }
    }

    private static string? Scalar(JsonElement item, string name) => item.TryGetProperty(name, out var value) ? Scalar(value) : null;

    private static string? Scalar(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        JsonValueKind.String => value.GetString(),
        _ => value.GetRawText(),
    };
}
