using Xunit;

namespace GatewayActors.Providers.Tests.Mapping;

/// <summary>What must not become a host name or leave a base path.</summary>
public sealed class RefusalTests
{
    [Theory]
    [InlineData("azure-openai", "resource")]
    [InlineData("azure-openai/res1", "deployment")]
    [InlineData("azure-openai/res1/openai/deployments", "deployment")]
    [InlineData("azure-openai/evil.com%2f/gpt/chat/completions", "resource")]
    [InlineData("azure-openai/evil.com/gpt/chat/completions", "resource")]
    [InlineData("azure-openai/a@evil/gpt/chat/completions", "resource")]
    [InlineData("azure-openai/-a/gpt/chat/completions", "resource")]
    [InlineData("azure-openai/a123456789012345678901234567890123456789012345678901234567890123/d/x", "resource")]
    [InlineData("aws-bedrock", "{service}")]
    [InlineData("aws-bedrock/s3/us-east-1/x", "services are")]
    [InlineData("aws-bedrock/bedrock-runtime.evil.com%23/us-east-1/x", "services are")]
    [InlineData("aws-bedrock/bedrock-runtime", "region")]
    [InlineData("aws-bedrock/bedrock-runtime/us-east-1.evil.com/x", "region")]
    [InlineData("aws-bedrock/bedrock-runtime/us-east-12/x", "region")]
    [InlineData("aws-bedrock/bedrock-runtime/us--1/x", "region")]
    [InlineData("aws-bedrock/bedrock-runtime/us-east--1/x", "region")]
    [InlineData("aws-bedrock/bedrock-runtime/US-EAST-1/x", "region")]
    [InlineData("aws-bedrock/bedrock-runtime/us-1/x", "region")]
    [InlineData("google-vertex-ai/v1/projects/p/locations/evil.com%2f/x", "location")]
    [InlineData("google-vertex-ai/v1/projects/p/locations/evil.com/x", "location")]
    [InlineData("google-vertex-ai/v1/projects/p/locations/US/x", "location")]
    [InlineData("google-vertex-ai/v1/projects/p/locations/-us/x", "location")]
    [InlineData("baseten/model/evil.com", "id")]
    [InlineData("baseten/model/a-b", "id")]
    [InlineData("baseten/model/", "id")]
    [InlineData("workers-ai/@cf/a/b", "account")]
    public void Map_BadPartOfAHostName_SaysWhichPart(string received, string word)
    {
        var mapping = Map.Of(received);

        Assert.Null(mapping.Address);
        Assert.Contains(word, mapping.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Map_BadRegionInTheServiceAccount_IsRefused() =>
        Assert.Contains("region", Map.Of("google-vertex-ai/v1/x", home: new() { Region = "evil.com/" }).Problem, StringComparison.Ordinal);

    [Theory, CombinatorialSlugs("..", ".", "%2e%2e", ".%2E", "%2E.", "%2e", "..%2fx", "x%2f..", "..%5Cx", "a%2f%2e%2e%2fb")]
    public void Map_DotSegments_AreRefusedByEveryProvider(string slug, string segment)
    {
        foreach (var path in new[] { $"{slug}/a/b/{segment}", $"{slug}/{segment}/a", $"{slug}/v1/{segment}/a" })
        {
            var mapping = Map.Of(path, home: new() { Account = "a" });
            Assert.Null(mapping.Address);
            Assert.Contains("segments", mapping.Problem, StringComparison.Ordinal);
        }
    }

    [Theory, CombinatorialSlugs(@"a\b", "a b", "a#b", "a\r\nx: y", "a\0", "\u00e9", "a?b")]
    public void Map_CharactersThatBendARequest_AreRefusedByEveryProvider(string slug, string segment)
    {
        var provider = Map.Catalog.Find(slug)!;

        Assert.NotNull(provider.Map(new() { Slug = slug, Rest = $"a/{segment}/b", Query = "", Headers = new FakeHeaders() }).Problem);
    }

    [Theory, CombinatorialSlugs("?a b", "?a\r\n", "?a#b", "?\u00e9")]
    public void Map_CharactersThatBendAQuery_AreRefusedByEveryProvider(string slug, string query) =>
        Assert.NotNull(Map.Of($"{slug}/a/b{query}").Problem);

    [Theory]
    [InlineData("openai/files/a..b")]
    [InlineData("openai/files/...")]
    [InlineData("openai/files/.hidden")]
    [InlineData("openai/files/a.%2eb/c")]
    [InlineData("openai/files/x%2f.y")]
    [InlineData("openai/files/100%")]
    public void Map_DotsThatAreNoSegment_Pass(string received) => Assert.Equal(received["openai/".Length..], Map.Address(received).Path);
}

/// <summary>Every slug of the catalogue with every value.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CombinatorialSlugsAttribute(params string[] values) : Xunit.v3.DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(System.Reflection.MethodInfo testMethod, Xunit.Sdk.DisposalTracker disposalTracker) => new(
        [.. from provider in BuiltInProviders.All from value in values select new TheoryDataRow(provider.Slug, value)]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
