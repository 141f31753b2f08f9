using Orleans.Concurrency;

namespace GatewayActors.Abstractions.CustomProviders;

/// <summary>Owns the providers that an account has added itself, with the prices of their models.</summary>
/// <remarks>Key: <see cref="GrainKeys.CustomProviders"/>. What a write method has returned is stored.</remarks>
[GrainInterfaceType("gateway.custom-providers"), Alias("gateway.custom-providers")]
public interface ICustomProvidersGrain : IGrainWithStringKey
{
    /// <summary>
    /// What exchanges need to know of all providers, if it is not what the caller holds; null if it is. An exchange asks with the version
    /// that its front holds, so a change holds for every exchange that asks after the change was answered, on every front.
    /// </summary>
    /// <param name="seenVersion">The version that the caller holds; 0 for none, which is the version of an account that never had one.</param>
    /// <param name="cancellationToken">Cancels the call while it is queued.</param>
    /// <remarks>Interleaves: one synchronous look at what is stored.</remarks>
    [AlwaysInterleave, Alias("get-routes")]
    ValueTask<CustomProviderRoutes?> GetRoutesAsync(long seenVersion, CancellationToken cancellationToken = default);

    /// <summary>All providers, oldest first.</summary>
    [ReadOnly, Alias("list")]
    Task<IReadOnlyList<CustomProviderRecord>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>Adds a provider.</summary>
    [Alias("create")]
    Task<CustomProviderChange> CreateAsync(CustomProviderDefinition definition, CancellationToken cancellationToken = default);

    /// <summary>Replaces what a provider is, unless it has changed since the caller read it.</summary>
    /// <param name="id">The provider.</param>
    /// <param name="definition">What it becomes.</param>
    /// <param name="basedOn">The <see cref="CustomProviderRecord.Version"/> that the caller has read.</param>
    /// <param name="cancellationToken">Cancels the call while it is queued.</param>
    [Alias("update")]
    Task<CustomProviderChange> UpdateAsync(Guid id, CustomProviderDefinition definition, long basedOn, CancellationToken cancellationToken = default);

    /// <summary>Deletes a provider with its pricing rules; the record of the change is what it was.</summary>
    [Alias("delete")]
    Task<CustomProviderChange> DeleteAsync(Guid id, CancellationToken cancellationToken = default);

    /// <summary>All pricing rules, oldest first.</summary>
    [ReadOnly, Alias("list-rules")]
    Task<IReadOnlyList<PricingRuleRecord>> ListRulesAsync(CancellationToken cancellationToken = default);

    /// <summary>Adds a pricing rule.</summary>
    [Alias("create-rule")]
    Task<PricingRuleChange> CreateRuleAsync(PricingRuleDefinition definition, CancellationToken cancellationToken = default);

    /// <summary>Replaces a pricing rule, unless it has changed since the caller read it.</summary>
    [Alias("update-rule")]
    Task<PricingRuleChange> UpdateRuleAsync(Guid id, PricingRuleDefinition definition, long basedOn, CancellationToken cancellationToken = default);

    /// <summary>Deletes a pricing rule; the record of the change is what it was.</summary>
    [Alias("delete-rule")]
    Task<PricingRuleChange> DeleteRuleAsync(Guid id, CancellationToken cancellationToken = default);

    /// <summary>Deletes everything, because the account is deleted.</summary>
    [Alias("clear")]
    Task ClearAsync(CancellationToken cancellationToken = default);
}

/// <summary>The result of a change to a provider.</summary>
[GenerateSerializer, Immutable, Alias("gateway.custom-providers.change")]
public sealed record CustomProviderChange
{
    /// <summary>What happened.</summary>
    [Id(0)] public required CustomProviderOutcome Outcome { get; init; }

    /// <summary>The provider after the change (before it, for a deletion); null unless <see cref="Outcome"/> is Done.</summary>
    [Id(1)] public CustomProviderRecord? Provider { get; init; }
}

/// <summary>The result of a change to a pricing rule.</summary>
[GenerateSerializer, Immutable, Alias("gateway.custom-providers.rule-change")]
public sealed record PricingRuleChange
{
    /// <summary>What happened.</summary>
    [Id(0)] public required CustomProviderOutcome Outcome { get; init; }

    /// <summary>The rule after the change (before it, for a deletion); null unless <see cref="Outcome"/> is Done.</summary>
    [Id(1)] public PricingRuleRecord? Rule { get; init; }
}

/// <summary>The outcomes of a change.</summary>
public enum CustomProviderOutcome
{
    /// <summary>Stored.</summary>
    Done,

    /// <summary>There is no such provider or rule.</summary>
    NotFound,

    /// <summary>Another provider of the account has the slug, or another rule of the provider the same model and way to compare.</summary>
    AlreadyExists,

    /// <summary>It has changed since it was read: read it again.</summary>
    Outdated,

    /// <summary>The provider that the rule names does not exist.</summary>
    ProviderNotFound,

    /// <summary>The account does not exist.</summary>
    AccountNotFound,

    /// <summary>The account has as many as it may have.</summary>
    TooMany,
}
