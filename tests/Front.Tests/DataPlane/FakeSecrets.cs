using System.Collections.Concurrent;
using GatewayActors.Abstractions.Secrets;

namespace GatewayActors.Front.Tests.DataPlane;

/// <summary>The secrets of an account, as far as exchanges ask for them.</summary>
internal sealed class FakeSecrets : ISecretsStoreGrain
{
    private UsableSecrets _usable = new() { Version = 0, Secrets = [] };

    public long Version => _usable.Version;

    /// <summary>The versions that callers said they held.</summary>
    public ConcurrentQueue<long> SeenVersions { get; } = [];

    /// <summary>What goes wrong with the next calls.</summary>
    public ConcurrentQueue<Exception> Failures { get; } = [];

    /// <summary>Replaces all secrets.</summary>
    public void Set(params UsableSecret[] secrets) => _usable = new() { Version = _usable.Version + 1, Secrets = secrets };

    public ValueTask<long> GetVersionAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult(_usable.Version);

    public ValueTask<UsableSecrets?> GetUsableAsync(long seenVersion, CancellationToken cancellationToken = default)
    {
        SeenVersions.Enqueue(seenVersion);
        return Failures.TryDequeue(out var failure)
            ? ValueTask.FromException<UsableSecrets?>(failure)
            : ValueTask.FromResult(seenVersion == _usable.Version ? null : _usable);
    }

    public Task<SecretsContents> GetAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<SecretsChange> CreateStoreAsync(string name, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<SecretsChange> DeleteStoreAsync(string storeId, bool force, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<SecretsChange> CreateAsync(string storeId, IReadOnlyList<SecretDraft> drafts, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<SecretsChange> UpdateAsync(string storeId, string secretId, SecretPatch patch, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<SecretsChange> DeleteAsync(string storeId, IReadOnlyList<string> secretIds, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<SecretsChange> DuplicateAsync(
        string storeId, string secretId, string name, IReadOnlyList<string> scopes, string? comment, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<SecretsChange> PutKeyAsync(string? storeId, SecretDraft draft, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task ClearAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
