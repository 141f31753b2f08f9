using System.Globalization;

namespace GatewayActors.Front.Configuration;

/// <summary>Text of configuration to values and back.</summary>
internal static class SettingValue
{
    /// <summary>Whether a property of this type is one value rather than a section.</summary>
    public static bool IsScalar(Type type) =>
        Underlying(type) is { IsEnum: true } scalar
        || Underlying(type) == typeof(string) || Underlying(type) == typeof(bool) || Underlying(type) == typeof(int)
        || Underlying(type) == typeof(long) || Underlying(type) == typeof(TimeSpan);

    /// <summary>Converts text; null if it is not of the type.</summary>
    public static object? Parse(Type type, string text)
    {
        var target = Underlying(type);
        if (target == typeof(string))
        {
            return text;
        }

        if (target == typeof(bool))
        {
            return bool.TryParse(text, out var flag) ? flag : null;
        }

        if (target == typeof(int))
        {
            return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
        }

        if (target == typeof(long))
        {
            return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
        }

        // By name only: Enum.TryParse would take any number.
        return target.IsEnum
            ? Enum.GetNames(target).FirstOrDefault(name => name.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } known ? Enum.Parse(target, known) : null
            : ParseTime(text);
    }

    /// <summary>What the type accepts where no rule says more.</summary>
    public static string Accepted(Type type)
    {
        var target = Underlying(type);
        return target == typeof(bool) ? "true or false"
            : target.IsEnum ? string.Join(" or ", Enum.GetNames(target))
            : target == typeof(TimeSpan) ? "a time such as 00:00:05, 5s or 500ms"
            : target == typeof(string) ? "text"
            : "a whole number";
    }

    private static Type Underlying(Type type) => Nullable.GetUnderlyingType(type) ?? type;

    /// <summary>
    /// <c>hh:mm:ss</c> with its variants, or a number with a unit. A bare number is refused: .NET would read it as days, most people
    /// mean seconds.
    /// </summary>
    private static object? ParseTime(string text)
    {
        if (text.Contains(':', StringComparison.Ordinal))
        {
            return TimeSpan.TryParseExact(text, ["c", @"h\:mm\:ss", @"h\:mm\:ss\.FFF"], CultureInfo.InvariantCulture, out var time) ? time : null;
        }

        var digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        if (digits is <= 0 or > 9)
        {
            return null;
        }

        var amount = long.Parse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture);
        return text[digits..].Trim() switch
        {
            "ms" => TimeSpan.FromMilliseconds(amount),
            "s" => TimeSpan.FromSeconds(amount),
            "m" or "min" => TimeSpan.FromMinutes(amount),
            "h" => TimeSpan.FromHours(amount),
            _ => null,
        };
    }
}
