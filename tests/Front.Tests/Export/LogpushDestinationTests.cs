using GatewayActors.Front.Configuration;
using GatewayActors.Front.Export.Logpush;
using Xunit;

namespace GatewayActors.Front.Tests.Export;

public sealed class LogpushDestinationTests
{
    private readonly GatewayOptions _options = new();

    [Fact]
    public void Read_HeaderParameters_BecomeHeadersAndTheRestStays()
    {
        var destination = LogpushDestination.Read("https://logs.example.com/in?header_Authorization=Basic%20YTpi&team=red&header_X-Kind=a", _options, out _)!;

        Assert.Equal("https://logs.example.com/in?team=red", destination.AddressOf("20260301", "x.gz").AbsoluteUri);
        Assert.Equal([new("Authorization", "Basic YTpi"), new("X-Kind", "a")], destination.Headers);
    }

    [Theory]
    [InlineData("azure://acc.blob.core.windows.net/logs/gw?sv=1&sig=a%2Bb", "https://acc.blob.core.windows.net/logs/gw/20260301/x.gz?sv=1&sig=a%2Bb")]
    [InlineData("azure://acc.blob.core.windows.net/logs?sig=a", "https://acc.blob.core.windows.net/logs/20260301/x.gz?sig=a")]
    [InlineData("azure://acc.blob.core.windows.net/logs/{DATE}/gw?sig=a", "https://acc.blob.core.windows.net/logs/20260301/gw/x.gz?sig=a")]
    [InlineData("azure://logs/gw?sig=a", "https://operator.blob.core.windows.net/logs/gw/20260301/x.gz?sig=a")]
    public void Read_Azure_NamesABlobPerDelivery(string text, string expected)
    {
        _options.Logpush.AzureBlobEndpoint = "https://operator.blob.core.windows.net";

        var destination = LogpushDestination.Read(text, _options, out _)!;

        Assert.True(destination.IsBlob);
        Assert.Equal(expected, destination.AddressOf("20260301", "x.gz").AbsoluteUri);
    }

    [Theory]
    [InlineData("http://logs.example.com/")]
    [InlineData("https://10.0.0.1/")]
    [InlineData("https://localhost/")]
    [InlineData("https://user:password@logs.example.com/")]
    [InlineData("ftp://logs.example.com/")]
    [InlineData("s3://bucket/path?region=x")]
    [InlineData("azure://logs/gw?sig=a")]
    [InlineData("azure://169.254.169.254/logs?sig=a")]
    [InlineData("https://logs.example.com/?header_Content-Length=1")]
    [InlineData("https://logs.example.com/?header_Host=inside")]
    [InlineData("https://logs.example.com/?header_X=a%0D%0Ab")]
    [InlineData("https://logs.example.com/?header_X%20Y=a")]
    [InlineData("https://logs.example.com/?a=b#c")]
    public void Read_WhatCannotBeReached_IsRefused(string text)
    {
        Assert.Null(LogpushDestination.Read(text, _options, out var problem));
        Assert.NotNull(problem);
    }

    [Fact]
    public void Hide_Secrets_AreNotShown() => Assert.Equal(
        "azure://acc.blob.core.windows.net/logs?header_Authorization=REDACTED&sv=1&sig=REDACTED&a",
        LogpushDestination.Hide("azure://acc.blob.core.windows.net/logs?header_Authorization=Basic%20YTpi&sv=1&sig=abc&a"));
}
