using Xunit;

namespace GatewayActors.Providers.Tests.Mapping;

public sealed class CatalogTests
{
    [Theory]
    [InlineData("openai"), InlineData("anthropic"), InlineData("google-ai-studio"), InlineData("google-vertex-ai"), InlineData("azure-openai")]
    [InlineData("aws-bedrock"), InlineData("workers-ai"), InlineData("groq"), InlineData("grok"), InlineData("mistral"), InlineData("cohere")]
    [InlineData("deepseek"), InlineData("cerebras"), InlineData("perplexity-ai"), InlineData("openrouter"), InlineData("huggingface")]
    [InlineData("replicate"), InlineData("baseten"), InlineData("parallel"), InlineData("cartesia"), InlineData("elevenlabs")]
    [InlineData("deepgram"), InlineData("fal"), InlineData("ideogram"), InlineData("fireworks"), InlineData("simulator")]
    public void Find_DocumentedSlug_IsThatProvider(string slug) => Assert.Equal(slug, Map.Catalog.Find(slug)?.Slug);

    [Theory]
    [InlineData("google", "google-ai-studio"), InlineData("azure", "azure-openai"), InlineData("xai", "grok")]
    [InlineData("perplexity", "perplexity-ai"), InlineData("bedrock", "aws-bedrock"), InlineData("vertex", "google-vertex-ai")]
    public void Find_Alias_IsTheProviderItStandsFor(string alias, string slug) => Assert.Equal(slug, Map.Catalog.Find(alias)?.Slug);

    [Theory]
    [InlineData("OpenAI"), InlineData("compat"), InlineData(""), InlineData("custom-x")]
    public void Find_UnknownSlug_IsNull(string slug) => Assert.Null(Map.Catalog.Find(slug));

    [Fact]
    public void All_SlugsAndAliases_AreClaimedOnceAndFitAPathSegment()
    {
        var slugs = BuiltInProviders.All.SelectMany(provider => provider.Aliases.Prepend(provider.Slug)).ToList();

        Assert.Equal(slugs.Count, slugs.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(slugs, slug => Assert.Matches("^[a-z0-9]+(-[a-z0-9]+)*$", slug));
        Assert.Throws<ArgumentException>(() => new ProviderCatalog([BuiltInProviders.All[0], BuiltInProviders.All[0]]));
    }

    [Fact]
    public void All_Credentials_InjectWhereTheyAreRead() => Assert.All(BuiltInProviders.All, provider =>
    {
        Assert.Contains(provider.Credentials.InjectHeader, provider.Credentials.Headers);
        Assert.All(provider.Credentials.Headers, name => Assert.Equal(name.ToLowerInvariant(), name));
        Assert.False(provider.DefaultBaseUrl.EndsWith('/'));
    });

    [Fact]
    public void AllowsAnonymous_OnlyTheSimulator() =>
        Assert.Equal(["simulator"], BuiltInProviders.All.Where(provider => provider.AllowsAnonymous).Select(provider => provider.Slug));
}
