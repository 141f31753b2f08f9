using GatewayActors.Providers.Pricing;

namespace GatewayActors.Providers.Custom;

/// <summary>The prices of a rule as the admin API names them, in US dollars per token or piece.</summary>
public static class TokenRates
{
    /// <summary>The most that a token may cost: no count of tokens overflows.</summary>
    public const decimal MaxUsd = 1_000_000;

    private const decimal Million = 1_000_000;
    private const string Image = "image";

    /// <summary>The names that a rule may price.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "input_tokens", "input_text_tokens", "input_audio_tokens", "input_video_tokens", "input_cached_tokens", "input_cache_creation_tokens",
        "input_image_count", "input_image_tokens", "output_tokens", "output_reasoning_tokens", "output_image_count", "total_tokens",
    ];

    /// <summary>The price that a rule makes.</summary>
    /// <param name="costIn">Per input token; null if not stated.</param>
    /// <param name="costOut">Per output token; null if not stated.</param>
    /// <param name="named">By <see cref="Names"/>; they go before the plain ones.</param>
    public static ModelPrice Price(decimal? costIn, decimal? costOut, IReadOnlyDictionary<string, decimal> named)
    {
        ArgumentNullException.ThrowIfNull(named);
        var images = Rate("output_image_count");
        return new()
        {
            Input = Million * (Rate("input_text_tokens") ?? Rate("input_tokens") ?? costIn ?? Rate("total_tokens")),
            Output = Million * (Rate("output_tokens") ?? costOut ?? Rate("total_tokens")),
            CachedInput = Million * Rate("input_cached_tokens"),
            CacheWrite = Million * Rate("input_cache_creation_tokens"),
            AudioInput = Million * Rate("input_audio_tokens"),
            ImageInput = Million * Rate("input_image_tokens"),
            Reasoning = Million * Rate("output_reasoning_tokens"),
            Unit = images is null ? null : Image,
            UnitUsd = images,
            FlexFactor = 1, // The tenant's own price is what is paid, whatever tier the answer names.
        };

        decimal? Rate(string name) => named.TryGetValue(name, out var rate) ? rate : null;
    }
}
