using GatewayActors.Providers.Usage;

namespace GatewayActors.Providers.Pricing;

/// <summary>Turns usage into money, in decimals only.</summary>
/// <remarks>
/// A custom cost wins over the provider's own charge, that over the price list. What is not known is null, never zero. An answer from
/// the cache costs nothing and is not asked for here.
/// </remarks>
public static class CostCalculator
{
    private const decimal Million = 1_000_000;
    private const decimal SecondsPerMinute = 60;

    /// <summary>The cost of one exchange; null if it cannot be known.</summary>
    /// <param name="usage">What was used.</param>
    /// <param name="price">The model's list price, or null.</param>
    /// <param name="custom">The caller's own price, or null.</param>
    /// <param name="serviceTier">The tier that served, or null.</param>
    public static Cost? Compute(TokenUsage usage, ModelPrice? price, CustomCost? custom, string? serviceTier)
    {
        ArgumentNullException.ThrowIfNull(usage);
        if (custom is not null && (usage.InputTotal ?? usage.OutputTotal) is not null)
        {
            return new(Custom(usage, price, custom), IsCustom: true, IsEstimate: usage.Source == UsageSource.Estimated);
        }

        if (usage.ReportedCostUsd is { } reported)
        {
            return new(reported, IsCustom: false, IsEstimate: false);
        }

        return price is null ? null : Listed(usage, price, serviceTier);
    }

    private static Cost? Listed(TokenUsage usage, ModelPrice price, string? serviceTier)
    {
        var isEstimate = price.IsApproximate || usage.Source == UsageSource.Estimated;
        var tokens = Tokens(usage, price, ref isEstimate);
        // Embeddings count one text in tokens and in characters, and lists price both: it is charged once.
        var units = tokens is not null && usage.UnitKind == UnitKinds.Character ? null : Units(usage, price);
        if ((tokens ?? units) is null)
        {
            return null;
        }

        var factor = 1m;
        switch (serviceTier)
        {
            case "flex":
                factor = price.FlexFactor;
                isEstimate |= factor != 1;
                break;
            case "batch":
                factor = 0.5m;
                isEstimate = true;
                break;
            case "priority" or "ultrafast":
                isEstimate = true; // dearer, and no list says by how much
                break;
        }

        return new(factor * ((tokens ?? 0) + (units ?? 0)), IsCustom: false, isEstimate);
    }

    private static decimal? Tokens(TokenUsage usage, ModelPrice price, ref bool isEstimate)
    {
        if ((usage.InputTotal ?? usage.OutputTotal) is null || (price.Input ?? price.Output) is null)
        {
            return null;
        }

        var (input, output) = (usage.InputTotal ?? 0, usage.OutputTotal ?? 0);
        // One side without a price or a count: the other side is charged, and the sum is a lower bound.
        isEstimate |= (price.Input is null && input > 0) || (price.Output is null && output > 0) || usage.InputTotal is null || usage.OutputTotal is null;

        var isTiered = input > price.TierAboveInputTokens;
        var inputRate = (isTiered ? price.TierInput : null) ?? price.Input ?? 0;
        var outputRate = (isTiered ? price.TierOutput : null) ?? price.Output ?? 0;
        var cacheFactor = isTiered && price.Input > 0 ? inputRate / price.Input.Value : 1;
        var readRate = price.CachedInput * cacheFactor ?? inputRate;
        var writeRate = price.CacheWrite * cacheFactor ?? inputRate;
        var hourRate = price.CacheWrite1h * cacheFactor ?? writeRate;
        var (audioInRate, audioOutRate) = (price.AudioInput ?? inputRate, price.AudioOutput ?? outputRate);

        // Parts may overlap in the provider's report (cached audio): nothing is charged below zero.
        var fresh = Math.Max(0, input - usage.CacheRead - usage.CacheWrite5m - usage.CacheWrite1h);
        var audioIn = Math.Min(usage.AudioIn, fresh);
        var imageIn = Math.Min(usage.ImageIn, fresh - audioIn);
        var audioOut = Math.Min(usage.AudioOut, output);
        var reasoning = Math.Min(usage.Reasoning ?? 0, output - audioOut);
        return (((fresh - audioIn - imageIn) * inputRate)
            + (audioIn * audioInRate)
            + (imageIn * (price.ImageInput ?? inputRate))
            + (usage.CacheRead * readRate)
            + (usage.CacheWrite5m * writeRate)
            + (usage.CacheWrite1h * hourRate)
            + ((output - audioOut - reasoning) * outputRate)
            + (reasoning * (price.Reasoning ?? outputRate))
            + (audioOut * audioOutRate)) / Million;
    }

    private static decimal? Units(TokenUsage usage, ModelPrice price)
    {
        if (usage.Units is not { } units || price is not { Unit: { } unit, UnitUsd: { } each })
        {
            return null;
        }

        return (usage.UnitKind, unit) switch
        {
            (UnitKinds.Second, "audio_second" or "output_second" or "video_second" or "second") => units * each,
            (UnitKinds.Second, "audio_minute" or "minute") => units / SecondsPerMinute * each,
            (UnitKinds.Unit, _) => units * each,
            var (kind, _) when kind == unit => units * each,
            _ => null,
        };
    }

    private static decimal Custom(TokenUsage usage, ModelPrice? price, CustomCost custom)
    {
        var (input, output) = (usage.InputTotal ?? 0, usage.OutputTotal ?? 0);
        var (read, written) = (usage.CacheRead, usage.CacheWrite5m + usage.CacheWrite1h);
        var inputRate = custom.PerTokenIn ?? price?.Input / Million ?? 0;
        var cost = output * (custom.PerTokenOut ?? price?.Output / Million ?? 0);
        if ((custom.PerCacheReadToken ?? custom.PerCacheWriteToken) is null)
        {
            // Cache counts are ignored: the provider's plain input count is charged, with or without them in it.
            return cost + ((usage.CacheReportedSeparately ? Math.Max(0, input - read - written) : input) * inputRate);
        }

        return cost
            + (Math.Max(0, input - read - written) * inputRate)
            + (read * (custom.PerCacheReadToken ?? inputRate))
            + (written * (custom.PerCacheWriteToken ?? inputRate));
    }
}
