using System.Globalization;
using System.Text.Json;

namespace GatewayActors.Front.DynamicRoutes.Conditions;

/// <summary>What a path finds in a request, or what a condition compares it with.</summary>
internal readonly record struct RouteValue
{
    private static readonly RouteValue True = Of(JsonElement.Parse("true"u8));
    private static readonly RouteValue False = Of(JsonElement.Parse("false"u8));

    private readonly JsonElement _json;
    private readonly string? _text;

    private RouteValue(RouteValueKind kind, JsonElement json, string? text, decimal number, bool isText)
    {
        (Kind, _json, _text, Number, IsLoose) = (kind, json, text, number, isText);
    }

    /// <summary>Nothing is there.</summary>
    public static RouteValue Missing => default;

    public RouteValueKind Kind { get; }

    public decimal Number { get; }

    /// <summary>Whether it comes from where clients write numbers as texts: a text that reads as a number equals that number.</summary>
    public bool IsLoose { get; }

    public string Text => _text ?? "";

    public bool IsTrue => Kind == RouteValueKind.Boolean && _json.ValueKind == JsonValueKind.True;

    public JsonElement Json => _json;

    public static RouteValue Of(string? text, bool isLoose = false) => text is null ? Missing : new(RouteValueKind.Text, default, text, 0, isLoose);

    public static RouteValue Of(decimal number) => new(RouteValueKind.Number, default, null, number, false);

    public static RouteValue Of(bool value) => value ? True : False;

    public static RouteValue Of(JsonElement json, bool isLoose = false) => json.ValueKind switch
    {
        JsonValueKind.String => Of(TextOf(json), isLoose),
        // A number that no decimal can hold equals nothing, rather than its neighbours.
        JsonValueKind.Number => json.TryGetDecimal(out var number) ? new(RouteValueKind.Number, json, null, number, isLoose) : new(RouteValueKind.Other, json, null, 0, isLoose),
        JsonValueKind.True or JsonValueKind.False => new(RouteValueKind.Boolean, json, null, 0, isLoose),
        JsonValueKind.Null => new(RouteValueKind.Null, json, null, 0, isLoose),
        JsonValueKind.Array => new(RouteValueKind.Array, json, null, 0, isLoose),
        JsonValueKind.Object => new(RouteValueKind.Other, json, null, 0, isLoose),
        JsonValueKind.Undefined => Missing,
    };

    /// <summary>The value as one text, for what is counted or hashed by it; empty for what has none.</summary>
    public string AsKey() => Kind switch
    {
        RouteValueKind.Text => Text,
        RouteValueKind.Number => Number.ToString("0.############################", CultureInfo.InvariantCulture),
        RouteValueKind.Boolean => IsTrue ? "true" : "false",
        RouteValueKind.Array or RouteValueKind.Other => _json.GetRawText(),
        RouteValueKind.Missing or RouteValueKind.Null => "",
    };

    /// <summary>Whether both are the same value of the same type.</summary>
    public bool IsSame(in RouteValue other)
    {
        if (Kind == other.Kind)
        {
            return Kind switch
            {
                RouteValueKind.Text => string.Equals(Text, other.Text, StringComparison.Ordinal),
                RouteValueKind.Number => Number == other.Number,
                RouteValueKind.Boolean => IsTrue == other.IsTrue,
                RouteValueKind.Null => true,
                RouteValueKind.Array or RouteValueKind.Other => JsonElement.DeepEquals(_json, other._json),
                RouteValueKind.Missing => false,
            };
        }

        return TryReadNumbers(this, other, out var left, out var right) && left == right;
    }

    /// <summary>Which of two comes first; null if they cannot be compared.</summary>
    public int? CompareTo(in RouteValue other)
    {
        if (Kind == RouteValueKind.Text && other.Kind == RouteValueKind.Text)
        {
            return string.CompareOrdinal(Text, other.Text);
        }

        return TryReadNumbers(this, other, out var left, out var right) ? left.CompareTo(right) : null;
    }

    private static bool TryReadNumbers(in RouteValue left, in RouteValue right, out decimal leftNumber, out decimal rightNumber)
    {
        rightNumber = 0;
        var isLoose = left.IsLoose || right.IsLoose;
        return left.TryReadNumber(isLoose, out leftNumber) && right.TryReadNumber(isLoose, out rightNumber);
    }

    private bool TryReadNumber(bool isLoose, out decimal number)
    {
        number = Number;
        return Kind == RouteValueKind.Number
            || (isLoose && Kind == RouteValueKind.Text && decimal.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out number));
    }

    private static string TextOf(JsonElement json)
    {
        try
        {
            return json.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return ""; // Half a surrogate pair, which is valid JSON and no text.
        }
    }
}

/// <summary>The types that conditions tell apart.</summary>
internal enum RouteValueKind
{
    /// <summary>Nothing is there.</summary>
    Missing,

    /// <summary>JSON's null.</summary>
    Null,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A text.</summary>
    Text,

    /// <summary>An array.</summary>
    Array,

    /// <summary>An object, or a number out of range.</summary>
    Other,
}
