using System.Text.Json;

namespace GatewayActors.Front.Export.Logpush;

/// <summary>One part of a template: a constant text, or a field; both null for a field that is not among the job's.</summary>
internal readonly record struct TemplatePart(string? Text, LogpushField? Field);

/// <summary>Takes <c>record_template</c> apart: text with <c>{{.Field}}</c>, <c>{{"text"}}</c> and <c>{{/* comments */}}</c> in it.</summary>
internal static class RecordTemplate
{
    /// <summary>The parts; null and a problem if it is none.</summary>
    /// <param name="template">The template.</param>
    /// <param name="fields">The job's fields; others are null in every line, as in the reference.</param>
    /// <param name="problem">What is wrong.</param>
    public static IReadOnlyList<TemplatePart>? Read(string template, IReadOnlyList<LogpushField> fields, out string? problem)
    {
        List<TemplatePart> parts = [];
        problem = null;
        for (var position = 0; position < template.Length;)
        {
            var open = template.IndexOf("{{", position, StringComparison.Ordinal);
            if (open != position)
            {
                var end = open < 0 ? template.Length : open;
                parts.Add(new(template[position..end], null));
                position = end;
                continue;
            }

            var close = Close(template, open + 2);
            if (close < 0)
            {
                problem = "has a {{ without its }}";
                return null;
            }

            var action = template[(open + 2)..close].Trim();
            position = close + 2;
            if (action.StartsWith("/*", StringComparison.Ordinal) && action.EndsWith("*/", StringComparison.Ordinal))
            {
                continue;
            }

            if (Constant(action) is { } text)
            {
                parts.Add(new(text, null));
            }
            else if (action.StartsWith('.') && LogpushField.Find(action[1..]) is { } field)
            {
                parts.Add(new(null, fields.Contains(field) ? field : null));
            }
            else
            {
                problem = "may have only {{.Field}}, {{\"text\"}} and {{/* comment */}} in double braces";
                return null;
            }
        }

        return parts;
    }

    // The braces of a constant or of a comment end nothing.
    private static int Close(string template, int start)
    {
        var first = start;
        while (first < template.Length && template[first] == ' ')
        {
            first++;
        }

        if (first < template.Length && template[first] == '"')
        {
            for (var index = first + 1; index < template.Length; index++)
            {
                if (template[index] == '"')
                {
                    return template.IndexOf("}}", index, StringComparison.Ordinal);
                }

                index += template[index] == '\\' ? 1 : 0;
            }

            return -1;
        }

        if (template.AsSpan(first).StartsWith("/*"))
        {
            var end = template.IndexOf("*/", first, StringComparison.Ordinal);
            return end < 0 ? -1 : template.IndexOf("}}", end, StringComparison.Ordinal);
        }

        return template.IndexOf("}}", start, StringComparison.Ordinal);
    }

    private static string? Constant(string action)
    {
        if (action is not ['"', .., '"'])
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(action);
            return document.RootElement.GetString();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
