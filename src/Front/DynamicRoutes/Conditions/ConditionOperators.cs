using System.Text.Json;
using System.Text.RegularExpressions;

namespace GatewayActors.Front.DynamicRoutes.Conditions;

/// <summary>The operators that test one value.</summary>
internal static class ConditionOperators
{
    public const int MaxPatternLength = 1_000;

    // The matching takes time in proportion to the text; a text of many megabytes must not hold up a request all the same.
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromMilliseconds(200);

    /// <summary>The names, for messages.</summary>
    public static string Names { get; } = "$eq, $ne, $in, $nin, $gt, $gte, $lt, $lte, $exists, $regex, $contains, $size, $not";

    /// <summary>Makes the test of one operator.</summary>
    /// <param name="name">The operator.</param>
    /// <param name="operand">What it compares with.</param>
    /// <param name="problem">What is wrong with it; null if nothing is.</param>
    /// <returns>The test; of no use if there is a problem.</returns>
    public static Func<RouteValue, bool> Create(string name, JsonElement operand, out string? problem)
    {
        problem = null;
        var value = RouteValue.Of(operand);
        switch (name)
        {
            case "$eq":
                return found => found.IsSame(value);
            case "$ne":
                return found => !found.IsSame(value);
            case "$in" or "$nin":
                problem = value.Kind == RouteValueKind.Array ? null : $"{name} needs an array.";
                RouteValue[] values = problem is null ? [.. operand.EnumerateArray().Select(item => RouteValue.Of(item))] : [];
                return name == "$in" ? found => IsOneOf(found, values) : found => !IsOneOf(found, values);
            case "$gt" or "$gte" or "$lt" or "$lte":
                problem = value.Kind is RouteValueKind.Number or RouteValueKind.Text ? null : $"{name} needs a number or a string.";
                return Order(name, value);
            case "$exists":
                problem = value.Kind == RouteValueKind.Boolean ? null : "$exists needs true or false.";
                return found => found.Kind != RouteValueKind.Missing == value.IsTrue;
            case "$contains":
                return found => Contains(found, value);
            case "$size":
                problem = value.Kind == RouteValueKind.Number ? null : "$size needs a number.";
                return found => found.Kind == RouteValueKind.Array && found.Json.GetArrayLength() == value.Number;
            case "$regex":
                return Pattern(value, out problem);
            default:
                problem = $"Unknown operator '{(name.Length > 32 ? name[..32] + "…" : name)}'. Known are {Names}, and $and, $or and $not around conditions.";
                return static _ => false;
        }
    }

    private static Func<RouteValue, bool> Order(string name, RouteValue value) => name switch
    {
        "$gt" => found => found.CompareTo(value) > 0,
        "$gte" => found => found.CompareTo(value) >= 0,
        "$lt" => found => found.CompareTo(value) < 0,
        _ => found => found.CompareTo(value) <= 0,
    };

    private static bool IsOneOf(RouteValue found, RouteValue[] values)
    {
        foreach (var value in values)
        {
            if (found.IsSame(value))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A part of a text, or an element of an array.</summary>
    private static bool Contains(RouteValue found, RouteValue value)
    {
        if (found.Kind == RouteValueKind.Text)
        {
            return value.Kind == RouteValueKind.Text && found.Text.Contains(value.Text, StringComparison.Ordinal);
        }

        return found.Kind == RouteValueKind.Array && found.Json.EnumerateArray().Any(item => RouteValue.Of(item).IsSame(value));
    }

    private static Func<RouteValue, bool> Pattern(RouteValue value, out string? problem)
    {
        if (value.Kind != RouteValueKind.Text || value.Text.Length > MaxPatternLength)
        {
            problem = $"$regex needs a string of at most {MaxPatternLength} characters.";
            return static _ => false;
        }

        try
        {
            // Without backtracking no pattern can take more than linear time; what needs it (backreferences, lookarounds) is refused.
            var regex = new Regex(value.Text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, MatchTimeout);
            problem = null;
            return found => found.Kind == RouteValueKind.Text && IsMatch(regex, found.Text);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            problem = "$regex is no pattern that can be matched in linear time (no backreferences, lookarounds or very large repetitions).";
            return static _ => false;
        }
    }

    private static bool IsMatch(Regex regex, string text)
    {
        try
        {
            return regex.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }
}
