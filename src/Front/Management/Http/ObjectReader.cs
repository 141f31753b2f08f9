using System.Text.Json;
using GatewayActors.Abstractions.Logs;

namespace GatewayActors.Front.Management.Http;

/// <summary>
/// Reads the fields of one JSON object and notes every mistake with its path. A field that is absent or wrong reads as unset, so
/// reading goes on and finds the other mistakes.
/// </summary>
internal sealed class ObjectReader(JsonElement element, IReadOnlyList<string> path, List<ApiError> errors)
{
    /// <summary>Where this object stands.</summary>
    public IReadOnlyList<string> Path => path;

    /// <summary>All mistakes so far, also those of other objects of the body.</summary>
    public List<ApiError> Errors => errors;

    /// <summary>Whether the field is there, null included.</summary>
    public bool Has(string name) => element.TryGetProperty(name, out _);

    /// <summary>Notes a mistake in a field.</summary>
    public void Fail(string name, string message) => errors.Add(ApiErrors.Invalid(message, [.. path, name]));

    /// <summary>Reads true or false.</summary>
    public Optional<bool?> Boolean(string name, Need need = Need.Optional) => Read<bool>(name, need, "boolean", static (value, _) =>
        value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : Mistake<bool>());

    /// <summary>Reads a whole number within bounds.</summary>
    public Optional<long?> Integer(string name, long min, long max, Need need = Need.Optional) => Read<long>(name, need, "number", (value, fail) =>
    {
        if (value.ValueKind != JsonValueKind.Number)
        {
            return Mistake<long>();
        }

        // 3600.0 and 36e2 are whole numbers too.
        if (!value.TryGetDecimal(out var number) || number != decimal.Truncate(number) || number is < long.MinValue or > long.MaxValue)
        {
            return fail("Expected integer, received float");
        }

        return CheckBounds(number, min, max) is { } problem ? fail(problem) : (long)number;
    });

    /// <summary>Reads a number within bounds.</summary>
    public Optional<decimal?> Number(string name, decimal min, decimal max, Need need = Need.Optional) => Read<decimal>(name, need, "number", (value, fail) =>
        value.ValueKind != JsonValueKind.Number ? Mistake<decimal>()
        : !value.TryGetDecimal(out var number) ? fail($"Number must be less than or equal to {max}")
        : CheckBounds(number, min, max) is { } problem ? fail(problem)
        : number);

    /// <summary>Reads a text whose length is within bounds.</summary>
    public Optional<string?> Text(string name, int min, int max, Need need = Need.Optional)
    {
        var read = ReadElement(name, need, "string", JsonValueKind.String);
        if (read.Value is not { } value)
        {
            return new(read.IsSet, null);
        }

        var text = value.GetString()!;
        if (text.Length >= min && text.Length <= max)
        {
            return text;
        }

        Fail(name, text.Length < min
            ? $"String must contain at least {min} character(s)"
            : $"String must contain at most {max} character(s)");
        return default;
    }

    /// <summary>Reads one of a set of words.</summary>
    public Optional<T?> Word<T>(string name, Words<T> words, Need need = Need.Optional) where T : struct, Enum => Read<T>(name, need, "string", (value, fail) =>
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            return Mistake<T>();
        }

