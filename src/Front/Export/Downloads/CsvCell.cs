using System.Buffers;
using System.Text;

namespace GatewayActors.Front.Export.Downloads;

/// <summary>A value between commas (RFC 4180).</summary>
internal readonly record struct CsvCell
{
    // With one of these a spreadsheet takes a text for a formula, which can run commands and send other cells away; the wide forms count in some of them.
    private static readonly SearchValues<char> FormulaStarts = SearchValues.Create("=+-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20");

    private static readonly SearchValues<char> Quoted = SearchValues.Create(",\"\r\n\t'");

    private readonly string? _value;

    private CsvCell(string? value) => _value = value;

    /// <summary>A value of ours, which is written as it is: numbers stay numbers.</summary>
    public static CsvCell Safe(string? value) => new(value);

    /// <summary>A value that clients or upstreams chose: one that a spreadsheet would run gets an apostrophe in front.</summary>
    public static CsvCell Text(string? value) => new(value is [var first, ..] && FormulaStarts.Contains(first) ? "'" + value : value);

    /// <summary>Writes the value, after a comma unless it is the first one of its line.</summary>
    public void Write(IBufferWriter<byte> output, bool isFirst)
    {
        if (!isFirst)
        {
            output.Write(","u8);
        }

        if (_value is not { Length: > 0 } value)
        {
            return;
        }

        // A blank at an end is quoted as well: some readers would trim it.
        if (value.AsSpan().IndexOfAny(Quoted) < 0 && value[0] != ' ' && value[^1] != ' ')
        {
            Encoding.UTF8.GetBytes(value, output);
            return;
        }

        output.Write("\""u8);
        Encoding.UTF8.GetBytes(value.Replace("\"", "\"\"", StringComparison.Ordinal), output);
        output.Write("\""u8);
    }
}
