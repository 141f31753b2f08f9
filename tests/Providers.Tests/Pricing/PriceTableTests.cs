using GatewayActors.Providers.Pricing;
using Xunit;

namespace GatewayActors.Providers.Tests.Pricing;

public sealed class PriceTableTests
{
    private const string Header = "provider,model,input_usd_per_mtok,output_usd_per_mtok,unit,unit_usd,source_date,source\n";

    [Fact]
    public void BuiltIn_EveryLine_IsRead()
    {
        Assert.Empty(PriceTable.BuiltIn.Errors);
        Assert.Equal(718, PriceTable.BuiltIn.Count);
    }

    [Fact]
    public void BuiltIn_KnownModel_HasEveryColumn()
    {
        var expected = new ModelPrice
        {
            Input = 3,
            Output = 15,
            CachedInput = 0.3m,
            CacheWrite = 3.75m,
            CacheWrite1h = 6,
            TierAboveInputTokens = 200_000,
            TierInput = 6,
            TierOutput = 22.5m,
            Mode = "chat",
            ContextWindow = 200_000,
            SourceDate = new(2026, 8, 1),
        };
        Assert.Equal(expected, PriceTable.BuiltIn.Find("anthropic", "claude-sonnet-4-5", null));
        Assert.Equal(
            new ModelPrice { Unit = "character", UnitUsd = 0.000015m, Mode = "audio_speech", SourceDate = new(2026, 8, 1) },
            PriceTable.BuiltIn.Find("openai", null, "tts-1"));
    }

    [Theory]
    [InlineData("openai", null, "gpt-4.1-mini", 0.4)] // exact
    [InlineData("openai", "gpt-4.1-mini-2025-04-14", "gpt-4.1-mini", 0.4)]
    [InlineData("openai", "GPT-4.1-Mini", null, 0.4)] // case
    [InlineData("openai", "gpt-4.1-mini-2031-01-01", null, 0.4)] // a date that is not listed
    [InlineData("anthropic", "claude-haiku-4-5-20310101", null, 1)]
    [InlineData("anthropic", "claude-haiku-4-5@20310101", null, 1)]
    [InlineData("anthropic", "claude-haiku-4-5-latest", null, 1)]
    [InlineData("anthropic", null, "claude-haiku-4.5", 1)] // dots, as REST names have them
    [InlineData("anthropic", "claude-sonnet-4-20250514", null, 3)] // listed as claude-4-sonnet-20250514
    [InlineData("anthropic", null, "anthropic/claude-haiku-4-5", 1)]
    [InlineData("google-vertex-ai", null, "claude-haiku-4-5@20251001", 1)]
    [InlineData("google-vertex-ai", null, "claude-haiku-4-5@default", 1)]
    [InlineData("google-vertex-ai", null, "google/gemini-2.5-pro", 1.25)]
    [InlineData("google-vertex-ai", null, "publishers/google/models/gemini-2.5-pro", 1.25)]
    [InlineData("google-ai-studio", "models/gemini-2.5-flash", null, 0.3)]
    [InlineData("google-ai-studio", "gemini-2.5-flash", "gemini-2.5-pro", 0.3)] // what answered, before what was asked for
    [InlineData("google-ai-studio", "gemini-unheard-of", "gemini-2.5-pro", 1.25)]
    [InlineData("aws-bedrock", null, "anthropic.claude-sonnet-4-5-20250929-v1:0", 3)]
    [InlineData("aws-bedrock", null, "us.anthropic.claude-sonnet-4-5-20250929-v1:0", 3.3)] // a geography that is listed itself
    [InlineData("aws-bedrock", null, "us.anthropic.claude-sonnet-4-5-20250929-v1%3A0", 3.3)]
    [InlineData("aws-bedrock", null, "apac.amazon.nova-micro-v1:0", 0.035)]
    [InlineData("aws-bedrock", null, "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/jp.amazon.nova-micro-v1:0", 0.035)]
    [InlineData("aws-bedrock", "claude-haiku-4-5-20251001", "anthropic.claude-haiku-4-5-20251001-v1:0", 1)]
    [InlineData("bedrock", null, "amazon.nova-micro-v1:0", 0.035)]
    [InlineData("xai", "grok-4.3", null, 1.25)]
    [InlineData("azure-openai", "gpt-4.1-mini-2025-04-14", "my-deployment", 0.4)]
    [InlineData("workers-ai", null, "@cf/baai/bge-base-en-v1.5", 0.067)]
    [InlineData("openrouter", "anthropic/claude-haiku-4.5:nitro", null, 1)]
    public void Find_SpellingOfAModel_HasItsPrice(string provider, string? answered, string? requested, double input)
    {
        var price = PriceTable.BuiltIn.Find(provider, answered, requested);

        Assert.NotNull(price);
        Assert.Equal((decimal)input, price.Input);
        Assert.False(price.IsApproximate);
        Assert.Same(price, PriceTable.BuiltIn.Find(provider, answered, requested));
    }

