using System.Collections.Concurrent;
using GatewayActors.Abstractions.Dlp;

namespace GatewayActors.Front.Tests.DataPlane;

/// <summary>The profiles of an account, as far as exchanges ask for them.</summary>
internal sealed class FakeDlpProfiles : IDlpProfilesGrain
{
    private DlpProfileSet _set = new() { Version = 0, Profiles = [], Predefined = [] };

    public long Version => _set.Version;

    /// <summary>The versions that callers said they held.</summary>
    public ConcurrentQueue<long> SeenVersions { get; } = [];

    /// <summary>What goes wrong with the next calls.</summary>
    public ConcurrentQueue<Exception> Failures { get; } = [];

    /// <summary>Replaces all profiles.</summary>
    public void Set(params DlpProfileRecord[] profiles) => _set = _set with { Version = _set.Version + 1, Profiles = profiles };

    public ValueTask<long> GetVersionAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult(_set.Version);

    public ValueTask<DlpProfileSet?> GetAsync(long seenVersion, CancellationToken cancellationToken = default)
    {
        SeenVersions.Enqueue(seenVersion);
        return Failures.TryDequeue(out var failure)
            ? ValueTask.FromException<DlpProfileSet?>(failure)
            : ValueTask.FromResult(seenVersion == _set.Version ? null : _set);
    }

    public Task<DlpProfileChange> CreateAsync(DlpProfileDefinition definition, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<DlpProfileChange> UpdateAsync(Guid id, DlpProfileDefinition definition, long basedOn, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<DlpProfileChange> DeleteAsync(Guid id, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<DlpProfileOutcome> SetPredefinedAsync(DlpPredefinedSettings settings, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<DlpProfileOutcome> ResetPredefinedAsync(Guid profileId, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task ClearAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
