using System.Text;

namespace GatewayActors.Providers.Pricing;

/// <summary>Splits one line of comma-separated values; fields may stand in quotes, a quote inside is doubled.</summary>
internal static class CsvLine
{
    /// <summary>The fields, blanks around them removed; null if a quote is not closed or text follows one.</summary>
    public static IReadOnlyList<string>? Split(string line)
    {
        var fields = new List<string>();
        var i = 0;
        while (true)
        {
            while (i < line.Length && line[i] is ' ' or '\t')
            {
                i++;
            }

            if (i < line.Length && line[i] == '"')
            {
                if (Quoted(line, ref i) is not { } field)
                {
                    return null;
                }

                fields.Add(field);
            }
            else
            {
                var end = line.IndexOf(',', i);
                end = end < 0 ? line.Length : end;
                fields.Add(line[i..end].Trim());
                i = end;
            }

            if (i >= line.Length)
            {
                return fields;
            }

            i++; // the comma
        }
    }

    private static string? Quoted(string line, ref int i)
    {
        var field = new StringBuilder();
        for (i++; i < line.Length; i++)
        {
            if (line[i] != '"')
            {
                field.Append(line[i]);
            }
            else if (i + 1 < line.Length && line[i + 1] == '"')
            {
                field.Append('"');
                i++;
            }
            else
            {
                i++;
                while (i < line.Length && line[i] is ' ' or '\t')
                {
                    i++;
                }

                return i == line.Length || line[i] == ',' ? field.ToString() : null;
            }
        }

        return null;
    }
}
