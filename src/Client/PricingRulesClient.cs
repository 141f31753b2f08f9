using System.Text.Json;
using System.Text.Json.Serialization;

namespace GatewayActors.Client;

/// <summary>What models of an account's own providers cost.</summary>
public sealed class PricingRulesClient
{
    private const int PerPage = 50;
    private readonly GatewayTransport _transport;
    private readonly string _root;

    internal PricingRulesClient(GatewayTransport transport, string root) => (_transport, _root) = (transport, root + "/costs");

    /// <summary>All rules, page by page.</summary>
    /// <param name="providerId">The provider whose rules are wanted; null for all.</param>
    /// <param name="cancellationToken">Cancels the request for the next page.</param>
    public IAsyncEnumerable<PricingRule> ListAsync(string? providerId = null, CancellationToken cancellationToken = default) => _transport.ListAsync(
        providerId is null ? _root : $"{_root}?account_provider_id={Uri.EscapeDataString(providerId)}", ClientJson.Default.EnvelopeIReadOnlyListPricingRule, PerPage, cancellationToken);

    /// <summary>One rule.</summary>
    /// <exception cref="AiGatewayException">There is no such rule, or the call is refused.</exception>
    public Task<PricingRule> GetAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.SendAsync(HttpMethod.Get, Target(id), null, ClientJson.Default.EnvelopePricingRule, cancellationToken);

    /// <summary>Makes a rule. <see cref="PricingRuleDefinition.AccountProviderId"/> and <see cref="PricingRuleDefinition.Model"/> are needed.</summary>
    /// <exception cref="AiGatewayException">The definition is wrong, or the call is refused.</exception>
    public Task<PricingRule> CreateAsync(PricingRuleDefinition definition, CancellationToken cancellationToken = default) =>
        _transport.SendAsync(HttpMethod.Post, _root, GatewayTransport.Json(definition, ClientJson.Default.PricingRuleDefinition), ClientJson.Default.EnvelopePricingRule, cancellationToken);

    /// <summary>Changes a rule; what is null stays.</summary>
    /// <exception cref="AiGatewayException">The definition is wrong, there is no such rule, or the call is refused.</exception>
    public Task<PricingRule> UpdateAsync(string id, PricingRuleDefinition definition, CancellationToken cancellationToken = default) =>
        _transport.SendAsync(HttpMethod.Patch, Target(id), GatewayTransport.Json(definition, ClientJson.Default.PricingRuleDefinition), ClientJson.Default.EnvelopePricingRule, cancellationToken);

    /// <summary>Deletes a rule.</summary>
    /// <exception cref="AiGatewayException">There is no such rule, or the call is refused.</exception>
    public Task DeleteAsync(string id, CancellationToken cancellationToken = default) => _transport.SendAsync(HttpMethod.Delete, Target(id), null, cancellationToken);

    private string Target(string id) => $"{_root}/{Uri.EscapeDataString(id)}";
}

/// <summary>What models are to cost; where a rule is changed, null leaves what it is.</summary>
public sealed record PricingRuleDefinition
{
    /// <summary>The id of the provider.</summary>
    public string? AccountProviderId { get; init; }

    /// <summary>The model, or a part of its name.</summary>
    public string? Model { get; init; }

    /// <summary>How it is compared: <c>equals</c>, <c>starts-with</c> or <c>contains</c>; null for equals.</summary>
    public string? ModelRule { get; init; }

    /// <summary>A token of the prompt, in USD.</summary>
    public decimal? CostIn { get; init; }

    /// <summary>A token of the answer, in USD.</summary>
    public decimal? CostOut { get; init; }

    /// <summary>Other kinds of tokens, in USD, by the names of the API.</summary>
    public IReadOnlyDictionary<string, decimal>? TokenPricing { get; init; }

    /// <summary>Whether it counts.</summary>
    public bool? Enable { get; init; }
}

/// <summary>A rule.</summary>
public sealed record PricingRule
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>The id of the provider.</summary>
    public required string AccountProviderId { get; init; }

    /// <summary>The model, or a part of its name.</summary>
    public required string Model { get; init; }

    /// <summary>How it is compared.</summary>
    public string? ModelRule { get; init; }

    /// <summary>A token of the prompt, in USD; null for no price.</summary>
    public decimal? CostIn { get; init; }

    /// <summary>A token of the answer, in USD; null for no price.</summary>
    public decimal? CostOut { get; init; }

    /// <summary>Whether it counts.</summary>
    public bool Enable { get; init; }

    /// <summary>Everything else, by the names of the API.</summary>
    [JsonExtensionData] public IDictionary<string, JsonElement>? Others { get; set; }
}
