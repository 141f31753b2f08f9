using System.Globalization;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.Logs;

/// <summary>Reads the values of filters, wherever they come from.</summary>
internal static class LogFilterValues
{
    /// <summary>Most filters that go together.</summary>
    public const int MaxFilters = 50;

    /// <summary>Most values of one filter.</summary>
    public const int MaxValues = 100;

    /// <summary>A filter of known key and operator, with the values that its texts stand for.</summary>
    /// <param name="key">What is compared.</param>
    /// <param name="operator">How.</param>
    /// <param name="texts">The values as texts; null is an absent value.</param>
    /// <param name="fail">Is told the field and what is wrong with it.</param>
    /// <returns>Null if something is wrong.</returns>
    public static LogFilter? Read(LogFilterKey key, LogFilterOperator @operator, IReadOnlyList<string?> texts, Action<string, string> fail)
    {
        var type = LogWords.TypeOf(key);
        if (!LogWords.Suits(@operator, type))
        {
            fail("operator", $"'{LogWords.Operators.Format(@operator)}' does not suit '{LogWords.Keys.Format(key)}'");
            return null;
        }

        List<object?> values = new(texts.Count);
        foreach (var text in texts)
        {
            var value = text is null ? null : Convert(text, type);
            if (value is null && (text is not null || @operator is not (LogFilterOperator.Equal or LogFilterOperator.NotEqual)))
            {
                fail("value", text is null ? $"'{LogWords.Operators.Format(@operator)}' needs a value" : $"Expected {Describe(type)}");
                return null;
            }

            values.Add(value);
        }

        return new(key, @operator, values);
    }

    private static object? Convert(string text, LogFilterType type) => type switch
    {
        LogFilterType.Text => text.Contains('\0', StringComparison.Ordinal) ? null : text,
        LogFilterType.Number => decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null,
        LogFilterType.Boolean => text switch
        {
            "true" or "1" => true,
            "false" or "0" => false,
            _ => null,
        },
        LogFilterType.Time => Times.TryParse(text, out var time) ? time : null,
    };

    private static string Describe(LogFilterType type) => type switch
    {
        LogFilterType.Text => "a text without NUL characters",
        LogFilterType.Number => "a number",
        LogFilterType.Boolean => "true or false",
        LogFilterType.Time => "an RFC 3339 date and time",
    };
}
