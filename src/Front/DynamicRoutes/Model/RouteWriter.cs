using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using GatewayActors.Abstractions.Gateways;

namespace GatewayActors.Front.DynamicRoutes.Model;

/// <summary>Writes the graph of a route in the newer dialect: what is stored, and what the admin API answers.</summary>
internal static class RouteWriter
{
    private static readonly JsonWriterOptions AsWritten = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(RouteGraph graph)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, AsWritten))
        {
            json.WriteStartArray();
            foreach (var element in graph.Elements)
            {
                Write(json, element);
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static void Write(Utf8JsonWriter json, RouteElement element)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, element.Id);
        json.WriteString("type"u8, element.Type);
        switch (element)
        {
            case ConditionalElement conditional:
                json.WriteStartObject("properties"u8);
                if (conditional.Source is { } source)
                {
                    json.WritePropertyName("conditions"u8);
                    source.WriteTo(json);
                }

                json.WriteEndObject();
                break;
            case PercentageElement { StickyKey: { } key }:
                json.WriteStartObject("properties"u8);
                json.WriteString("stickyKey"u8, key.Text);
                json.WriteEndObject();
                break;
            case RateElement rate:
                WriteProperties(json, rate);
                break;
            case ModelElement model:
                WriteProperties(json, model);
                break;
            default:
                break; // Start and end have none.
        }

        json.WriteStartObject("outputs"u8);
        foreach (var (port, target) in element.Outputs)
        {
            json.WriteStartObject(port);
            json.WriteString("elementId"u8, target);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteProperties(Utf8JsonWriter json, RateElement rate)
    {
        json.WriteStartObject("properties"u8);
        json.WriteString("limitType"u8, rate.IsCost ? "cost"u8 : "count"u8);
        json.WriteString("key"u8, rate.KeyText);
        json.WriteNumber("limit"u8, rate.Rule.Limit);
        json.WriteNumber("window"u8, (long)rate.Rule.Window.TotalSeconds);
        if (rate.Rule.Technique != LimitTechnique.Fixed)
        {
            json.WriteString("technique"u8, "sliding"u8); // The newer dialect has no word for it; leaving it out would change what is counted.
        }

        json.WriteEndObject();
    }

    private static void WriteProperties(Utf8JsonWriter json, ModelElement model)
    {
        json.WriteStartObject("properties"u8);
        json.WriteString("provider"u8, model.Provider);
        json.WriteString("model"u8, model.Model);
        if (model.Timeout is { } timeout)
        {
            json.WriteNumber("timeout"u8, timeout);
        }

        if (model.Retries is { } retries)
        {
            json.WriteNumber("retries"u8, retries);
        }

        if (model.Alias is { } alias)
        {
            json.WriteString("alias"u8, alias);
        }

        json.WriteEndObject();
    }
}
