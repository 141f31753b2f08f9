using System.Buffers;
using System.Text;
using GatewayActors.Front.Export.Downloads;
using Xunit;

namespace GatewayActors.Front.Tests.Export;

public sealed class CsvCellTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"hi\"", "\"say \"\"hi\"\"\"")]
    [InlineData("two\r\nlines", "\"two\r\nlines\"")]
    [InlineData(" blank", "\" blank\"")]
    [InlineData("=cmd|' /C calc'!A0", "\"'=cmd|' /C calc'!A0\"")]
    [InlineData("+1", "\"'+1\"")]
    [InlineData("-1", "\"'-1\"")]
    [InlineData("@SUM(A1)", "\"'@SUM(A1)\"")]
    [InlineData("\t=1", "\"'\t=1\"")]
    [InlineData("＝1", "\"'＝1\"")]
    [InlineData("größer 😀", "größer 😀")]
    [InlineData("", "")]
    [InlineData(null, "")]
    public void Text_AnyValue_IsQuotedAndNeverAFormula(string? value, string expected) => Assert.Equal(expected, Write(CsvCell.Text(value)));

    [Fact]
    public void Safe_NegativeNumber_StaysANumber() => Assert.Equal("-1", Write(CsvCell.Safe("-1")));

    private static string Write(CsvCell cell)
    {
        var output = new ArrayBufferWriter<byte>();
        cell.Write(output, isFirst: true);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
