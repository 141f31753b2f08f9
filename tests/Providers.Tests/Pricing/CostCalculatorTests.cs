using GatewayActors.Providers.Pricing;
using GatewayActors.Providers.Usage;
using Xunit;

namespace GatewayActors.Providers.Tests.Pricing;

/// <summary>Every expected amount is worked out by hand in the comment beside it.</summary>
public sealed class CostCalculatorTests
{
    private static readonly ModelPrice Plain = new() { Input = 2, Output = 8 };
    private static readonly ModelPrice Cached = new() { Input = 3, Output = 15, CachedInput = 0.3m, CacheWrite = 3.75m, CacheWrite1h = 6 };
    private static readonly ModelPrice Tiered = Cached with { TierAboveInputTokens = 200_000, TierInput = 6, TierOutput = 22.5m };
    private static readonly ModelPrice Audio = new() { Input = 1, Output = 4, CachedInput = 0.5m, AudioInput = 10, AudioOutput = 40 };
    private static readonly ModelPrice InputOnly = new() { Input = 0.02m };
    private static readonly CustomCost Both = new() { PerTokenIn = 0.000001m, PerTokenOut = 0.000002m };
    private static readonly CustomCost WithCache = Both with { PerCacheReadToken = 0.0000001m, PerCacheWriteToken = 0.0000005m };

    private static TokenUsage Tokens(long? input, long? output) => new() { InputTotal = input, OutputTotal = output };

    private static TokenUsage Units(decimal units, string kind) => new() { Units = units, UnitKind = kind };

    private static ModelPrice PerUnit(string unit, decimal usd) => new() { Unit = unit, UnitUsd = usd };

    private sealed record Case(string Name, TokenUsage Usage, ModelPrice? Price, decimal? Usd)
    {
        public CustomCost? Custom { get; init; }
        public string? Tier { get; init; }
        public bool IsEstimate { get; init; }
    }

