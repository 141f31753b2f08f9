using System.Text.Json;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.GoogleAIStudio;

/// <summary>Writes a JSON Schema as the subset of OpenAPI's schemas that Google's older models take.</summary>
/// <remarks>https://ai.google.dev/api/caching#Schema. References are resolved in place, because the subset has none.</remarks>
internal sealed class OpenApiSchema
{
    private const int MaxReferences = 5; // on one path, where a schema holds itself
    private const int MaxSchemas = 2000; // references can make a small schema a very large one
    private const int MaxDepth = 64;
    private const int MaxJoined = 100; // schemas that must hold at once

    private static readonly string[] Copied =
        ["title", "description", "minimum", "maximum", "minLength", "maxLength", "pattern", "minItems", "maxItems", "minProperties", "maxProperties"];

    private static readonly string[] ChoiceWords = ["anyOf", "oneOf"];

    private readonly Utf8JsonWriter _json;
    private readonly JsonElement _root;
    private readonly string _place;
    private int _written;

    private OpenApiSchema(Utf8JsonWriter json, JsonElement root, string place) => (_json, _root, _place) = (json, root, place);

    public static bool IsEmptyObject(JsonElement schema) =>
        schema.Text("type") is null or "object"
        && !(schema.Member("properties") is { ValueKind: JsonValueKind.Object } properties && properties.EnumerateObject().MoveNext())
        && !schema.Member("$ref").IsDefined && !schema.Member("allOf").IsDefined && !schema.Member("anyOf").IsDefined && !schema.Member("oneOf").IsDefined
        && !schema.Member("enum").IsDefined && !schema.Member("const").IsDefined;

    public static void Write(Utf8JsonWriter json, JsonElement schema, string place) => new OpenApiSchema(json, schema, place).Write(schema, new());

    private void Write(JsonElement schema, Way way)
    {
        if (++_written > MaxSchemas || way.Depth > MaxDepth)
        {
            throw TooLarge();
        }

        _json.WriteStartObject();
        if (schema.IsObject)
        {
            var node = new Node { Way = way };
            Collect(node, schema);
            WriteNode(node);
        }
        else
        {
            _json.WriteString("type"u8, "boolean"u8); // true or false in place of a schema
        }

        _json.WriteEndObject();
    }

    /// <summary>A schema and everything that holds beside it: what it refers to, and what must all hold.</summary>
    private void Collect(Node node, JsonElement schema)
    {
        node.Schemas.Add(schema);
        if (node.Schemas.Count > MaxJoined)
        {
            throw TooLarge();
        }

        if (schema.Text("$ref") is { } reference)
        {
            if (node.Way.References.Length >= MaxReferences && node.Way.References.Contains(reference))
            {
                node.IsCut = true;
            }
            else
            {
                node.Way = node.Way with { References = [.. node.Way.References, reference] };
                Collect(node, Resolve(reference));
            }
        }

        foreach (var other in schema.Items("allOf"))
        {
            if (other.IsObject)
            {
                Collect(node, other);
            }
        }
    }

    private RefusedRequestException TooLarge() => new("The schema is too large once its references are resolved.", _place);

    private JsonElement Resolve(string reference)
    {
        if (!reference.StartsWith('#'))
        {
            throw new RefusedRequestException("A schema may refer to places in itself only.", _place);
        }

        var target = _root;
        foreach (var step in reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            target = target.Member(Uri.UnescapeDataString(step).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal));
        }

