using System.Collections.Concurrent;
using GatewayActors.Abstractions.Audit;

namespace GatewayActors.Front.Tests.Management;

/// <summary>The real store, which cannot add entries of the accounts that a test names.</summary>
internal sealed class BreakableAuditStore(IAuditStore store) : IAuditStore
{
    public ConcurrentDictionary<string, bool> Broken { get; } = [];

    public Task InitializeAsync(CancellationToken cancellationToken = default) => store.InitializeAsync(cancellationToken);

    public Task AddAsync(AuditEntry entry, CancellationToken cancellationToken = default) =>
        Broken.ContainsKey(entry.AccountId) ? Task.FromException(new IOException("secret: disk full")) : store.AddAsync(entry, cancellationToken);

    public Task<AuditPage> ListAsync(AuditQuery query, CancellationToken cancellationToken = default) => store.ListAsync(query, cancellationToken);

    public Task<int> DeleteAsync(DateTimeOffset before, CancellationToken cancellationToken = default) => store.DeleteAsync(before, cancellationToken);
}
