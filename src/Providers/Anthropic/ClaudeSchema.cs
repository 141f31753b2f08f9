using System.Text;
using System.Text.Json;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.Anthropic;

/// <summary>Writes a JSON Schema within the part of the language that structured output takes; what it lacks is put into words.</summary>
/// <remarks>https://docs.anthropic.com/en/docs/build-with-claude/structured-outputs, "JSON Schema limitations".</remarks>
internal static class ClaudeSchema
{
    public static void Write(Utf8JsonWriter json, JsonElement schema)
    {
        if (!schema.IsObject)
        {
            schema.WriteTo(json);
            return;
        }

        json.WriteStartObject();
        var isReference = schema.Member("$ref").IsDefined;
        var isObject = !isReference && (schema.Text("type") == "object" || schema.Member("properties").IsObject);
        StringBuilder? words = null;
        foreach (var member in schema.EnumerateObject())
        {
            switch (member.Name)
            {
                case "$defs" or "definitions":
                    WriteMembers(json, member);
                    break;
                case "$ref":
                    member.WriteTo(json);
                    break;
                case var _ when isReference:
                case "additionalProperties" when isObject:
                case "description":
                case "$schema" or "$id" or "$comment" or "$anchor" or "examples" or "deprecated" or "readOnly" or "writeOnly":
                    break;
                case "properties":
                    WriteMembers(json, member);
                    break;
                case "items" or "additionalProperties":
                    json.WritePropertyName(member.Name);
                    Write(json, member.Value);
                    break;
                case "oneOf" when !schema.Member("anyOf").IsDefined:
                    WriteAll(json, "anyOf", member.Value);
                    break;
                case "anyOf" or "allOf":
                    WriteAll(json, member.Name, member.Value);
                    break;
                case "type" or "enum" or "const" or "default" or "title" or "required":
                case "format" when IsKnownFormat(member.Value):
                    member.WriteTo(json);
                    break;
                default:
                    words = (words is null ? new("Constraints: ") : words.Append("; ")).Append(member.Name).Append(' ').Append(member.Value.GetRawText());
                    break;
            }
        }

        if (isObject)
        {
            json.WriteBoolean("additionalProperties"u8, false);
        }

        if (!isReference && (schema.Text("description"), words) is not (null, null) and var (description, constraints))
        {
            json.WriteString("description"u8, description is null || constraints is null ? description ?? constraints!.ToString() : $"{description}\n{constraints}");
        }

        json.WriteEndObject();
    }

    private static bool IsKnownFormat(JsonElement format) =>
        format.ValueKind == JsonValueKind.String
        && format.GetString() is "date-time" or "time" or "date" or "duration" or "email" or "hostname" or "uri" or "ipv4" or "ipv6" or "uuid";

    private static void WriteMembers(Utf8JsonWriter json, JsonProperty holder)
    {
        json.WritePropertyName(holder.Name);
        if (!holder.Value.IsObject)
        {
            holder.Value.WriteTo(json);
            return;
        }

        json.WriteStartObject();
        foreach (var member in holder.Value.EnumerateObject())
        {
            json.WritePropertyName(member.Name);
            Write(json, member.Value);
        }

        json.WriteEndObject();
    }

    private static void WriteAll(Utf8JsonWriter json, string name, JsonElement schemas)
    {
        json.WritePropertyName(name);
        if (schemas.ValueKind != JsonValueKind.Array)
        {
            schemas.WriteTo(json);
            return;
        }

        json.WriteStartArray();
        foreach (var schema in schemas.EnumerateArray())
        {
            Write(json, schema);
        }

        json.WriteEndArray();
    }
}
