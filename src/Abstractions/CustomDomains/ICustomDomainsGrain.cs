using Orleans.Concurrency;

namespace GatewayActors.Abstractions.CustomDomains;

/// <summary>Owns the custom domains of all accounts: only one place can say that a hostname is active once. For the admin API and the fronts' refresh, never on the way of a request.</summary>
/// <remarks>
/// Key: <see cref="GrainKeys.CustomDomains"/>. What a write method has returned is stored. Several accounts may claim a hostname; it becomes
/// active for one of them.
/// </remarks>
[GrainInterfaceType("gateway.custom-domains"), Alias("gateway.custom-domains")]
public interface ICustomDomainsGrain : IGrainWithStringKey
{
    /// <summary>The domains of a gateway, newest first.</summary>
    [ReadOnly, Alias("list")]
    Task<IReadOnlyList<CustomDomain>> ListAsync(string accountId, string gatewayId, CancellationToken cancellationToken = default);

    /// <summary>The domains of all accounts that are still to be verified.</summary>
    [ReadOnly, Alias("list-pending")]
    Task<IReadOnlyList<CustomDomain>> ListPendingAsync(CancellationToken cancellationToken = default);

    /// <summary>The active domains; null if they are as the caller has seen them. Interleaves: one synchronous look.</summary>
    /// <param name="seenRevision">The <see cref="CustomDomainSnapshot.Revision"/> that the caller holds; -1 for none.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    [AlwaysInterleave, Alias("find-active")]
    ValueTask<CustomDomainSnapshot?> FindActiveAsync(long seenRevision, CancellationToken cancellationToken = default);

    /// <summary>Adds a domain.</summary>
    /// <param name="domain">The domain; its times are set here.</param>
    /// <param name="maxPerGateway">Most domains that its gateway may have.</param>
    /// <param name="cancellationToken">Cancels the call while it is queued.</param>
    [Alias("create")]
    Task<CustomDomainChange> CreateAsync(CustomDomain domain, int maxPerGateway, CancellationToken cancellationToken = default);

    /// <summary>Makes a domain active, because its owner has proved to be that.</summary>
    [Alias("activate")]
    Task<CustomDomainChange> ActivateAsync(string accountId, string gatewayId, string hostname, CancellationToken cancellationToken = default);

    /// <summary>Deletes a domain.</summary>
    [Alias("delete")]
    Task<CustomDomainChange> DeleteAsync(string accountId, string gatewayId, string hostname, CancellationToken cancellationToken = default);

    /// <summary>Deletes all domains of an account, or of one gateway of it, because that is gone.</summary>
    [Alias("clear")]
    Task ClearAsync(string accountId, string? gatewayId, CancellationToken cancellationToken = default);
}
