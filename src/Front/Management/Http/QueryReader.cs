using System.Globalization;

namespace GatewayActors.Front.Management.Http;

/// <summary>Reads query parameters and notes every mistake with its name. An empty value is an absent one: clients send null that way.</summary>
internal sealed class QueryReader(IQueryCollection query)
{
    private readonly List<ApiError> _errors = [];

    /// <summary>All mistakes so far.</summary>
    public List<ApiError> Errors => _errors;

    /// <summary>The answer to the mistakes; null if there are none.</summary>
    public ApiProblem? Problem => _errors.Count == 0 ? null : ApiProblem.Invalid(_errors);

    /// <summary>Notes a mistake in a parameter.</summary>
    public void Fail(string name, string message) => _errors.Add(ApiErrors.Invalid($"{name}: {message}", "query", name));

    /// <summary>Reads a text; null if it is absent.</summary>
    public string? Text(string name, int maxLength = 1024)
    {
        // Repeated parameters: the last one wins, as in the reference's clients nothing repeats but filters.
        if (query[name] is not [.., { Length: > 0 } text])
        {
            return null;
        }

        if (text.Length > maxLength)
        {
            Fail(name, $"String must contain at most {maxLength} character(s)");
            return null;
        }

        if (!text.Contains('\0', StringComparison.Ordinal))
        {
            return text;
        }

        Fail(name, "String must not contain a NUL character");
        return null;
    }

    /// <summary>Reads a whole number.</summary>
    public int Integer(string name, int fallback, int min, int max)
    {
        if (Text(name) is not { } text)
        {
            return fallback;
        }

        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            Fail(name, "Expected integer");
            return fallback;
        }

        if (number >= min && number <= max)
        {
            return (int)number;
        }

        Fail(name, number < min ? $"Number must be greater than or equal to {min}" : $"Number must be less than or equal to {max}");
        return fallback;
    }

    /// <summary>Reads a number; null if it is absent.</summary>
    public decimal? Number(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        Fail(name, "Expected number");
        return null;
    }

    /// <summary>Reads true or false; null if it is absent.</summary>
    public bool? Boolean(string name)
    {
        switch (Text(name))
        {
            case null:
                return null;
            case "true" or "1":
                return true;
            case "false" or "0":
                return false;
            default:
                Fail(name, "Expected boolean");
                return null;
        }
    }

    /// <summary>Reads a time; null if it is absent.</summary>
    public DateTimeOffset? Time(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        if (Times.TryParse(text, out var time))
        {
            return time;
        }

        Fail(name, "Expected an RFC 3339 date and time");
        return null;
    }

    /// <summary>Reads one of a set of words; null if it is absent.</summary>
    public T? Word<T>(string name, Words<T> words) where T : struct, Enum
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        if (words.TryParse(text, out var value))
        {
            return value;
        }

        Fail(name, words.Refusal(text));
        return null;
    }

    /// <summary>Reads <c>page</c> and <c>per_page</c>.</summary>
    public Paging Paging(int maxPerPage, int perPage = 20) =>
        new(Integer("page", 1, 1, Http.Paging.MaxPage), Integer("per_page", perPage, 1, maxPerPage));
}

/// <summary>Which page of a list.</summary>
internal readonly record struct Paging(int Page, int PerPage)
{
    /// <summary>Keeps the offset of a page within 32 bits.</summary>
    public const int MaxPage = 1_000_000;

    /// <summary>The items of this page.</summary>
    public IEnumerable<T> Of<T>(IEnumerable<T> items) => items.Skip((Page - 1) * PerPage).Take(PerPage);
}

/// <summary>Ascending or descending.</summary>
internal enum SortDirection
{
    /// <summary>Smallest or oldest first.</summary>
    Ascending,

    /// <summary>Largest or newest first.</summary>
    Descending,
}

/// <summary>The words of <see cref="SortDirection"/>.</summary>
internal static class SortDirections
{
    /// <summary>The words.</summary>
    public static Words<SortDirection> Words { get; } = new((SortDirection.Ascending, "asc"), (SortDirection.Descending, "desc"));
}
