using GatewayActors.Providers.Usage;

namespace GatewayActors.Providers.Pricing;

/// <summary>The list price of one model. All token prices in US dollars per million tokens; null where not listed.</summary>
public sealed record ModelPrice
{
    public decimal? Input { get; init; }
    public decimal? Output { get; init; }
    public decimal? CachedInput { get; init; }
    public decimal? CacheWrite { get; init; }
    public decimal? CacheWrite1h { get; init; }
    public decimal? AudioInput { get; init; }
    public decimal? AudioOutput { get; init; }

    /// <summary>For image tokens of the input; null: like any other.</summary>
    public decimal? ImageInput { get; init; }

    /// <summary>For reasoning tokens of the output; null: like any other.</summary>
    public decimal? Reasoning { get; init; }

    /// <summary>Above this many input tokens the tier prices hold for the whole request.</summary>
    public long? TierAboveInputTokens { get; init; }
    public decimal? TierInput { get; init; }
    public decimal? TierOutput { get; init; }

    /// <summary>What is priced by the piece, and its price in US dollars each.</summary>
    public string? Unit { get; init; }
    public decimal? UnitUsd { get; init; }

    /// <summary>How many tokens a request and its answer may have together; null if not listed.</summary>
    public long? ContextWindow { get; init; }

    /// <summary>How the model is used, in a word of the price file's column <c>mode</c>; null if it does not say.</summary>
    public string? Mode { get; init; }

    /// <summary>When the price was read at its source.</summary>
    public DateOnly SourceDate { get; init; }

    /// <summary>What the prices are multiplied by for the tier <c>flex</c>. Default: half; Groq sells it at the plain price.</summary>
    public decimal FlexFactor { get; init; } = 0.5m;

    /// <summary>Whether this is the price of a model like the one asked for (the base of a tuned model, the same model elsewhere).</summary>
    public bool IsApproximate { get; init; }
}

/// <summary>Finds prices. Immutable; thread-safe.</summary>
public interface IPriceTable
{
    /// <summary>The price of a model of a provider, by the look-up order of the documentation; null if it is not listed.</summary>
    /// <param name="provider">The provider's slug.</param>
    /// <param name="answeredModel">The model the response names; looked up first.</param>
    /// <param name="requestedModel">The model the request names.</param>
    ModelPrice? Find(string provider, string? answeredModel, string? requestedModel);

    /// <summary>All models that are listed, in no order.</summary>
    IEnumerable<(string Provider, string Model, ModelPrice Price)> Models { get; }
}

/// <summary>A price that the caller sets for one request, in US dollars per token; null where not given.</summary>
public sealed partial record CustomCost
{
    public decimal? PerTokenIn { get; init; }
    public decimal? PerTokenOut { get; init; }
    public decimal? PerCacheReadToken { get; init; }
    public decimal? PerCacheWriteToken { get; init; }
}

/// <summary>The cost of one exchange.</summary>
/// <param name="Usd">US dollars.</param>
/// <param name="IsCustom">Whether the caller set the price.</param>
/// <param name="IsEstimate">Whether something was assumed, such as a tier factor.</param>
public readonly record struct Cost(decimal Usd, bool IsCustom, bool IsEstimate);
