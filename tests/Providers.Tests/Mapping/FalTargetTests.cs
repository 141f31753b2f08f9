using Xunit;

namespace GatewayActors.Providers.Tests.Mapping;

public sealed class FalTargetTests
{
    [Theory]
    [InlineData("https://fal.run/fal-ai/fast-sdxl", "https://fal.run/fal-ai/fast-sdxl", "fal-ai/fast-sdxl", "fal-ai/fast-sdxl")]
    [InlineData("https://queue.fal.run/fal-ai/flux/requests/r1/status?logs=1", "https://queue.fal.run/fal-ai/flux/requests/r1/status?logs=1", "queue.fal.run/fal-ai/flux/requests/r1/status", "fal-ai/flux")]
    [InlineData("HTTPS://Queue.Fal.Run:443/a/b", "https://queue.fal.run/a/b", "queue.fal.run/a/b", "a/b")]
    [InlineData("https://rest.alpha.fal.ai/storage/upload/initiate", "https://rest.alpha.fal.ai/storage/upload/initiate", "rest.alpha.fal.ai/storage/upload/initiate", null)]
    [InlineData("https://v3.fal.media/files/x%2Fy.png", "https://v3.fal.media/files/x%2Fy.png", "v3.fal.media/files/x%2Fy.png", null)]
    [InlineData("https://fal.run?x=1", "https://fal.run?x=1", "", null)]
    public void Map_TargetOfFal_ReplacesHostAndPath(string target, string url, string path, string? model)
    {
        var address = Map.Address("fal?ignored=1", headers: ("X-Fal-Target-Url", target));

        Assert.Equal(url, address.Url);
        Assert.Equal(path, address.Path);
        Assert.Equal(model, address.Model);
    }

    [Theory]
    [InlineData("")]
    [InlineData("fal.run/x")]
    [InlineData("//fal.run/x")]
    [InlineData("http://fal.run/x")]
    [InlineData("https:/fal.run/x")]
    [InlineData("https:///fal.run/x")]
    [InlineData(@"https:\\fal.run\x")]
    [InlineData("https://evil.com/x")]
    [InlineData("https://notfal.run/x")]
    [InlineData("https://fal.run.evil.com/x")]
    [InlineData("https://fal.run@evil.com/x")]
    [InlineData("https://evil.com@fal.run/x")]
    [InlineData("https://user:pass@fal.run/x")]
    [InlineData(@"https://evil.com\.fal.run/x")]
    [InlineData("https://evil.com#.fal.run/x")]
    [InlineData("https://evil.com?.fal.run/x")]
    [InlineData("https://evil.com%2f.fal.run/x")]
    [InlineData("https://127.0.0.1/x")]
    [InlineData("https://[::1]/x")]
    [InlineData("https://2130706433/x")]
    [InlineData("https://fal.run:8443/x")]
    [InlineData("https://fal.run:/x")]
    [InlineData("https://fal.run./x")]
    [InlineData("https://.fal.run/x")]
    [InlineData("https://a..fal.run/x")]
    [InlineData("https://f\u0430l.run/x")]
    [InlineData("https://fal.run/a/../b")]
    [InlineData("https://fal.run/a/%2e%2e/b")]
    [InlineData("https://fal.run/a//b")]
    [InlineData("https://fal.run/a#b")]
    [InlineData("https://fal.run/a b")]
    [InlineData("https://fal.run/a\r\nhost: x")]
    public void Map_TargetElsewhere_IsRefused(string target)
    {
        var mapping = Map.Of("fal", headers: ("x-fal-target-url", target));

        Assert.Null(mapping.Address);
        Assert.Contains("x-fal-target-url", mapping.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Map_OperatorBaseUrl_HoldsForTargetsToo() => Assert.Equal(
        "http://127.0.0.1:9/fal-ai/x?a=b",
        Map.Address("fal", "http://127.0.0.1:9", headers: ("x-fal-target-url", "https://queue.fal.run/fal-ai/x?a=b")).Url);
}
