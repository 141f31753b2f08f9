using System.Text;

namespace GatewayActors.Front.Policies;

/// <summary>The name of a budget, with placeholders: <c>user:{cf.user.id}</c>. Immutable, thread-safe.</summary>
internal sealed class PolicyActor
{
    /// <summary>Longest name of a budget, in characters: what would be longer has no budget, and its policy does not apply.</summary>
    private const int MaxLength = 1_024;

    private readonly List<(string Text, PolicyField? Field)> _parts = [];

    private PolicyActor()
    {
    }

    /// <summary>Reads an actor.</summary>
    /// <param name="template">The text.</param>
    /// <param name="mistake">What is wrong with it; null if nothing is.</param>
    /// <returns>The actor; null if there is a mistake.</returns>
    public static PolicyActor? Parse(string template, out string? mistake)
    {
        var actor = new PolicyActor();
        mistake = null;
        for (var rest = template.AsSpan(); rest.Length > 0;)
        {
            var open = rest.IndexOfAny('{', '}');
            if (open < 0)
            {
                actor._parts.Add((rest.ToString(), null));
                return actor;
            }

            var close = rest[open..].IndexOf('}');
            if (rest[open] == '}' || close < 0)
            {
                mistake = "Every '{' needs a '}' behind the name of a field";
                return null;
            }

            var name = rest.Slice(open + 1, close - 1).Trim().ToString();
            if (PolicyField.Find(PathOf(name)) is not { Kind: not PolicyFieldKind.UserGroups } field)
            {
                mistake = $"'{name}' is no field with one value: there are cf.user.id, cf.user.email, cf.country, cf.custom.<claim> and metadata.<key>";
                return null;
            }

            actor._parts.Add((rest[..open].ToString(), field));
            rest = rest[(open + close + 1)..];
        }

        return actor;
    }

    /// <summary>The budget of a request; null if a field is missing, or is no text, number or truth value.</summary>
    public string? Resolve(PolicySubject subject)
    {
        if (_parts is [(var whole, null)])
        {
            return whole;
        }

        var text = new StringBuilder();
        foreach (var (before, field) in _parts)
        {
            text.Append(before);
            if (field is null)
            {
                continue;
            }

            var found = subject.Find(field);
            if (!found.HasValue || PolicyTexts.Of(found.Value) is not { } value || value.Length > MaxLength)
            {
                return null;
            }

            text.Append(value);
        }

        return text.Length is > 0 and <= MaxLength ? text.ToString() : null;
    }

    // A claim or key may have dots of its own.
    private static string[] PathOf(string name) => name.StartsWith("metadata.", StringComparison.Ordinal) ? name.Split('.', 2) : name.Split('.', 3);
}
