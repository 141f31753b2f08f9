using GatewayActors.Providers.Custom;
using GatewayActors.Providers.Pricing;
using GatewayActors.Providers.Usage;
using Xunit;

namespace GatewayActors.Providers.Tests.Custom;

public sealed class CustomProviderTests
{
    [Theory]
    [InlineData("https://models.example.com", "v1/chat/completions", "", "https://models.example.com/v1/chat/completions")]
    [InlineData("https://models.example.com/", "v1/chat/completions", "", "https://models.example.com/v1/chat/completions")]
    [InlineData("https://models.example.com/api/v1", "chat/completions", "?a=1&b=%2F", "https://models.example.com/api/v1/chat/completions?a=1&b=%2F")]
    [InlineData("https://models.example.com/v1", "v1/chat/completions", "", "https://models.example.com/v1/v1/chat/completions")] // verbatim
    [InlineData("https://models.example.com/x", "", "", "https://models.example.com/x")]
    [InlineData("https://models.example.com", "models/a%3Ab/@cf/x", "", "https://models.example.com/models/a%3Ab/@cf/x")]
    public void Map_AnyPath_IsPutAfterTheBaseUrlAsItCame(string baseUrl, string rest, string query, string url)
    {
        var address = Map(At(baseUrl), rest, query).Address!;

        Assert.Equal((url, rest), (address.Url, address.Path));
    }

    [Theory]
    [InlineData("../secret")]
    [InlineData("a/%2e%2e/b")]
    [InlineData("a\\b")]
    public void Map_PathThatLeavesTheBase_IsRefused(string rest) => Assert.NotNull(Map(At("https://models.example.com/tenant"), rest, "").Problem);

    [Theory]
    [InlineData("https://models.example.com", "v1/chat/completions")]
    [InlineData("https://models.example.com/", "v1/chat/completions")]
    [InlineData("https://models.example.com/v1", "chat/completions")]
    [InlineData("https://models.example.com/openai", "chat/completions")]
    public void OpenAIPath_BaseWithAndWithoutAPath_PutsTheVersionWhereItIsMissing(string baseUrl, string path)
    {
        Assert.Equal(path, At(baseUrl).OpenAIPath("chat/completions"));
        Assert.Null(At(baseUrl).OpenAIPath("audio/speech"));
    }

    [Theory]
    [InlineData("custom-a", "a")]
    [InlineData("custom-custom-ai", "custom-ai")]
    [InlineData("custom-My-Models-2", "My-Models-2")]
    [InlineData("custom-", null)]
    [InlineData("custom", null)]
    [InlineData("Custom-a", null)]
    [InlineData("custom-a_b", null)]
    [InlineData("custom-a b", null)]
    [InlineData("openai", null)]
    public void TryGetSlug_Name_IsTakenApart(string name, string? slug)
    {
        Assert.Equal(slug is not null, CustomProvider.TryGetSlug(name, out var found));
        Assert.Equal(slug ?? "", slug is null ? "" : found.ToString());
    }

