using System.Text.Json;

namespace GatewayActors.Front.DynamicRoutes;

/// <summary>Puts a gateway's routes into the list of models that can be called.</summary>
internal static class RouteModels
{
    /// <param name="list">The list as it is answered: an object whose last member is the array of models.</param>
    /// <param name="routes">The routes.</param>
    /// <param name="now">Seconds since 1970.</param>
    public static ReadOnlyMemory<byte> AddTo(ReadOnlyMemory<byte> list, LiveRoutes routes, long now)
    {
        var end = "]}"u8;
        var names = routes.Names.ToArray();
        if (names.Length == 0 || !list.Span.EndsWith(end))
        {
            return list;
        }

        using var buffer = new MemoryStream(list.Length + (128 * names.Length));
        buffer.Write(list.Span[..^end.Length]);
        var isFirst = list.Span[^(end.Length + 1)] == (byte)'[';
        foreach (var name in names)
        {
            if (!isFirst)
            {
                buffer.WriteByte((byte)',');
            }

            isFirst = false;
            using var json = new Utf8JsonWriter(buffer);
            json.WriteStartObject();
            json.WriteString("id"u8, $"dynamic/{name}");
            json.WriteString("object"u8, "model"u8);
            json.WriteNumber("created"u8, now);
            json.WriteNumber("created_at"u8, now);
            json.WriteString("owned_by"u8, "dynamic"u8);
            json.WriteNull("cost_in"u8); // It depends on the model that answers.
            json.WriteNull("cost_out"u8);
            json.WriteEndObject();
        }

        buffer.Write(end);
        return buffer.ToArray();
    }
}
