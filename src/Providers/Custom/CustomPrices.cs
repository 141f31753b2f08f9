using GatewayActors.Providers.Pricing;

namespace GatewayActors.Providers.Custom;

/// <summary>How a tenant's rule compares models; the stronger wins.</summary>
public enum ModelComparison
{
    /// <summary>The model's name contains the rule's.</summary>
    Contains = 1,

    /// <summary>The model's name starts with the rule's.</summary>
    StartsWith = 2,

    /// <summary>The names are the same.</summary>
    Equals = 3,
}

/// <summary>What some models of one custom provider cost.</summary>
/// <param name="Model">The name to compare with, without regard to case.</param>
/// <param name="Comparison">How.</param>
/// <param name="Price">The price.</param>
public sealed record CustomPrice(string Model, ModelComparison Comparison, ModelPrice Price);

/// <summary>The prices of one custom provider, by rules. Immutable; thread-safe.</summary>
/// <param name="provider">The provider's name.</param>
/// <param name="rules">The rules.</param>
public sealed class CustomPrices(string provider, IEnumerable<CustomPrice> rules) : IPriceTable
{
    // The first that fits is the best: the strongest comparison, then the longest name, then a fixed order.
    private readonly CustomPrice[] _rules =
    [
        .. rules.OrderByDescending(rule => rule.Comparison).ThenByDescending(rule => rule.Model.Length).ThenBy(rule => rule.Model, StringComparer.Ordinal),
    ];

    /// <summary>The models that a rule names in full.</summary>
    public IEnumerable<(string Provider, string Model, ModelPrice Price)> Models =>
        _rules.Where(rule => rule.Comparison == ModelComparison.Equals).Select(rule => (provider, rule.Model, rule.Price));

    /// <summary>The price of a model by the strongest rule that fits; null if none does.</summary>
    /// <param name="provider">Not looked at: it is the one whose rules these are.</param>
    /// <param name="answeredModel">The model the response names; looked up first.</param>
    /// <param name="requestedModel">The model the request names.</param>
    ModelPrice? IPriceTable.Find(string provider, string? answeredModel, string? requestedModel) =>
        Find(answeredModel) ?? Find(requestedModel);

    private ModelPrice? Find(string? model)
    {
        if (string.IsNullOrEmpty(model))
        {
            return null;
        }

        foreach (var rule in _rules)
        {
            if (Fits(rule, model))
            {
                return rule.Price;
            }
        }

        return null;
    }

    private static bool Fits(CustomPrice rule, string model) => rule.Comparison switch
    {
        ModelComparison.Equals => model.Equals(rule.Model, StringComparison.OrdinalIgnoreCase),
        ModelComparison.StartsWith => model.StartsWith(rule.Model, StringComparison.OrdinalIgnoreCase),
        ModelComparison.Contains => model.Contains(rule.Model, StringComparison.OrdinalIgnoreCase),
    };
}
