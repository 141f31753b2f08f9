using Xunit;

namespace GatewayActors.Providers.Tests.Mapping;

/// <summary>What a client has signed or encoded reaches the upstream byte for byte.</summary>
public sealed class EncodingTests
{
    private static readonly Dictionary<string, string> Prefixes = new()
    {
        ["azure-openai"] = "res/dep/",
        ["aws-bedrock"] = "bedrock-runtime/us-east-1/",
        ["workers-ai"] = "@cf/",
    };

    public static TheoryData<string, int> Seeds()
    {
        var rows = new TheoryData<string, int>();
        foreach (var provider in BuiltInProviders.All)
        {
            for (var seed = 0; seed < 20; seed++)
            {
                rows.Add(provider.Slug, seed);
            }
        }

        return rows;
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Map_AnyEncodedPath_EndsTheUrlUnchanged(string slug, int seed)
    {
        var random = new Random(seed);
        var path = string.Join('/', Enumerable.Range(0, random.Next(1, 5)).Select(_ => Segment(random)));
        var query = random.Next(2) == 0 ? "?api-version=1" : $"?api-version=1&{Segment(random)}={Segment(random)}&a=%2F+%20";

        var address = Map.Address($"{slug}/{Prefixes.GetValueOrDefault(slug)}x{path}{query}", home: new() { Account = "a" });

        Assert.EndsWith($"x{path}{query}", address.Url, StringComparison.Ordinal);
        Assert.EndsWith($"x{path}", address.Path, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://h/p?key=secret", "https://h/p")]
    [InlineData("https://h/p?alt=sse&key=secret", "https://h/p?alt=sse")]
    [InlineData("https://h/p?KEY=secret&alt=%73se&x", "https://h/p?alt=%73se&x")]
    [InlineData("https://h/p?access_token=t&key=", "https://h/p")]
    [InlineData("https://h/p?keys=1&akey=2", "https://h/p?keys=1&akey=2")]
    [InlineData("https://h/p", "https://h/p")]
    public void WithoutQueryCredentials_KeyInTheQuery_LeavesTheRestAsItIs(string url, string expected) =>
        Assert.Equal(expected, Map.Catalog.Find("google-ai-studio")!.WithoutQueryCredentials(new(url, "p")).Url);

    private static string Segment(Random random)
    {
        string[] pieces = ["a", "Z", "9", "-", "_", "~", "%20", "%3A", "%3a", "%252F", "%2F", "%25", "@", ":", "+", "!", "$", "'", "(", ")", "*", ",", ";", "%E2%82%AC", "%"];
        return string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => pieces[random.Next(pieces.Length)]));
    }
}
