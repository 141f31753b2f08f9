using System.Text;
using System.Text.Json;

namespace GatewayActors.Providers.Translation;

/// <summary>A JSON value that is put together from the pieces of a stream: texts grow, lists get longer, objects get members.</summary>
internal sealed class MergedJson
{
    private StringBuilder? _text;
    private JsonElement _other;
    private List<(string Name, MergedJson Value)>? _members;
    private List<MergedJson>? _items;

    /// <summary>Whether it is null, or nothing came.</summary>
    public bool IsNull => _text is null && _members is null && _items is null && _other.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null;

    /// <summary>Whether it is a text without a character.</summary>
    public bool IsEmptyText => _text is { Length: 0 };

    /// <summary>The members in the order in which they came; none unless it is an object.</summary>
    public IReadOnlyList<(string Name, MergedJson Value)> Members => _members ?? [];

    /// <summary>A member; null if there is none.</summary>
    public MergedJson? this[string name] => _members?.Find(member => member.Name == name).Value;

    /// <summary>Takes the next piece. Null says nothing.</summary>
    /// <param name="piece">The piece.</param>
    /// <param name="grows">Whether a text is a piece of one; else the first one holds.</param>
    public void Add(JsonElement piece, bool grows = true)
    {
        switch (piece.ValueKind)
        {
            case JsonValueKind.String:
                if (_text is null || grows)
                {
                    (_text ??= new()).Append(piece.GetString());
                }

                break;
            case JsonValueKind.Object:
                _members ??= [];
                foreach (var member in piece.EnumerateObject())
                {
                    MemberOf(member.Name).Add(member.Value, Grows(member.Name));
                }

                break;
            case JsonValueKind.Array:
                _items ??= [];
                foreach (var item in piece.EnumerateArray())
                {
                    ItemOf(item).Add(item);
                }

                break;
            case JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False:
                _other = piece.Clone();
                break;
            case JsonValueKind.Null or JsonValueKind.Undefined:
            default:
                break;
        }
    }

    /// <summary>Takes the members of a chunk, but for its choices: of texts the first one holds, of all else the last.</summary>
    public void AddMembers(JsonElement chunk)
    {
        _members ??= [];
        foreach (var member in chunk.EnumerateObject())
        {
            if (member.NameEquals("choices"u8))
            {
                _ = MemberOf(member.Name); // Its place is kept.
            }
            else
            {
                AddMember(member.Name, member.Value);
            }
        }
    }

    /// <summary>Takes a member by itself: of texts the first one holds, of all else the last.</summary>
    public void AddMember(string name, JsonElement value)
    {
        _members ??= [];
        var member = MemberOf(name);
        if (value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
        {
            (member._text, member._members, member._items, member._other) = (null, null, null, value.Clone());
        }
        else
        {
            member.Add(value, grows: false);
        }
    }

    /// <summary>Makes a member's list longer.</summary>
    public void AddItem(string name, JsonElement item)
    {
        _members ??= [];
        var added = new MergedJson();
        added.Add(item);
        (MemberOf(name)._items ??= []).Add(added);
    }

    /// <summary>Writes what has come.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="without">A member that objects in a list lose: it only said where pieces belong.</param>
    public void Write(Utf8JsonWriter json, string? without = null)
    {
        if (_text is not null)
        {
            json.WriteStringValue(_text.ToString());
        }
        else if (_members is not null)
        {
            json.WriteStartObject();
            foreach (var (name, value) in _members)
            {
                if (name != without)
                {
                    json.WritePropertyName(name);
                    value.Write(json);
                }
            }

            json.WriteEndObject();
        }
        else if (_items is not null)
        {
            json.WriteStartArray();
            foreach (var item in _items)
            {
                item.Write(json, without);
            }

            json.WriteEndArray();
        }
        else if (_other.ValueKind == JsonValueKind.Undefined)
        {
            json.WriteNullValue();
        }
        else
        {
            _other.WriteTo(json);
        }
    }

    // Names and kinds come whole, and some providers repeat them with every piece.
    private static bool Grows(string name) => name is not ("id" or "type" or "role" or "name" or "object" or "format" or "finish_reason" or "url" or "title");

    private MergedJson MemberOf(string name)
    {
        if (this[name] is { } known)
        {
            return known;
        }

        var value = new MergedJson();
        _members!.Add((name, value));
        return value;
    }

    /// <summary>The item that a piece belongs to: by its index, if it has one; else one of its own.</summary>
    private MergedJson ItemOf(JsonElement piece)
    {
        if (piece.ValueKind == JsonValueKind.Object && piece.TryGetProperty("index", out var index) && index.TryGetInt32(out var number)
            && _items!.Find(item => item["index"] is { } own && own._other.TryGetInt32(out var known) && known == number) is { } found)
        {
            return found;
        }

        var added = new MergedJson();
        _items!.Add(added);
        return added;
    }
}
