using System.Collections.Concurrent;
using GatewayActors.Abstractions.CustomProviders;

namespace GatewayActors.Front.Tests.DataPlane;

/// <summary>An account's own providers, as far as exchanges ask for them.</summary>
internal sealed class FakeCustomProviders : ICustomProvidersGrain
{
    private CustomProviderRoutes _routes = new() { Version = 0, Providers = [] };

    /// <summary>The versions that callers said they held.</summary>
    public ConcurrentQueue<long> SeenVersions { get; } = [];

    /// <summary>What goes wrong with the next calls.</summary>
    public ConcurrentQueue<Exception> Failures { get; } = [];

    /// <summary>Replaces all providers; each is changed.</summary>
    public void Set(params CustomProviderRoute[] providers)
    {
        var version = _routes.Version + 1;
        _routes = new() { Version = version, Providers = [.. providers.Select(provider => provider with { Version = version })] };
    }

    public static CustomProviderRoute Provider(string slug, string baseUrl, bool isEnabled = true, string? headers = null, params PricingRuleDefinition[] rules) => new()
    {
        Id = Guid.CreateVersion7(),
        Version = 0,
        Slug = slug,
        BaseUrl = baseUrl,
        IsEnabled = isEnabled,
        Headers = headers,
        Rules = rules,
    };

    public ValueTask<CustomProviderRoutes?> GetRoutesAsync(long seenVersion, CancellationToken cancellationToken = default)
    {
        SeenVersions.Enqueue(seenVersion);
        return Failures.TryDequeue(out var failure)
            ? ValueTask.FromException<CustomProviderRoutes?>(failure)
            : ValueTask.FromResult(seenVersion == _routes.Version ? null : _routes);
    }

    public Task<IReadOnlyList<CustomProviderRecord>> ListAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<CustomProviderChange> CreateAsync(CustomProviderDefinition definition, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<CustomProviderChange> UpdateAsync(Guid id, CustomProviderDefinition definition, long basedOn, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public Task<CustomProviderChange> DeleteAsync(Guid id, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<IReadOnlyList<PricingRuleRecord>> ListRulesAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<PricingRuleChange> CreateRuleAsync(PricingRuleDefinition definition, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<PricingRuleChange> UpdateRuleAsync(Guid id, PricingRuleDefinition definition, long basedOn, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public Task<PricingRuleChange> DeleteRuleAsync(Guid id, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task ClearAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
