using GatewayActors.Front.Pipeline;
using Xunit;

namespace GatewayActors.Front.Tests.Pipeline;

public sealed class DataPlanePathTests
{
    [Theory]
    [InlineData("/v1/acc/main/openai/chat/completions", "acc/main", "openai", "chat/completions", "")]
    [InlineData("/v1/acc/main/openai/chat/completions?a=1&b=%2F", "acc/main", "openai", "chat/completions", "?a=1&b=%2F")]
    [InlineData("/v1/acc/main//openai//v1/chat", "acc/main", "openai", "v1/chat", "")]
    [InlineData("/v1/acc/main/openai/a//b", "acc/main", "openai", "a//b", "")]
    [InlineData("/v1/acc/main/openai/a%2Fb%20c", "acc/main", "openai", "a%2Fb%20c", "")]
    [InlineData("/v1/acc/main/workers-ai/@cf/meta/llama", "acc/main", "workers-ai", "@cf/meta/llama", "")]
    [InlineData("/v1/acc/main/openai", "acc/main", "openai", "", "")]
    [InlineData("/v1/acc/main/openai/", "acc/main", "openai", "", "")]
    [InlineData("/v1/acc/main", "acc/main", "", "", "")]
    [InlineData("/v1/acc/main/", "acc/main", "", "", "")]
    [InlineData("/v1/acc/main?x=/y/z", "acc/main", "", "", "?x=/y/z")]
    [InlineData("/v1/A_b-9/G_w-1/openai/x", "A_b-9/G_w-1", "openai", "x", "")]
    public void TryParse_OfAGatewaysPath_TakesItApartUndecoded(string target, string key, string provider, string rest, string query)
    {
        Assert.True(DataPlanePath.TryParse(target, out var path));
        Assert.Equal(key, path.GatewayKey.ToString());
        Assert.Equal(key.IndexOf('/', StringComparison.Ordinal), path.AccountLength);
        Assert.Equal(provider, path.Provider.ToString());
        Assert.Equal(rest, path.Rest.ToString());
        Assert.Equal(query, path.Query.ToString());
    }

    [Theory]
    [InlineData("/v1")]
    [InlineData("/v1/")]
    [InlineData("/v1/acc")]
    [InlineData("/v1/acc/")]
    [InlineData("/v1//main/openai/x")]
    [InlineData("/v1/acc//openai/x")]
    [InlineData("/v1/a.b/main/openai/x")]
    [InlineData("/v1/acc/ma%69n/openai/x")]
    [InlineData("/v1/../main/openai/x")]
    [InlineData("/v1/acc/..")]
    [InlineData("/v1?acc/main/openai")]
    [InlineData("/v1/acc?x=/main/openai")]
    [InlineData("/v2/acc/main/openai/x")]
    public void TryParse_WithoutAccountOrGateway_IsFalse(string target) => Assert.False(DataPlanePath.TryParse(target, out _));

    [Fact]
    public void TryParse_IdsOfSixtyFourCharacters_AreTheLongest()
    {
        var longest = new string('a', 64);
        Assert.True(DataPlanePath.TryParse($"/v1/{longest}/{longest}/openai", out _));
        Assert.False(DataPlanePath.TryParse($"/v1/{longest}a/main/openai", out _));
        Assert.False(DataPlanePath.TryParse($"/v1/acc/{longest}a/openai", out _));
    }

    [Theory]
    [InlineData("/v1/acc/main", true)]
    [InlineData("/v1/", true)]
    [InlineData("/v1", true)]
    [InlineData("/v10/acc", false)]
    [InlineData("/V1/acc", false)]
    [InlineData("/client/v4/accounts", false)]
    [InlineData("/", false)]
    public void IsDataPlane_ByPrefix_Decides(string target, bool expected) => Assert.Equal(expected, DataPlanePath.IsDataPlane(target));

    [Theory]
    [InlineData("a/b", "a/b")]
    [InlineData("a//b", "a/b")]
    [InlineData("a////b//c/", "a/b/c/")]
    [InlineData("https://x", "https:/x")]
    [InlineData("", "")]
    [InlineData("a%2F%2Fb", "a%2F%2Fb")]
    public void CollapseSlashes_OfAPath_LeavesSingleOnes(string path, string expected) => Assert.Equal(expected, DataPlanePath.CollapseSlashes(path).ToString());
}