        var text = value.GetString()!;
        return words.TryParse(text, out var word) ? word : fail(words.Refusal(text));
    });

    /// <summary>Reads an object.</summary>
    public Optional<ObjectReader?> Object(string name, Need need = Need.Optional)
    {
        var read = ReadElement(name, need, "object", JsonValueKind.Object);
        return new(read.IsSet, read.Value is { } value ? new(value, [.. path, name], errors) : null);
    }

    /// <summary>The names of all fields, and a reader to read them with.</summary>
    public IEnumerable<string> Names => element.EnumerateObject().Select(property => property.Name);

    /// <summary>Reads an array item by item; an item whose reader answers null is left out, because it noted a mistake.</summary>
    public Optional<IReadOnlyList<T>?> Items<T>(string name, int min, int max, Func<JsonElement, ItemReader, T?> read, Need need = Need.Optional)
        where T : class
    {
        var array = ReadElement(name, need, "array", JsonValueKind.Array);
        if (array.Value is not { } value)
        {
            return new(array.IsSet, null);
        }

        var count = value.GetArrayLength();
        if (count < min || count > max)
        {
            Fail(name, count < min ? $"Array must contain at least {min} element(s)" : $"Array must contain at most {max} element(s)");
            return default;
        }

        List<T> items = new(count);
        foreach (var (index, item) in value.EnumerateArray().Index())
        {
            if (read(item, new([.. path, name, $"{index}"], errors)) is { } made)
            {
                items.Add(made);
            }
        }

        return items.Count == count ? items : default(Optional<IReadOnlyList<T>?>);
    }

    /// <summary>Reads an array of texts.</summary>
    public Optional<IReadOnlyList<string>?> Texts(string name, int min, int max, int maxLength, Need need = Need.Optional) =>
        Items(name, min, max, (item, reader) => reader.Text(item, maxLength), need);

    private static string? CheckBounds(decimal number, decimal min, decimal max) =>
        number < min ? $"Number must be greater than or equal to {min}"
        : number > max ? $"Number must be less than or equal to {max}"
        : null;

    private Optional<T?> Read<T>(string name, Need need, string type, Func<JsonElement, Func<string, T?>, T?> read) where T : struct
    {
        if (!element.TryGetProperty(name, out var value))
        {
            return Missing<T?>(name, need, type);
        }

        if (value.ValueKind == JsonValueKind.Null && need != Need.NotNull)
        {
            return new(true, null);
        }

        var known = errors.Count;
        var result = read(value, message =>
        {
            Fail(name, message);
            return null;
        });
        if (result is null && errors.Count == known)
        {
            Fail(name, $"Expected {type}, received {JsonKinds.Name(value.ValueKind)}");
        }

        return result is null ? default : new(true, result);
    }

    private Optional<JsonElement?> ReadElement(string name, Need need, string type, JsonValueKind kind)
    {
        if (!element.TryGetProperty(name, out var value))
        {
            return Missing<JsonElement?>(name, need, type);
        }

        if (value.ValueKind == JsonValueKind.Null && need != Need.NotNull)
        {
            return new(true, null);
        }

        if (value.ValueKind == kind)
        {
            return new(true, value);
        }

        Fail(name, $"Expected {type}, received {JsonKinds.Name(value.ValueKind)}");
        return default;
    }

    private Optional<T> Missing<T>(string name, Need need, string type)
    {
        if (need != Need.Optional)
        {
            // The reference coerces numbers first, which makes a missing one "nan".
            Fail(name, type == "number" ? "Expected number, received nan" : "Required");
        }

        return default;
    }

    private static T? Mistake<T>() where T : struct => null;
}

/// <summary>Whether a field must be there.</summary>
internal enum Need
{
    /// <summary>It may be absent or null.</summary>
    Optional,

    /// <summary>It must be there, but may be null.</summary>
    Required,

    /// <summary>It must be there with a value.</summary>
    NotNull,
}

/// <summary>Reads one item of an array.</summary>
/// <param name="path">Where the item stands.</param>
/// <param name="errors">All mistakes so far.</param>
internal sealed class ItemReader(IReadOnlyList<string> path, List<ApiError> errors)
{
    /// <summary>Reads an object; null and a noted mistake if it is none.</summary>
    public ObjectReader? Object(JsonElement item) => Is(item, JsonValueKind.Object) ? new(item, path, errors) : null;

    /// <summary>Reads a text of at least one character.</summary>
    public string? Text(JsonElement item, int maxLength)
    {
        if (!Is(item, JsonValueKind.String))
        {
            return null;
        }

        var text = item.GetString()!;
        if (text.Length is > 0 && text.Length <= maxLength)
        {
            return text;
        }

        Fail(text.Length == 0 ? "String must contain at least 1 character(s)" : $"String must contain at most {maxLength} character(s)");
        return null;
    }

    /// <summary>Notes a mistake in the item.</summary>
    public void Fail(string message) => errors.Add(ApiErrors.Invalid(message, path));

    private bool Is(JsonElement item, JsonValueKind kind)
    {
        if (item.ValueKind == kind)
        {
            return true;
        }

        Fail($"Expected {JsonKinds.Name(kind)}, received {JsonKinds.Name(item.ValueKind)}");
        return false;
    }
}
