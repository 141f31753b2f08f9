using GatewayActors.Front.CustomDomains;
using Xunit;

namespace GatewayActors.Front.Tests.CustomDomains;

public sealed class HostnameTests
{
    [Theory]
    [InlineData("ai.example.com")]
    [InlineData("a-b.example.com")]
    [InlineData("xn--bcher-kva.example")]
    [InlineData("1.2.3.example")]
    public void Mistake_OfAHostname_IsNone(string name) => Assert.Null(Hostname.Mistake(name));

    [Theory]
    [InlineData("")]
    [InlineData("example")]
    [InlineData("localhost")]
    [InlineData("x.localhost")]
    [InlineData("gateway.internal")]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("*.example.com")]
    [InlineData("-a.example.com")]
    [InlineData("a..example.com")]
    [InlineData("a.example.com:443")]
    [InlineData("https://a.example.com")]
    [InlineData("a.example.com/path")]
    [InlineData("bücher.example")]
    [InlineData("a_b.example.com")]
    public void Mistake_OfSomethingElse_IsSaid(string name) => Assert.NotNull(Hostname.Mistake(name));

    [Fact]
    public void Mistake_TooLong_IsSaid()
    {
        Assert.NotNull(Hostname.Mistake(new string('a', 64) + ".example.com"));
        Assert.NotNull(Hostname.Mistake(string.Concat(Enumerable.Repeat("abcdefghi.", 26)) + "com"));
    }

    [Theory]
    [InlineData("ai.example.com", "ai.example.com")]
    [InlineData("ai.example.com:8080", "ai.example.com")]
    [InlineData("ai.example.com.", "ai.example.com")]
    [InlineData("ai.example.com.:443", "ai.example.com")]
    [InlineData("[::1]", "[::1]")]
    [InlineData("[::1]:80", "[::1]")]
    [InlineData("", "")]
    public void OfHeader_Host_IsWithoutPort(string header, string expected) => Assert.Equal(expected, Hostname.OfHeader(header).ToString());
}
