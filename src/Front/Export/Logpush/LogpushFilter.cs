using System.Globalization;
using System.Text.Json;
using GatewayActors.Abstractions.Logs;

namespace GatewayActors.Front.Export.Logpush;

/// <summary>Which entries a job pushes: <c>{"where":{"and":[{"key":…,"operator":…,"value":…},…]}}</c>. Immutable.</summary>
internal sealed class LogpushFilter
{
    private const int MaxDepth = 5;
    private const int MaxConditions = 50;
    private const int MaxValues = 100;

    private readonly Func<LogEntry, bool> _matches;

    private LogpushFilter(Func<LogEntry, bool> matches) => _matches = matches;

    /// <summary>Whether an entry is pushed.</summary>
    public bool Matches(LogEntry entry) => _matches(entry);

    /// <summary>Reads a filter; null and a problem if it is none. The problem never repeats a value.</summary>
    public static LogpushFilter? Read(string json, out string? problem)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new() { MaxDepth = 16, AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("where", out var where) || document.RootElement.GetPropertyCount() != 1)
            {
                problem = "must be an object with 'where', and nothing else";
                return null;
            }

            var count = 0;
            var matches = Node(where, "where", 0, ref count, out problem);
            return matches is null ? null : new(matches);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a text with an unpaired surrogate.
            problem = "must be the text of a JSON object";
            return null;
        }
    }

    private static Func<LogEntry, bool>? Node(JsonElement node, string place, int depth, ref int count, out string? problem)
    {
        if (node.ValueKind != JsonValueKind.Object)
        {
            problem = $"{place} must be an object";
            return null;
        }

        var isAnd = node.TryGetProperty("and", out var list);
        if (!isAnd && !node.TryGetProperty("or", out list))
        {
            problem = ++count > MaxConditions ? $"has more than {MaxConditions} conditions" : null;
            return problem is null ? Condition(node, place, out problem) : null;
        }

        var name = $"{place}.{(isAnd ? "and" : "or")}";
        problem = node.GetPropertyCount() != 1 ? $"{place} must have 'and', 'or' or a condition, and only one of them"
            : list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0 ? $"{name} must be a list with something in it"
            : depth == MaxDepth ? $"is nested more than {MaxDepth} deep"
            : null;
        if (problem is not null)
        {
            return null;
        }

        List<Func<LogEntry, bool>> parts = [];
        foreach (var (index, item) in list.EnumerateArray().Index())
        {
            if (Node(item, $"{name}.{index}", depth + 1, ref count, out problem) is not { } part)
            {
                return null;
            }

            parts.Add(part);
        }

        return isAnd ? entry => parts.TrueForAll(part => part(entry)) : entry => parts.Exists(part => part(entry));
    }

    private static Func<LogEntry, bool>? Condition(JsonElement node, string place, out string? problem)
    {
        if (node.GetPropertyCount() != 3
            || !node.TryGetProperty("key", out var keyElement) || keyElement.ValueKind != JsonValueKind.String
            || !node.TryGetProperty("operator", out var operatorElement) || operatorElement.ValueKind != JsonValueKind.String
            || !node.TryGetProperty("value", out var value))
        {
            problem = $"{place} must have the texts 'key' and 'operator', and 'value'";
            return null;
        }

        if (LogpushField.Find(keyElement.GetString()!) is not { Kind: LogpushFieldKind.Text or LogpushFieldKind.Number or LogpushFieldKind.Flag } field)
        {
            problem = $"{place}.key is no field that can be filtered by";
            return null;
        }

        var word = operatorElement.GetString()!;
        var isNot = word.StartsWith('!');
        if (Compare(field.Kind, isNot ? word[1..] : word, isNot) is not { } compare)
        {
            problem = $"{place}.operator is none for {field.Name}";
            return null;
        }

        var isList = word is "in" or "!in";
        if (isList != (value.ValueKind == JsonValueKind.Array) || (isList && value.GetArrayLength() is 0 or > MaxValues))
        {
            problem = isList ? $"{place}.value must be a list of 1 to {MaxValues} values" : $"{place}.value must be one value";
            return null;
        }

        List<LogpushValue> values = [];
        foreach (var item in isList ? value.EnumerateArray().ToArray() : [value])
        {
            if (Value(field.Kind, item) is not { } read)
            {
                problem = $"{place}.value does not fit {field.Name}";
                return null;
            }

            values.Add(read);
        }

        problem = null;
        return entry => field.Read(entry) is var found && !found.IsNull && values.Exists(wanted => compare(found, wanted)) ? !isNot : isNot;
    }

    // What is absent equals nothing and contains nothing: only negations match it.
    private static Func<LogpushValue, LogpushValue, bool>? Compare(LogpushFieldKind kind, string word, bool isNegated) => (kind, word) switch
    {
        (_, "eq") => static (found, wanted) => found == wanted,
        (LogpushFieldKind.Text or LogpushFieldKind.Number, "in") => static (found, wanted) => found == wanted,
        (LogpushFieldKind.Text, "contains") => static (found, wanted) => found.Text!.Contains(wanted.Text!, StringComparison.Ordinal),
        (LogpushFieldKind.Text, "startsWith") => static (found, wanted) => found.Text!.StartsWith(wanted.Text!, StringComparison.Ordinal),
        (LogpushFieldKind.Text, "endsWith") => static (found, wanted) => found.Text!.EndsWith(wanted.Text!, StringComparison.Ordinal),
        (LogpushFieldKind.Number, "lt") when !isNegated => static (found, wanted) => found.Number < wanted.Number,
        (LogpushFieldKind.Number, "leq") when !isNegated => static (found, wanted) => found.Number <= wanted.Number,
        (LogpushFieldKind.Number, "gt") when !isNegated => static (found, wanted) => found.Number > wanted.Number,
        (LogpushFieldKind.Number, "geq") when !isNegated => static (found, wanted) => found.Number >= wanted.Number,
        _ => null,
    };

    // Numbers may be texts too, as the reference's examples have them.
    private static LogpushValue? Value(LogpushFieldKind kind, JsonElement value) => (kind, value.ValueKind) switch
    {
        (LogpushFieldKind.Text, JsonValueKind.String) => new(value.GetString()),
        (LogpushFieldKind.Flag, JsonValueKind.True or JsonValueKind.False) => new(Flag: value.GetBoolean()),
        (LogpushFieldKind.Number, JsonValueKind.Number) => value.TryGetDecimal(out var number) ? new(Number: number) : null,
        (LogpushFieldKind.Number, JsonValueKind.String) =>
            decimal.TryParse(value.GetString(), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? new(Number: number) : null,
        _ => null,
    };
}
