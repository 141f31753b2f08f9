using GatewayActors.Abstractions;
using GatewayActors.Abstractions.CustomDomains;

namespace GatewayActors.Grains.CustomDomains;

[GrainType("gateway.custom-domains")]
internal sealed class CustomDomainsGrain([PersistentState("custom-domains")] IPersistentState<CustomDomainsState> stored, TimeProvider timeProvider)
    : Grain, ICustomDomainsGrain
{
    // Swapped whole after a write, so a look that interleaves with the write sees the domains before or after it.
    private CustomDomainSnapshot _active = Snapshot(new());

    private IReadOnlyList<CustomDomain> Domains => stored.State.Domains;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _active = Snapshot(stored.State);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<CustomDomain>> ListAsync(string accountId, string gatewayId, CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<CustomDomain>>([.. Domains.Where(domain => domain.AccountId == accountId && domain.GatewayId == gatewayId)]);

    public Task<IReadOnlyList<CustomDomain>> ListPendingAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<CustomDomain>>([.. Domains.Where(domain => !domain.IsActive)]);

    public ValueTask<CustomDomainSnapshot?> FindActiveAsync(long seenRevision, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(_active.Revision == seenRevision ? null : _active);

    public async Task<CustomDomainChange> CreateAsync(CustomDomain domain, int maxPerGateway, CancellationToken cancellationToken = default)
    {
        if (Domains.Any(other => other.Hostname == domain.Hostname && (other.IsActive || other.AccountId == domain.AccountId)))
        {
            return Refuse(CustomDomainOutcome.Taken);
        }

        if (Domains.Count(other => other.AccountId == domain.AccountId && other.GatewayId == domain.GatewayId) >= maxPerGateway)
        {
            return Refuse(CustomDomainOutcome.TooMany);
        }

        var now = timeProvider.GetUtcNow();
        var created = domain with { CreatedAt = now, ModifiedAt = now };
        await StoreAsync([created, .. Domains]);
        return Done(created);
    }

    public async Task<CustomDomainChange> ActivateAsync(string accountId, string gatewayId, string hostname, CancellationToken cancellationToken = default)
    {
        if (Find(accountId, gatewayId, hostname) is not { } domain)
        {
            return Refuse(CustomDomainOutcome.NotFound);
        }

        if (domain.IsActive)
        {
            return Done(domain);
        }

        if (Domains.Any(other => other.IsActive && other.Hostname == hostname))
        {
            return Refuse(CustomDomainOutcome.Taken);
        }

        var active = domain with { IsActive = true, ModifiedAt = timeProvider.GetUtcNow() };
        await StoreAsync([.. Domains.Select(other => other == domain ? active : other)]);
        return Done(active);
    }

    public async Task<CustomDomainChange> DeleteAsync(string accountId, string gatewayId, string hostname, CancellationToken cancellationToken = default)
    {
        if (Find(accountId, gatewayId, hostname) is not { } domain)
        {
            return Refuse(CustomDomainOutcome.NotFound);
        }

        await StoreAsync([.. Domains.Where(other => other != domain)]);
        return Done(domain);
    }

    public Task ClearAsync(string accountId, string? gatewayId, CancellationToken cancellationToken = default)
    {
        CustomDomain[] rest = [.. Domains.Where(domain => domain.AccountId != accountId || (gatewayId is not null && domain.GatewayId != gatewayId))];
        return rest.Length == Domains.Count ? Task.CompletedTask : StoreAsync(rest);
    }

    private CustomDomain? Find(string accountId, string gatewayId, string hostname) =>
        Domains.FirstOrDefault(domain => domain.Hostname == hostname && domain.AccountId == accountId && domain.GatewayId == gatewayId);

    private static CustomDomainChange Done(CustomDomain domain) => new() { Outcome = CustomDomainOutcome.Done, Domain = domain };

    private static CustomDomainChange Refuse(CustomDomainOutcome outcome) => new() { Outcome = outcome };

    private static CustomDomainSnapshot Snapshot(CustomDomainsState state) => new()
    {
        Revision = state.Revision,
        Gateways = state.Domains.Where(domain => domain.IsActive).ToDictionary(
            domain => domain.Hostname, domain => GrainKeys.Gateway(domain.AccountId, domain.GatewayId), StringComparer.Ordinal),
    };

    private async Task StoreAsync(IReadOnlyList<CustomDomain> domains)
    {
        var before = stored.State;
        await stored.ReplaceAsync(new() { Revision = before.Revision + 1, Domains = domains });

        _active = Snapshot(stored.State);
    }
}
