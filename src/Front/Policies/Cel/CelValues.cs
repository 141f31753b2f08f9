using System.Text.Json;

namespace GatewayActors.Front.Policies.Cel;

/// <summary>
/// Values of expressions: null, bool, decimal, string, a list of values, or a map of texts to values. Every number is a decimal: conditions
/// compare numbers, they do not compute with them.
/// </summary>
internal static class CelValues
{
    /// <summary>A value out of JSON.</summary>
    public static object? Of(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => json.GetString(),
        JsonValueKind.Number => json.TryGetDecimal(out var number) ? number : json.GetRawText(), // Beyond any number that a condition can hold: no number is equal to it.
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Array => json.EnumerateArray().Select(Of).ToArray(),
        JsonValueKind.Object => Map(json),
        _ => null,
    };

    /// <summary>Whether two values are the same; values of different kinds never are.</summary>
    public static bool AreEqual(object? left, object? right) => (left, right) switch
    {
        (null, null) => true,
        (bool a, bool b) => a == b,
        (decimal a, decimal b) => a == b,
        (string a, string b) => string.Equals(a, b, StringComparison.Ordinal),
        (IReadOnlyList<object?> a, IReadOnlyList<object?> b) => a.Count == b.Count && a.Zip(b).All(pair => AreEqual(pair.First, pair.Second)),
        (IReadOnlyDictionary<string, object?> a, IReadOnlyDictionary<string, object?> b) =>
            a.Count == b.Count && a.All(entry => b.TryGetValue(entry.Key, out var other) && AreEqual(entry.Value, other)),
        _ => false,
    };

    /// <summary>What a value costs to look at, in steps.</summary>
    public static int Weight(object? value) => value switch
    {
        string text => text.Length >> 6,
        IReadOnlyList<object?> list => list.Count,
        IReadOnlyDictionary<string, object?> map => map.Count,
        _ => 0,
    };

    private static Dictionary<string, object?> Map(JsonElement json)
    {
        var map = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var member in json.EnumerateObject())
        {
            map[member.Name] = Of(member.Value); // Of a repeated name the last one counts.
        }

        return map;
    }
}

/// <summary>What became of a part of an expression.</summary>
internal enum CelFault
{
    /// <summary>There is a value.</summary>
    None,

    /// <summary>The request lacks a field that the value depends on.</summary>
    Missing,

    /// <summary>The value cannot be had: kinds that do not go together, or too much to look at.</summary>
    Failed,
}

/// <summary>A value, or why there is none.</summary>
internal readonly record struct CelResult(object? Value, CelFault Fault)
{
    /// <summary>No value for want of a field.</summary>
    public static CelResult Missing { get; } = new(null, CelFault.Missing);

    /// <summary>No value.</summary>
    public static CelResult Failed { get; } = new(null, CelFault.Failed);

    /// <summary>A value.</summary>
    public static CelResult Of(object? value) => new(value, CelFault.None);

    /// <summary>Whether there is a value.</summary>
    public bool HasValue => Fault == CelFault.None;
}

/// <summary>What is known of a part of an expression before there is a request.</summary>
internal enum CelType
{
    /// <summary>Anything: it depends on the request.</summary>
    Any,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A text.</summary>
    Text,

    /// <summary>A list.</summary>
    List,

    /// <summary>Null.</summary>
    Null,
}