        return target.IsObject ? target : throw new RefusedRequestException("The schema refers to something that is not there.", _place);
    }

    private void WriteNode(Node node)
    {
        if (node.IsCut)
        {
            _json.WriteString("type"u8, "object"u8);
            return;
        }

        foreach (var name in Copied)
        {
            if (node.Find(name) is { ValueKind: JsonValueKind.String or JsonValueKind.Number } value)
            {
                _json.WritePropertyName(name);
                _json.WriteRaw(value);
            }
        }

        // Google refuses every other format.
        if (node.Find("format").ValueKind == JsonValueKind.String && node.Find("format").GetString() is "date-time" or "enum" or "float" or "double" or "int32" or "int64")
        {
            _json.WritePropertyName("format"u8);
            _json.WriteRaw(node.Find("format"));
        }

        var isNullable = node.Find("nullable").IsTrue;
        var values = Values(node, ref isNullable);
        var types = Types(node, ref isNullable);
        var choices = Choices(node, ref isNullable);
        if (values is not null)
        {
            WriteValues(values);
        }
        else if (choices is not null)
        {
            WriteChoices(node, choices);
        }
        else if (types.Count > 1)
        {
            WriteTypes(node, types);
        }
        else if (types.Count == 1)
        {
            WriteType(node, types[0]);
        }
        else if (node.Find("properties").IsObject)
        {
            WriteType(node, "object");
        }

        if (isNullable)
        {
            _json.WriteBoolean("nullable"u8, true);
        }
    }

    private void WriteType(Node node, string type)
    {
        _json.WriteString("type"u8, type);
        if (type == "object")
        {
            WriteProperties(node);
        }
        else if (type == "array")
        {
            _json.WritePropertyName("items"u8);
            if (node.Find("items") is { ValueKind: JsonValueKind.Object or JsonValueKind.True } items)
            {
                Write(items, node.Below);
            }
            else
            {
                _json.WriteStartObject(); // an array must say what it holds
                _json.WriteString("type"u8, "string"u8);
                _json.WriteEndObject();
            }
        }
    }

    private void WriteProperties(Node node)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var schema in node.Schemas)
        {
            if (schema.Member("properties") is not { ValueKind: JsonValueKind.Object } properties)
            {
                continue;
            }

            foreach (var property in properties.EnumerateObject())
            {
                if (!names.Add(property.Name))
                {
                    continue;
                }

                if (names.Count == 1)
                {
                    _json.WriteStartObject("properties"u8);
                }

                _json.WritePropertyName(property.Name);
                Write(property.Value, node.Below);
            }
        }

        if (names.Count > 0)
        {
            _json.WriteEndObject();
        }

        var required = new List<string>();
        foreach (var schema in node.Schemas)
        {
            foreach (var name in schema.Items("required"))
            {
                if (name.ValueKind == JsonValueKind.String && names.Remove(name.GetString()!)) // one that is not there is refused
                {
                    required.Add(name.GetString()!);
                }
            }
        }

        if (required.Count > 0)
        {
            _json.WriteStartArray("required"u8);
            required.ForEach(_json.WriteStringValue);
            _json.WriteEndArray();
        }
    }

    private static List<string> Types(Node node, ref bool isNullable)
    {
        List<string> types = [];
        var type = node.Find("type");
        if (type.ValueKind == JsonValueKind.String)
        {
            types.Add(type.GetString()!);
        }
        else if (type.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in type.EnumerateArray())
            {
                if (item.ValueKind == JsonValueKind.String)
                {
                    types.Add(item.GetString()!);
                }
            }
        }

        isNullable |= types.Count > 1 && types.Remove("null");
        return types;
    }

    private void WriteTypes(Node node, List<string> types)
    {
        _json.WriteStartArray("anyOf"u8);
        foreach (var type in types)
        {
            _json.WriteStartObject();
            WriteType(node, type);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
    }

    private static List<JsonElement>? Values(Node node, ref bool isNullable)
    {
        List<JsonElement> values = [];
        if (node.Find("const") is { ValueKind: not JsonValueKind.Undefined } only)
        {
            values.Add(only);
        }
        else if (node.Find("enum") is { ValueKind: JsonValueKind.Array } all)
        {
            foreach (var value in all.EnumerateArray())
            {
                if (value.ValueKind == JsonValueKind.Null)
                {
                    isNullable = true;
                }
                else
                {
                    values.Add(value);
                }
            }
        }

        return values.Count > 0 ? values : null;
    }

    private void WriteValues(List<JsonElement> values)
    {
        _json.WriteString("type"u8, "string"u8); // there are no others
        _json.WriteStartArray("enum"u8);
        foreach (var value in values)
        {
            if (value.ValueKind == JsonValueKind.String)
            {
                _json.WriteRaw(value);
            }
            else
            {
                _json.WriteStringValue(value.GetRawText());
            }
        }

        _json.WriteEndArray();
    }

    private static List<JsonElement>? Choices(Node node, ref bool isNullable)
    {
        foreach (var word in ChoiceWords)
        {
            if (node.Find(word) is not { ValueKind: JsonValueKind.Array } all || all.GetArrayLength() == 0)
            {
                continue;
            }

            List<JsonElement> choices = [];
            foreach (var choice in all.EnumerateArray())
            {
                if (choice.Text("type") == "null")
                {
                    isNullable = true;
                }
                else
                {
                    choices.Add(choice);
                }
            }

            return choices.Count > 0 ? choices : null;
        }

        return null;
    }

    private void WriteChoices(Node node, List<JsonElement> choices)
    {
        _json.WriteStartArray("anyOf"u8);
        foreach (var choice in choices)
        {
            Write(choice, node.Below);
        }

        _json.WriteEndArray();
    }

    /// <summary>How a schema was reached.</summary>
    private readonly record struct Way(int Depth, string[] References)
    {
        public Way()
            : this(0, [])
        {
        }
    }

    private sealed class Node
    {
        public List<JsonElement> Schemas { get; } = [];

        public required Way Way { get; set; }

        public Way Below => Way with { Depth = Way.Depth + 1 };

        public bool IsCut { get; set; }

        /// <summary>A word of the schema, wherever it stands first; undefined if nowhere.</summary>
        public JsonElement Find(string name)
        {
            foreach (var schema in Schemas)
            {
                if (schema.Member(name) is { ValueKind: not JsonValueKind.Undefined } value)
                {
                    return value;
                }
            }

            return default;
        }
    }
}
