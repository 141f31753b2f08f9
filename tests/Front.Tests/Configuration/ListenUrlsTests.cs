using GatewayActors.Front.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace GatewayActors.Front.Tests.Configuration;

public sealed class ListenUrlsTests
{
    [Theory]
    [InlineData(null, null, "http://localhost:8080")]
    [InlineData("http://*:1;http://*:2", "9", "http://*:1;http://*:2")]
    [InlineData(null, "8081;8082", "http://*:8081;http://*:8082")]
    public void Of_UrlsThenPortsThenDefault(string? urls, string? ports, string expected)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["urls"] = urls, ["http_ports"] = ports }).Build();

        Assert.Equal(expected, string.Join(';', ListenUrls.Of(configuration)));
    }

    [Fact]
    public void UseGatewayUrls_MetricsUrlSet_ListensThereToo()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Configuration["urls"] = "http://127.0.0.1:5001";
        builder.Configuration["Gateway:MetricsUrl"] = "http://127.0.0.1:9464";

        builder.UseGatewayUrls();

        Assert.Equal("http://127.0.0.1:5001;http://127.0.0.1:9464", builder.WebHost.GetSetting("urls"));
    }
}