    private static readonly Case[] All =
    [
        // Plain tokens, dollars per million.
        new("plain", Tokens(1000, 500), Plain, 0.006m), // 1000×2 + 500×8 = 6000
        new("one token", Tokens(1, 0), Plain, 0.000002m),
        new("nothing used", Tokens(0, 0), Plain, 0m),
        new("embedding", Tokens(4, 0), InputOnly, 0.00000008m), // 4×0.02 = 0.08
        new("tiny price keeps every place", Tokens(1, 0), new ModelPrice { Input = 0.0118m, Output = 0 }, 0.0000000118m),
        new("large counts", Tokens(1_000_000_000, 1_000_000_000), Plain, 10_000m),
        new("free model", Tokens(1000, 1000), new ModelPrice { Input = 0, Output = 0 }, 0m),
        new("output unknown", Tokens(1000, null), Plain, 0.002m) { IsEstimate = true },
        new("input unknown", Tokens(null, 1000), Plain, 0.008m) { IsEstimate = true },
        new("output has no price", Tokens(1000, 10), InputOnly, 0.00002m) { IsEstimate = true },
        new("input has no price", Tokens(1000, 10), new ModelPrice { Output = 8 }, 0.00008m) { IsEstimate = true },
        new("no price at all", Tokens(1000, 10), null, null),
        new("empty price", Tokens(1000, 10), new ModelPrice(), null),
        new("no usage", new TokenUsage(), Plain, null),
        new("estimated count", Tokens(1000, 500) with { Source = UsageSource.Estimated }, Plain, 0.006m) { IsEstimate = true },
        new("counted by a header", Tokens(1000, 500) with { Source = UsageSource.Header }, Plain, 0.006m),
        new("reasoning is part of the output", Tokens(1000, 500) with { Reasoning = 400 }, Plain, 0.006m),
        new("approximate price", Tokens(1000, 500), Plain with { IsApproximate = true }, 0.006m) { IsEstimate = true },

        // Prompt caches.
        new("cache read", Tokens(1000, 100) with { CacheRead = 600 }, Cached, 0.00288m), // 400×3 + 600×0.3 + 100×15 = 1200+180+1500
        new("cache write", Tokens(1000, 100) with { CacheWrite5m = 600 }, Cached, 0.00495m), // 400×3 + 600×3.75 + 1500 = 1200+2250+1500
        new("cache write, an hour", Tokens(1000, 100) with { CacheWrite1h = 600 }, Cached, 0.0063m), // 1200 + 3600 + 1500
        new("all three", Tokens(1000, 0) with { CacheRead = 500, CacheWrite5m = 300, CacheWrite1h = 100 }, Cached, 0.002175m), // 100×3+150+1125+600
        new("all read", Tokens(1000, 0) with { CacheRead = 1000 }, Cached, 0.0003m),
        new("read without a rate", Tokens(1000, 100) with { CacheRead = 600 }, Plain, 0.0028m), // 1000×2 + 100×8
        new("write without a rate", Tokens(1000, 100) with { CacheWrite5m = 600 }, Plain, 0.0028m),
        new("hour without its own rate", Tokens(1000, 0) with { CacheWrite1h = 1000 }, Cached with { CacheWrite1h = null }, 0.00375m),
        new("more read than sent", Tokens(100, 0) with { CacheRead = 200 }, Cached, 0.00006m), // never below zero: 200×0.3
        new("reported apart, same record", Tokens(1529, 18) with { CacheRead = 1200, CacheWrite5m = 320, CacheReportedSeparately = true },
            new ModelPrice { Input = 1, Output = 5, CachedInput = 0.1m, CacheWrite = 1.25m }, 0.000619m), // 9 + 120 + 400 + 90

        // Long contexts.
        new("at the tier", Tokens(200_000, 1000), Tiered, 0.615m), // 200000×3 + 15000
        new("above the tier", Tokens(200_001, 1000), Tiered, 1.222506m), // 200001×6 + 1000×22.5 = 1200006+22500
        new("above the tier, cached", Tokens(300_000, 0) with { CacheRead = 100_000 }, Tiered, 1.26m), // 200000×6 + 100000×0.6
        new("above the tier, written", Tokens(300_000, 0) with { CacheWrite5m = 100_000 }, Tiered, 1.95m), // 1200000 + 100000×7.5
        new("above the tier, an hour", Tokens(300_000, 0) with { CacheWrite1h = 100_000 }, Tiered, 2.4m), // 1200000 + 100000×12
        new("tier without an output rate", Tokens(300_000, 1000), Tiered with { TierOutput = null }, 1.815m), // 1800000 + 15000
        new("tier without an input rate", Tokens(300_000, 1000), Tiered with { TierInput = null }, 0.9225m), // 900000 + 22500
        new("cached tokens count for the tier", Tokens(250_000, 0) with { CacheRead = 250_000 }, Tiered, 0.15m), // 250000×0.6

        // Audio.
        new("audio in", Tokens(1000, 0) with { AudioIn = 400 }, Audio, 0.0046m), // 600×1 + 400×10
        new("audio out", Tokens(0, 1000) with { AudioOut = 400 }, Audio, 0.0184m), // 600×4 + 400×40
        new("audio both", Tokens(100, 100) with { AudioIn = 100, AudioOut = 100 }, Audio, 0.005m),
        new("audio without a rate", Tokens(1000, 1000) with { AudioIn = 400, AudioOut = 400 }, Plain, 0.01m),
        new("audio beside cached text", Tokens(1000, 0) with { CacheRead = 500, AudioIn = 400 }, Audio, 0.00435m), // 100 + 250 + 4000
        new("more audio than is fresh", Tokens(1000, 0) with { CacheRead = 900, AudioIn = 400 }, Audio, 0.00145m), // 450 + 100×10

        // What is not tokens.
        new("characters", Units(4096, "character"), PerUnit("character", 0.000015m), 0.06144m),
        new("seconds of audio", Units(25.93m, "second"), PerUnit("audio_second", 0.00007167m), 0.0018584031m),
        new("seconds of output", Units(2, "second"), PerUnit("output_second", 0.0001m), 0.0002m),
        new("seconds of video", Units(8, "second"), PerUnit("video_second", 0.1m), 0.8m),
        new("minutes", Units(90, "second"), PerUnit("audio_minute", 0.0005m), 0.00075m),
        new("images", Units(3, "image"), PerUnit("image", 0.039m), 0.117m),
        new("pages", Units(12, "page"), PerUnit("page", 0.001m), 0.012m),
        new("queries", Units(1, "query"), PerUnit("query", 0.002m), 0.002m),
        new("a model's own unit", Units(2.5m, "unit"), PerUnit("image", 0.04m), 0.1m),
        new("another unit than is priced", Units(10, "character"), PerUnit("image", 0.04m), null),
        new("units without a price", Units(10, "neuron"), Plain, null),
        new("tokens where a unit is priced", Tokens(10, 10), PerUnit("image", 0.04m), null),
        new("rerank priced at zero tokens", Units(2, "query"), new ModelPrice { Input = 0, Output = 0, Unit = "query", UnitUsd = 0.002m }, 0.004m),
        new("tokens and images", Tokens(1000, 0) with { Units = 2, UnitKind = "input_image" }, new ModelPrice { Input = 0.1m, Output = 0, Unit = "input_image", UnitUsd = 0.0001m }, 0.0003m),
        new("one text in tokens and characters", Tokens(2, 0) with { Units = 7, UnitKind = "character" }, new ModelPrice { Input = 0.1m, Output = 0, Unit = "character", UnitUsd = 0.000000025m }, 0.0000002m),
        new("a run counted by us", Units(1, "query") with { Source = UsageSource.Estimated }, PerUnit("query", 0.004m), 0.004m) { IsEstimate = true },

        // Tiers of service.
        new("flex", Tokens(1000, 500), Plain, 0.003m) { Tier = "flex", IsEstimate = true },
        new("flex where it costs the same", Tokens(1000, 500), Plain with { FlexFactor = 1 }, 0.006m) { Tier = "flex" },
        new("batch", Tokens(1000, 500), Plain, 0.003m) { Tier = "batch", IsEstimate = true },
        new("priority", Tokens(1000, 500), Plain, 0.006m) { Tier = "priority", IsEstimate = true },
        new("default tier", Tokens(1000, 500), Plain, 0.006m) { Tier = "default" },
        new("flex with cache", Tokens(1000, 100) with { CacheRead = 600 }, Cached, 0.00144m) { Tier = "flex", IsEstimate = true },

        // The provider's own charge.
        new("reported", Tokens(8, 70) with { ReportedCostUsd = 0.000142m }, Plain, 0.000142m),
        new("reported without a price", Tokens(8, 70) with { ReportedCostUsd = 0.000142m }, null, 0.000142m),
        new("reported zero", Tokens(8, 70) with { ReportedCostUsd = 0 }, Plain, 0m),
        new("reported, flex", Tokens(8, 70) with { ReportedCostUsd = 0.01m }, Plain, 0.01m) { Tier = "flex" },

        // The caller's own price, dollars per token.
        new("custom", Tokens(1000, 500), null, 0.002m) { Custom = Both }, // 1000×1e-6 + 500×2e-6
        new("custom over the list", Tokens(1000, 500), Plain, 0.002m) { Custom = Both },
        new("custom over the charge", Tokens(1000, 500) with { ReportedCostUsd = 9 }, Plain, 0.002m) { Custom = Both },
        new("custom, flex", Tokens(1000, 500), Plain, 0.002m) { Custom = Both, Tier = "flex" },
        new("custom, tier and audio play no part", Tokens(300_000, 0) with { AudioIn = 1000 }, Tiered, 0.3m) { Custom = Both },
        new("custom, caches inside", Tokens(1000, 500) with { CacheRead = 600, CacheWrite5m = 200 }, null, 0.00136m) { Custom = WithCache }, // 200e-6 + 60e-6 + 100e-6 + 1000e-6
        new("custom, caches apart", Tokens(1000, 500) with { CacheRead = 600, CacheWrite5m = 200, CacheReportedSeparately = true }, null, 0.00136m) { Custom = WithCache },
        new("custom, an hour is a write", Tokens(1000, 0) with { CacheWrite1h = 200 }, null, 0.0009m) { Custom = WithCache }, // 800e-6 + 100e-6
        new("custom, read only", Tokens(1000, 0) with { CacheRead = 600, CacheWrite5m = 200 }, null, 0.00046m) { Custom = Both with { PerCacheReadToken = 0.0000001m } }, // 200e-6 + 60e-6 + 200e-6
        new("custom, write only", Tokens(1000, 0) with { CacheRead = 600, CacheWrite5m = 200 }, null, 0.0009m) { Custom = Both with { PerCacheWriteToken = 0.0000005m } }, // 200e-6 + 600e-6 + 100e-6
        new("custom, no cache rates, inside", Tokens(1000, 0) with { CacheRead = 600, CacheWrite5m = 200 }, null, 0.001m) { Custom = Both },
        new("custom, no cache rates, apart", Tokens(1000, 0) with { CacheRead = 600, CacheWrite5m = 200, CacheReportedSeparately = true }, null, 0.0002m) { Custom = Both },
        new("custom input, listed output", Tokens(1000, 500), Plain, 0.005m) { Custom = new() { PerTokenIn = 0.000001m } }, // 0.001 + 500×8e-6
        new("custom output, listed input", Tokens(1000, 500), Plain, 0.003m) { Custom = new() { PerTokenOut = 0.000002m } },
        new("custom input, nothing listed", Tokens(1000, 500), null, 0.001m) { Custom = new() { PerTokenIn = 0.000001m } },
        new("custom read alone", Tokens(1000, 0) with { CacheRead = 600 }, Plain, 0.00086m) { Custom = new() { PerCacheReadToken = 0.0000001m } }, // 400×2e-6 + 60e-6
        new("custom without tokens", Units(10, "character"), PerUnit("character", 0.000015m), 0.00015m) { Custom = Both },
        new("custom without usage", new TokenUsage(), Plain, null) { Custom = Both },
        new("custom at zero", Tokens(1000, 500), Plain, 0m) { Custom = new() { PerTokenIn = 0, PerTokenOut = 0 } },
    ];

