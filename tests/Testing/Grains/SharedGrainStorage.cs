using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Providers;
using Orleans.Runtime;
using Orleans.Runtime.Hosting;
using Orleans.Serialization;
using Orleans.Serialization.Activators;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace GatewayActors.Testing.Grains;

/// <summary>
/// Grain state in this process: outlives every silo, checks ETags, goes through the real serializer, and fails when a test wants it to.
/// </summary>
public sealed class SharedGrainStorage
{
    private readonly ConcurrentDictionary<(string State, GrainId Grain), Row> _rows = new();
    private readonly ConcurrentDictionary<GrainId, int> _reads = new();
    private readonly ConcurrentDictionary<GrainId, Func<Exception?>> _beforeWrite = new();
    private readonly ConcurrentDictionary<GrainId, Func<Exception?>> _beforeRead = new();
    private readonly ConcurrentDictionary<string, Func<string, Exception?>> _beforeAnyRead = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<GrainId, Func<Task>> _duringWrite = new();

    /// <summary>Makes this the default storage of a silo.</summary>
    /// <param name="services">The silo's services.</param>
    /// <param name="isCut">Whether the silo does not reach it any more; null: it always does.</param>
    public void AddTo(IServiceCollection services, Func<bool>? isCut = null) =>
        services.AddGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, (provider, _) => new Connection(this, provider, isCut));

    /// <summary>How often the state of a grain was read, which is how often it was activated.</summary>
    public int ReadsOf(IAddressable grain) => _reads.GetValueOrDefault(grain.GetGrainId());

    /// <summary>What is stored, as it would be read; null for nothing.</summary>
    public byte[]? Stored(string state, IAddressable grain) => _rows.TryGetValue((state, grain.GetGrainId()), out var row) ? row.Payload : null;

    /// <summary>Replaces what is stored, as another activation would have done.</summary>
    public void Store(string state, IAddressable grain, byte[] payload) => _rows.AddOrUpdate(
        (state, grain.GetGrainId()),
        _ => new(payload, 1),
        (_, row) => new(payload, row.Version + 1));

    /// <summary>Lets a grain's next writes fail, before anything is stored.</summary>
    /// <param name="grain">The grain.</param>
    /// <param name="failure">Asked at every write; null lets it through.</param>
    public void BeforeWrite(IAddressable grain, Func<Exception?> failure) => _beforeWrite[grain.GetGrainId()] = failure;

    /// <summary>Lets a grain's next reads fail: it cannot be activated.</summary>
    /// <param name="grain">The grain.</param>
    /// <param name="failure">Asked at every read; null lets it through.</param>
    public void BeforeRead(IAddressable grain, Func<Exception?> failure) => _beforeRead[grain.GetGrainId()] = failure;

    /// <summary>Lets the next reads of a kind of state fail.</summary>
    /// <param name="state">The state's name.</param>
    /// <param name="failure">Asked at every read with the grain's key; null lets it through.</param>
    public void BeforeAnyRead(string state, Func<string, Exception?> failure) => _beforeAnyRead[state] = failure;

    /// <summary>Holds a grain's writes back until the task ends.</summary>
    public void DuringWrite(IAddressable grain, Func<Task> wait) => _duringWrite[grain.GetGrainId()] = wait;

    private sealed record Row(byte[] Payload, long Version);

    private sealed class Connection(SharedGrainStorage shared, IServiceProvider services, Func<bool>? isCut) : IGrainStorage
    {
        private readonly OrleansGrainStorageSerializer _serializer = new(services.GetRequiredService<Serializer>());
        private readonly IActivatorProvider _activators = services.GetRequiredService<IActivatorProvider>();

        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            ThrowIfCut();
            if ((shared._beforeRead.GetValueOrDefault(grainId)?.Invoke() ?? shared._beforeAnyRead.GetValueOrDefault(stateName)?.Invoke(grainId.Key.ToString()!)) is { } exception)
            {
                return Task.FromException(exception);
            }

            shared._reads.AddOrUpdate(grainId, 1, (_, count) => count + 1);
            var row = shared._rows.GetValueOrDefault((stateName, grainId));
            grainState.RecordExists = row is not null;
            grainState.ETag = row?.Version.ToString(CultureInfo.InvariantCulture);
            grainState.State = row is null ? _activators.GetActivator<T>().Create() : _serializer.Deserialize<T>(new BinaryData(row.Payload));
            return Task.CompletedTask;
        }

        public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            var payload = _serializer.Serialize(grainState.State).ToArray();
            if (shared._beforeWrite.TryGetValue(grainId, out var failure) && failure() is { } exception)
            {
                throw exception;
            }

            if (shared._duringWrite.TryGetValue(grainId, out var wait))
            {
                await wait();
            }

            ThrowIfCut();
            var seen = grainState.ETag is { } etag ? long.Parse(etag, CultureInfo.InvariantCulture) : 0;
            var key = (stateName, grainId);
            var written = seen == 0
                ? shared._rows.TryAdd(key, new(payload, 1))
                : shared._rows.TryGetValue(key, out var row) && row.Version == seen && shared._rows.TryUpdate(key, new(payload, seen + 1), row);
            if (!written)
            {
                throw new InconsistentStateException($"The state of {grainId} was written by another activation.", "other", grainState.ETag ?? "none");
            }

            grainState.RecordExists = true;
            grainState.ETag = (seen + 1).ToString(CultureInfo.InvariantCulture);
        }

        private void ThrowIfCut()
        {
            if (isCut?.Invoke() == true)
            {
                throw new IOException("The silo is dead.");
            }
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
            throw new NotSupportedException("No grain clears its state: versions outlive a deletion.");
    }
}