    [Fact]
    public void Named_NoAddressKnown_LeadsNowhere()
    {
        var provider = CustomProvider.Named("a");

        Assert.False(provider.IsResolved);
        Assert.StartsWith("https://custom.invalid/", Map(provider, "x", "").Address!.Url, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("chat/completions", """{"model":"m","usage":{"prompt_tokens":10,"completion_tokens":5}}""", 10, 5)]
    [InlineData("v1/messages", """{"model":"m","usage":{"input_tokens":7,"cache_read_input_tokens":3,"output_tokens":5}}""", 10, 5)]
    [InlineData("invoke", """{"model":"m","usage":{"input_tokens":7,"cache_read_input_tokens":3,"output_tokens":5}}""", 10, 5)]
    [InlineData("models/m:generateContent", """{"modelVersion":"m","usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":5}}""", 10, 5)]
    public void Usage_AnyFamily_IsKnownByItsFields(string path, string body, long input, long output)
    {
        var provider = At("https://models.example.com");
        var reader = provider.CreateUsageReader(new ResponseFacts
        {
            Address = Map(provider, path, "").Address!,
            Method = "POST",
            StatusCode = 200,
            ContentType = "application/json",
            Headers = new NoHeaders(),
            RequestBody = [],
        })!;

        reader.Read(System.Text.Encoding.UTF8.GetBytes(body));

        var usage = reader.Complete().Usage!;
        Assert.Equal((input, output), (usage.InputTotal, usage.OutputTotal));
    }

    [Theory]
    [InlineData("llama-3-70b", 3)] // the same name
    [InlineData("LLAMA-3-70B", 3)]
    [InlineData("llama-3-8b", 2)] // the longest beginning
    [InlineData("llama-2", 1)]
    [InlineData("my-llama", 4)] // contains
    [InlineData("other", null)]
    public void Prices_SeveralRulesFit_TheStrongestWins(string model, int? input)
    {
        var prices = new CustomPrices("custom-a",
        [
            new("llama", ModelComparison.Contains, new() { Input = 4 }),
            new("llama-", ModelComparison.StartsWith, new() { Input = 1 }),
            new("llama-3", ModelComparison.StartsWith, new() { Input = 2 }),
            new("llama-3-70b", ModelComparison.Equals, new() { Input = 3 }),
        ]);

        Assert.Equal(input, ((IPriceTable)prices).Find("custom-a", null, model)?.Input);
        Assert.Equal(input, ((IPriceTable)prices).Find("custom-a", "unknown", model)?.Input);
    }

    public static TheoryData<string, decimal?, decimal?, decimal> Rates { get; } = new()
    {
        { "", 0.001m, 0.002m, 1.4m }, // 1000×0.001 + 200×0.002
        { "input_tokens=0.003", 0.001m, 0.002m, 3.4m }, // the named one goes first
        { "input_tokens=0.003,output_tokens=0.01", null, null, 5m }, // 3 + 2
        { "total_tokens=0.001", null, null, 1.2m }, // 1200×0.001
        { "total_tokens=0.001,output_tokens=0.002", null, null, 1.4m },
        { "input_cached_tokens=0.0005", 0.001m, 0m, 0.9m }, // 800×0.001 + 200×0.0005
        { "input_cache_creation_tokens=0.002", 0.001m, 0m, 1.1m }, // 900×0.001 + 100×0.002
        { "input_audio_tokens=0.01,input_text_tokens=0.002", 0.001m, 0m, 2.4m }, // 950×0.002 + 50×0.01
        { "input_image_tokens=0.01", 0.001m, 0m, 1.225m }, // 975×0.001 + 25×0.01
        { "output_reasoning_tokens=0.01", 0m, 0.002m, 1.2m }, // 100×0.002 + 100×0.01
    };

    [Theory, MemberData(nameof(Rates))]
    public void Price_EveryRate_IsCharged(string named, decimal? costIn, decimal? costOut, decimal usd)
    {
        var rates = named.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(rate => rate.Split('='))
            .ToDictionary(rate => rate[0], rate => decimal.Parse(rate[1], System.Globalization.CultureInfo.InvariantCulture));
        var usage = new TokenUsage
        {
            InputTotal = 1000,
            OutputTotal = 200,
            CacheRead = named.Contains("cached", StringComparison.Ordinal) ? 200 : 0,
            CacheWrite5m = named.Contains("creation", StringComparison.Ordinal) ? 100 : 0,
            AudioIn = named.Contains("audio", StringComparison.Ordinal) ? 50 : 0,
            ImageIn = named.Contains("image", StringComparison.Ordinal) ? 25 : 0,
            Reasoning = named.Contains("reasoning", StringComparison.Ordinal) ? 100 : null,
        };

        Assert.Equal(usd, CostCalculator.Compute(usage, TokenRates.Price(costIn, costOut, rates), custom: null, serviceTier: "flex")!.Value.Usd);
    }

    [Fact]
    public void Price_OfAnImage_IsChargedByThePiece()
    {
        var price = TokenRates.Price(null, null, new Dictionary<string, decimal> { ["output_image_count"] = 0.04m });

        Assert.Equal(0.12m, CostCalculator.Compute(new() { Units = 3, UnitKind = UnitKinds.Image }, price, null, null)!.Value.Usd);
    }

    [Fact]
    public void Headers_Configured_FillOnlyWhatTheClientLeavesOut()
    {
        var provider = CustomProvider.At("a", "https://models.example.com", new()
        {
            CacheName = "1",
            Headers = [KeyValuePair.Create("Authorization", "Bearer of-the-tenant"), KeyValuePair.Create("X-Team", "tenant")],
            Prices = new CustomPrices("custom-a", []),
        });
        var headers = new Headers { ["x-team"] = "client" };

        provider.PrepareHeaders(headers, Map(provider, "x", "").Address!);

        Assert.Equal(("Bearer of-the-tenant", "client"), (headers["authorization"], headers["X-Team"]));
    }

    private static CustomProvider At(string baseUrl) => CustomProvider.At("a", baseUrl, new() { CacheName = "1", Prices = new CustomPrices("custom-a", []) });

    private static UpstreamMapping Map(CustomProvider provider, string rest, string query) => provider.Map(new ProviderRequest
    {
        Slug = provider.Slug,
        Rest = rest,
        Query = query,
        Headers = new NoHeaders(),
    });

    private sealed class NoHeaders : IHeaderSource
    {
        public string? this[string name] => null;
    }

    private sealed class Headers : IUpstreamHeaders
    {
        private readonly Dictionary<string, string> _values = new(StringComparer.OrdinalIgnoreCase);

        public string? this[string name]
        {
            get => _values.GetValueOrDefault(name);
            set => _values[name] = value!;
        }

        public void Set(string name, string value) => _values[name] = value;

        public void Remove(string name) => _values.Remove(name);
    }
}
