using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.CustomProviders;

namespace GatewayActors.Grains.CustomProviders;

[GrainType("gateway.custom-providers")]
internal sealed class CustomProvidersGrain(
    [PersistentState("custom-providers")] IPersistentState<CustomProvidersState> stored,
    TimeProvider timeProvider) : Grain, ICustomProvidersGrain
{
    /// <summary>Most providers of an account: all of them are stored and read together.</summary>
    public const int MaxProviders = 100;

    /// <summary>Most pricing rules of an account.</summary>
    public const int MaxRules = 1_000;

    // What exchanges are told: swapped whole after the state has been written, so a call that interleaves with a write sees the providers
    // before or after it.
    private CustomProviderRoutes _routes = new() { Version = 0, Providers = [] };

    private CustomProvidersState State => stored.State;

    private long NextVersion => State.Version + 1;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _routes = RoutesOf(State);
        return Task.CompletedTask;
    }

    public ValueTask<CustomProviderRoutes?> GetRoutesAsync(long seenVersion, CancellationToken cancellationToken = default)
    {
        LeaveIfNothing();
        return ValueTask.FromResult(seenVersion == _routes.Version ? null : _routes);
    }

    public Task<IReadOnlyList<CustomProviderRecord>> ListAsync(CancellationToken cancellationToken = default)
    {
        LeaveIfNothing();
        return Task.FromResult(State.Providers);
    }

    public async Task<CustomProviderChange> CreateAsync(CustomProviderDefinition definition, CancellationToken cancellationToken = default)
    {
        if (!await GrainFactory.GetGrain<IAccountGrain>(GrainKeys.Account(this.GetPrimaryKeyString())).ExistsAsync(cancellationToken))
        {
            LeaveIfNothing();
            return new() { Outcome = CustomProviderOutcome.AccountNotFound };
        }

        if (HasSlug(definition.Slug, except: null))
        {
            return new() { Outcome = CustomProviderOutcome.AlreadyExists };
        }

        if (State.Providers.Count >= MaxProviders)
        {
            return new() { Outcome = CustomProviderOutcome.TooMany };
        }

        var now = timeProvider.GetUtcNow();
        var provider = new CustomProviderRecord { Id = Guid.CreateVersion7(now), Version = NextVersion, Definition = definition, CreatedAt = now, ModifiedAt = now };
        await StoreAsync(State with { Providers = [.. State.Providers, provider] });
        return new() { Outcome = CustomProviderOutcome.Done, Provider = provider };
    }

    public async Task<CustomProviderChange> UpdateAsync(
        Guid id, CustomProviderDefinition definition, long basedOn, CancellationToken cancellationToken = default)
    {
        if (State.Providers.FirstOrDefault(provider => provider.Id == id) is not { } existing)
        {
            return new() { Outcome = CustomProviderOutcome.NotFound };
        }

        if (existing.Version != basedOn)
        {
            return new() { Outcome = CustomProviderOutcome.Outdated };
        }

        if (HasSlug(definition.Slug, except: id))
        {
            return new() { Outcome = CustomProviderOutcome.AlreadyExists };
        }

        var changed = existing with { Version = NextVersion, Definition = definition, ModifiedAt = timeProvider.GetUtcNow() };
        await StoreAsync(State with { Providers = [.. State.Providers.Select(provider => provider.Id == id ? changed : provider)] });
        return new() { Outcome = CustomProviderOutcome.Done, Provider = changed };
    }

    public async Task<CustomProviderChange> DeleteAsync(Guid id, CancellationToken cancellationToken = default)
    {
        if (State.Providers.FirstOrDefault(provider => provider.Id == id) is not { } existing)
        {
            LeaveIfNothing();
            return new() { Outcome = CustomProviderOutcome.NotFound };
        }

        await StoreAsync(State with
        {
            Providers = [.. State.Providers.Where(provider => provider.Id != id)],
            Rules = [.. State.Rules.Where(rule => rule.Definition.ProviderId != id)],
        });
        return new() { Outcome = CustomProviderOutcome.Done, Provider = existing };
    }

    public Task<IReadOnlyList<PricingRuleRecord>> ListRulesAsync(CancellationToken cancellationToken = default)
    {
        LeaveIfNothing();
        return Task.FromResult(State.Rules);
    }

    public async Task<PricingRuleChange> CreateRuleAsync(PricingRuleDefinition definition, CancellationToken cancellationToken = default)
    {
        if (Refusal(definition, except: null) is { } refusal)
        {
            LeaveIfNothing();
            return new() { Outcome = refusal };
        }

        if (State.Rules.Count >= MaxRules)
        {
            return new() { Outcome = CustomProviderOutcome.TooMany };
        }

        var now = timeProvider.GetUtcNow();
        var rule = new PricingRuleRecord { Id = Guid.CreateVersion7(now), Version = NextVersion, Definition = definition, CreatedAt = now, ModifiedAt = now };
        await StoreAsync(State with { Rules = [.. State.Rules, rule] });
        return new() { Outcome = CustomProviderOutcome.Done, Rule = rule };
    }

    public async Task<PricingRuleChange> UpdateRuleAsync(Guid id, PricingRuleDefinition definition, long basedOn, CancellationToken cancellationToken = default)
    {
        if (State.Rules.FirstOrDefault(rule => rule.Id == id) is not { } existing)
        {
            return new() { Outcome = CustomProviderOutcome.NotFound };
        }

        if (existing.Version != basedOn)
        {
            return new() { Outcome = CustomProviderOutcome.Outdated };
        }

        if (Refusal(definition, except: id) is { } refusal)
        {
            return new() { Outcome = refusal };
        }

        var changed = existing with { Version = NextVersion, Definition = definition, ModifiedAt = timeProvider.GetUtcNow() };
        await StoreAsync(State with { Rules = [.. State.Rules.Select(rule => rule.Id == id ? changed : rule)] });
        return new() { Outcome = CustomProviderOutcome.Done, Rule = changed };
    }

    public async Task<PricingRuleChange> DeleteRuleAsync(Guid id, CancellationToken cancellationToken = default)
    {
        if (State.Rules.FirstOrDefault(rule => rule.Id == id) is not { } existing)
        {
            LeaveIfNothing();
            return new() { Outcome = CustomProviderOutcome.NotFound };
        }

        await StoreAsync(State with { Rules = [.. State.Rules.Where(rule => rule.Id != id)] });
        return new() { Outcome = CustomProviderOutcome.Done, Rule = existing };
    }

    public async Task ClearAsync(CancellationToken cancellationToken = default)
    {
        if (State.Providers.Count > 0 || State.Rules.Count > 0)
        {
            await StoreAsync(State with { Providers = [], Rules = [] });
        }

        DeactivateOnIdle();
    }

    private bool HasSlug(string slug, Guid? except) =>
        State.Providers.Any(provider => provider.Id != except && string.Equals(provider.Definition.Slug, slug, StringComparison.OrdinalIgnoreCase));

    private CustomProviderOutcome? Refusal(PricingRuleDefinition definition, Guid? except) =>
        State.Providers.All(provider => provider.Id != definition.ProviderId) ? CustomProviderOutcome.ProviderNotFound
        : State.Rules.Any(rule => rule.Id != except && IsSame(rule.Definition, definition)) ? CustomProviderOutcome.AlreadyExists
        : null;

    private static bool IsSame(PricingRuleDefinition one, PricingRuleDefinition other) =>
        one.ProviderId == other.ProviderId && one.Match == other.Match && string.Equals(one.Model, other.Model, StringComparison.OrdinalIgnoreCase);

    /// <summary>Stores a change under the next version. The row stays with its version when nothing is left: fronts may still hold it.</summary>
    private async Task StoreAsync(CustomProvidersState state)
    {
        await stored.ReplaceAsync(state with { Version = NextVersion });

        _routes = RoutesOf(State);
    }

    private static CustomProviderRoutes RoutesOf(CustomProvidersState state)
    {
        var rules = state.Rules.Where(rule => rule.Definition.Enable).ToLookup(rule => rule.Definition.ProviderId, rule => rule.Definition);
        return new()
        {
            Version = state.Version,
            Providers =
            [
                .. state.Providers.Select(provider => new CustomProviderRoute
                {
                    Id = provider.Id,
                    Version = provider.Version,
                    Slug = provider.Definition.Slug,
                    BaseUrl = provider.Definition.BaseUrl,
                    IsEnabled = provider.Definition.Enable,
                    Headers = provider.Definition.Headers,
                    Rules = [.. rules[provider.Id]],
                }),
            ],
        };
    }

    // Anyone with a token can name providers that do not exist: such an activation need not stay.
    private void LeaveIfNothing()
    {
        if (State.Version == 0)
        {
            DeactivateOnIdle();
        }
    }
}
