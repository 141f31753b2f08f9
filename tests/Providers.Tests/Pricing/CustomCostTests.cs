using GatewayActors.Providers.Pricing;
using Xunit;

namespace GatewayActors.Providers.Tests.Pricing;

public sealed class CustomCostTests
{
    [Fact]
    public void TryParse_AllFour_AreRead() => Assert.Equal(
        new CustomCost { PerTokenIn = 0.000001m, PerTokenOut = 0.000002m, PerCacheReadToken = 0.0000001m, PerCacheWriteToken = 0.0000005m },
        CustomCost.TryParse(" {\"per_token_in\":0.000001,\"per_token_out\":0.000002,\"per_cache_read_token\":0.0000001,\"per_cache_write_token\":0.0000005} "));

    [Theory]
    [InlineData("1e-7", "0.0000001")]
    [InlineData("1.5E-06", "0.0000015")]
    [InlineData("0", "0")]
    [InlineData("0.00000000000000000000000012345678901234567890", "0.0000000000000000000000001235")] // a decimal has 28 places
    [InlineData("0.1234567890123456789", "0.1234567890123456789")]
    [InlineData("3", "3")]
    public void TryParse_AnyNumber_KeepsItsDecimals(string number, string expected) => Assert.Equal(
        decimal.Parse(expected, System.Globalization.CultureInfo.InvariantCulture),
        CustomCost.TryParse($"{{\"per_token_in\":{number},\"note\":{{\"a\":[1]}}}}")?.PerTokenIn);

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("{\"per_token_in\":null}")]
    [InlineData("{\"per_token_in\":-0.1}")]
    [InlineData("{\"per_token_in\":1,\"per_token_out\":-1}")]
    [InlineData("{\"per_token_in\":\"1\"}")]
    [InlineData("{\"per_token_in\":true}")]
    [InlineData("{\"per_token_in\":1e40}")]
    [InlineData("{\"per_token_in\":1,}")]
    [InlineData("{\"per_token_in\":1")]
    [InlineData("{\"per_token_in\":1} x")]
    [InlineData("{'per_token_in':1}")]
    [InlineData("{\"per_token_in\":NaN}")]
    [InlineData("\uD800")]
    public void TryParse_MalformedNegativeOrEmpty_IsIgnored(string json) => Assert.Null(CustomCost.TryParse(json));

    [Fact]
    public void TryParse_TooLong_IsIgnored() => Assert.Null(CustomCost.TryParse("{\"per_token_in\":1" + new string(' ', 5000) + "}"));
}
