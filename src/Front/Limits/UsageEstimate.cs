using GatewayActors.Front.Pipeline;
using GatewayActors.Providers.Pricing;
using GatewayActors.Providers.Requests;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Front.Limits;

/// <summary>What an exchange may use, guessed from its request before any upstream is called.</summary>
/// <param name="InputTokens">By the length of the body.</param>
/// <param name="OutputTokens">The most that the body asks for, or <see cref="DefaultOutputTokens"/>.</param>
internal readonly record struct UsageEstimate(long InputTokens, long OutputTokens)
{
    /// <summary>Output of a text model where the request sets no bound.</summary>
    public const long DefaultOutputTokens = 1_000;

    /// <summary>Input is not guessed higher: what a longer body holds is images or files, which are no text.</summary>
    public const long MostInputTokens = 100_000;

    private const int BytesPerToken = 4; // English text; JSON around it makes the guess a little high.

    /// <summary>Input and output together.</summary>
    public long Tokens => InputTokens + OutputTokens;

    public static UsageEstimate Of(Step step)
    {
        if (step.ContentType is { } type && !BodyCapture.IsTextual(type))
        {
            return default; // Audio, images, forms: what they use cannot be told from their length.
        }

        var length = Math.Max(step.Body.Length, step.SendsClientRequest ? step.Exchange.Http.Request.ContentLength ?? 0 : 0);
        var isText = step.Route.ModelType is null or "text-generation";
        return new(
            Math.Min((length + BytesPerToken - 1) / BytesPerToken, MostInputTokens),
            isText ? RequestedOutput.Find(step.Body.Head) ?? DefaultOutputTokens : 0);
    }

    /// <summary>What that would cost in US dollars; 0 where the price is not known.</summary>
    public decimal Cost(ModelPrice? price, CustomCost? custom)
    {
        var usage = new TokenUsage { InputTotal = InputTokens, OutputTotal = OutputTokens, Source = UsageSource.Estimated };
        return (Tokens > 0 ? CostCalculator.Compute(usage, price, custom, serviceTier: null)?.Usd : null) ?? price?.UnitUsd ?? 0;
    }
}