    [Theory]
    [InlineData("openai", "ft:gpt-4.1-mini-2025-04-14:my-org::abc123", 0.4)]
    [InlineData("openrouter", "mistralai/mistral-large-latest", 0.5)]
    public void Find_LikenessOfAModel_IsApproximate(string provider, string model, double input)
    {
        var price = PriceTable.BuiltIn.Find(provider, model, null);

        Assert.NotNull(price);
        Assert.Equal((decimal)input, price.Input);
        Assert.True(price.IsApproximate);
    }

    [Theory]
    [InlineData("openai", null, null)]
    [InlineData("openai", "", "")]
    [InlineData("openai", "no-such-model", "nor-this")]
    [InlineData("no-such-provider", "gpt-4.1-mini", null)]
    [InlineData("openai", "ft:", null)]
    [InlineData("openai", "%", "%zz")]
    [InlineData("openrouter", "/", ":")]
    [InlineData("openrouter", "openai/gpt-4.1-mini:free", null)]
    public void Find_UnknownModel_HasNone(string provider, string? answered, string? requested) =>
        Assert.Null(PriceTable.BuiltIn.Find(provider, answered, requested));

    [Fact]
    public void Parse_WithFallback_ReplacesAndAddsRows()
    {
        var table = PriceTable.Parse(
            new StringReader($"\uFEFF{Header}# our contract\n\nopenai,gpt-4.1-mini,0.1,0.2,,,2026-09-01,us\r\n\"my-own\" , \"a \"\"b\"\", c\" ,1e-1,.5,page,0.01,,\nopenai,bare,2\n"),
            PriceTable.BuiltIn);

        Assert.Empty(table.Errors);
        Assert.Equal(new ModelPrice { Input = 0.1m, Output = 0.2m, SourceDate = new(2026, 9, 1) }, table.Find("openai", "gpt-4.1-mini", null));
        Assert.Equal(new ModelPrice { Input = 0.1m, Output = 0.5m, Unit = "page", UnitUsd = 0.01m }, table.Find("my-own", "a \"b\", c", null));
        Assert.Equal(2, table.Find("openai", "bare", null)!.Input);
        Assert.Equal(5, table.Find("anthropic", "claude-opus-5", null)!.Input);
        Assert.Equal(0.4m, PriceTable.BuiltIn.Find("openai", "gpt-4.1-mini", null)!.Input);
    }

    [Theory]
    [InlineData("openai,m,-1,2,,,,", "input_usd_per_mtok")]
    [InlineData("openai,m,1,x,,,,", "output_usd_per_mtok")]
    [InlineData("openai,m,1,\"2,5\",,,,", "output_usd_per_mtok")]
    [InlineData("openai,m,1000001,2,,,,", "input_usd_per_mtok")]
    [InlineData(",m,1,2,,,,", "'provider' and 'model'")]
    [InlineData("openai,,1,2,,,,", "'provider' and 'model'")]
    [InlineData("openai,m,1,2,page,,,", "'unit' and 'unit_usd'")]
    [InlineData("openai,m,1,2,,0.1,,", "'unit' and 'unit_usd'")]
    [InlineData("openai,m,1,2,,,01/02/2026,", "source_date")]
    [InlineData("openai,\"m,1,2,,,,", "quote")]
    [InlineData("openai,\"m\"x,1,2,,,,", "quote")]
    [InlineData("openai,m,1,2,,,,s,9", "9 fields")]
    [InlineData("openai,good,1,2,,,,", "twice")]
    public void Parse_WrongLine_IsLeftOutAndNamed(string line, string problem)
    {
        var table = PriceTable.Parse(new StringReader($"{Header}openai,good,1,2,,,,\n{line}\nopenai,also good,1,2,,,,\n"), fallback: null);

        var error = Assert.Single(table.Errors);
        Assert.Equal(3, error.Line);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Equal(2, table.Count);
    }

    [Theory]
    [InlineData("model,input_usd_per_mtok\nm,1\n")]
    [InlineData("provider,model,model\nopenai,m,n\n")]
    public void Parse_WrongHeader_SaysSoAndReadsNothing(string file)
    {
        var table = PriceTable.Parse(new StringReader(file), fallback: null);

        Assert.Equal(1, Assert.Single(table.Errors).Line);
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void Find_MoreNamesThanAreKept_StillAnswers()
    {
        var table = PriceTable.Parse(new StringReader(Header + "p,m,1,2,,,,\n"), fallback: null);
        for (var i = 0; i < 12_000; i++)
        {
            Assert.Null(table.Find("p", $"unknown {i}", null));
        }

        Assert.Equal(1, table.Find("p", "m", null)!.Input);
    }
}
