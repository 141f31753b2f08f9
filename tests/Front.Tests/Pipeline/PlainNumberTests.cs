using System.Globalization;
using GatewayActors.Front.Pipeline;
using Xunit;

namespace GatewayActors.Front.Tests.Pipeline;

public sealed class PlainNumberTests
{
    [Theory]
    [InlineData("0", "0")]
    [InlineData("0.000", "0")]
    [InlineData("10", "10")]
    [InlineData("100.00", "100")]
    [InlineData("0.000000120", "0.00000012")]
    [InlineData("0.0000000000000000000000000001", "0.0000000000000000000000000001")]
    [InlineData("79228162514264337593543950335", "79228162514264337593543950335")]
    [InlineData("-1.50", "-1.5")]
    public void Plain_OfANumber_HasNoExponentAndNoZerosAtItsEnd(string number, string expected) =>
        Assert.Equal(expected, ExchangeResponseHeaders.Plain(decimal.Parse(number, CultureInfo.InvariantCulture)));
}
