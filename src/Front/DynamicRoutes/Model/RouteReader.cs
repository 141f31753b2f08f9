using System.Text.Json;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.DynamicRoutes.Model;

/// <summary>What was read of a graph.</summary>
/// <param name="Graph">The graph; of no use if there is something in <paramref name="Malformed"/>.</param>
/// <param name="Malformed">What is not of the form of a graph at all.</param>
/// <param name="Invalid">What keeps the graph from being deployed.</param>
internal sealed record RouteReading(RouteGraph Graph, IReadOnlyList<ApiError> Malformed, IReadOnlyList<ApiError> Invalid);

/// <summary>
/// Reads the graph of a route in either of the dialects that clients write: the newer one, and the older with <c>rate_limit</c>,
/// <c>interval</c>, <c>technique</c>, <c>condition</c> and ends without outputs. Notes every mistake with its element and field.
/// </summary>
internal static class RouteReader
{
    private const string Field = "elements";

    /// <summary>Reads the member <c>elements</c> of a body.</summary>
    public static RouteReading Read(JsonElement body)
    {
        List<ApiError> malformed = [];
        List<ApiError> invalid = [];
        HashSet<string> ids = new(StringComparer.Ordinal);
        var elements = new ObjectReader(body, ["body"], malformed).Items(Field, 0, int.MaxValue, (item, items) =>
        {
            var (knownMalformed, knownInvalid) = (malformed.Count, invalid.Count);
            var reader = items.Object(item);
            var id = reader?.Text("id", 1, 128, Need.NotNull).Value;
            if (id is not null && !ids.Add(id))
            {
                reader!.Fail("id", "Element ids must be unique");
            }

            var element = reader is null ? null : RouteElementReader.Read(item, reader, id ?? "", invalid);
            Name(malformed, knownMalformed, id);
            Name(invalid, knownInvalid, id);
            return element;
        }, Need.NotNull).Value;
        var graph = new RouteGraph(elements ?? []);
        if (malformed.Count == 0)
        {
            invalid.AddRange(RouteChecks.Check(graph, ["body", Field]));
        }

        return new(graph, malformed, invalid);
    }

    /// <summary>The graph of a stored version; null if it cannot be run.</summary>
    public static RouteGraph? ReadStored(string elements)
    {
        try
        {
            var reading = Read(JsonElement.Parse($"{{\"{Field}\":{elements}}}"));
            return reading is { Malformed: [], Invalid: [], Graph.Start: not null } ? reading.Graph : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // The path has only the element's place; people know it by its id.
    private static void Name(List<ApiError> errors, int from, string? id)
    {
        for (var i = from; id is not null && i < errors.Count; i++)
        {
            errors[i] = errors[i] with { Message = $"Element '{(id.Length > 64 ? id[..64] + "…" : id)}': {errors[i].Message}" };
        }
    }
}