    public static TheoryData<string> Names => [.. All.Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Compute_Usage_IsTheHandComputedAmount(string name)
    {
        var one = All.Single(candidate => candidate.Name == name);
        var isCustom = one.Custom is not null && (one.Usage.InputTotal ?? one.Usage.OutputTotal) is not null;

        var cost = CostCalculator.Compute(one.Usage, one.Price, one.Custom, one.Tier);

        Assert.Equal(one.Usd is { } usd ? new Cost(usd, isCustom, one.IsEstimate) : null, cost);
    }

    [Theory]
    [InlineData("anthropic", "claude-haiku-4-5-20251001", "0.000619")] // (9×1 + 1200×0.1 + 320×1.25 + 18×5) / 1e6
    [InlineData("aws-bedrock", "anthropic.claude-haiku-4-5-20251001-v1:0", "0.000619")]
    public void Compute_BuiltInPrice_IsTheHandComputedAmount(string provider, string model, string usd)
    {
        var usage = Tokens(1529, 18) with { CacheRead = 1200, CacheWrite5m = 320, CacheReportedSeparately = true };

        var cost = CostCalculator.Compute(usage, PriceTable.BuiltIn.Find(provider, model, null), null, "standard");

        Assert.Equal(new Cost(decimal.Parse(usd, System.Globalization.CultureInfo.InvariantCulture), IsCustom: false, IsEstimate: false), cost);
    }

    [Fact]
    public void Compute_FlexAtGroq_CostsThePlainPrice()
    {
        var price = PriceTable.BuiltIn.Find("groq", "llama-3.3-70b-versatile", null);

        Assert.Equal(new Cost(0.00000059m, IsCustom: false, IsEstimate: false), CostCalculator.Compute(Tokens(1, 0), price, null, "flex"));
    }
}
