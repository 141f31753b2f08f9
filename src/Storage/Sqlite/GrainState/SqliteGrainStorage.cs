using System.Globalization;
using Orleans.Runtime;
using Orleans.Serialization.Activators;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace GatewayActors.Storage.Sqlite.GrainState;

/// <summary>Grain state in one SQLite file: group commit, a write is answered only after it is on disk.</summary>
/// <remarks>The ETag is a version number that counts the writes of one state, clears included.</remarks>
internal sealed class SqliteGrainStorage : IGrainStorage, ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private readonly string _name;
    private readonly IGrainStorageSerializer _serializer;
    private readonly IActivatorProvider _activators;
    private readonly GrainStateReaders _readers;
    private readonly GrainStateWriter _writer;

    /// <summary>Opens the file, brings its schema up to date and starts the writer.</summary>
    public SqliteGrainStorage(string name, string path, IGrainStorageSerializer serializer, IActivatorProvider activators, TimeProvider timeProvider)
    {
        _name = name;
        _serializer = serializer;
        _activators = activators;
        var file = new SqliteFile(path);
        var connection = file.OpenWriter();
        try
        {
            connection.UseWriteAheadLog();

            // FULL: every commit is flushed to the disk, so that an acknowledged write survives a power loss as well as a crash.
            connection.Execute("PRAGMA synchronous = FULL");
            GrainStateTable.Schema.Apply(connection);
            _writer = new(connection, name, timeProvider);
        }
        catch
        {
            connection.Dispose();
            throw;
        }

        _readers = new(file);
    }

    /// <inheritdoc/>
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ReadStateAsync(stateName, grainId, grainState, CancellationToken.None);

    /// <inheritdoc/>
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();

        // Synchronous on purpose: it takes less time than a hop to another thread and back.
        var (type, key) = Split(grainId);
        var stored = _readers.Read(stateName, type, key);
        grainState.RecordExists = stored is { Payload: not null };
        grainState.ETag = FormatVersion(stored?.Version);
        grainState.State = stored is { Payload: { } payload } ? _serializer.Deserialize<T>(new BinaryData(payload)) : CreateInstance<T>();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        WriteStateAsync(stateName, grainId, grainState, CancellationToken.None);

    /// <inheritdoc/>
    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var payload = _serializer.Serialize(grainState.State).ToMemory();
        await SaveAsync(stateName, grainId, grainState, payload, cancellationToken);
        grainState.RecordExists = true;
    }

    /// <inheritdoc/>
    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ClearStateAsync(stateName, grainId, grainState, CancellationToken.None);

    /// <inheritdoc/>
    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        await SaveAsync(stateName, grainId, grainState, payload: null, cancellationToken);
        grainState.RecordExists = false;
        grainState.State = CreateInstance<T>();
    }

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle) =>

        // Stages stop in reverse order: by the time this one does, the grains have been deactivated and have written their last.
        lifecycle.Subscribe(
            $"{nameof(SqliteGrainStorage)}-{_name}",
            ServiceLifecycleStage.ApplicationServices,
            _ => Task.CompletedTask,
            _ =>
            {
                // The readers first: only the last connection that closes leaves one whole file behind.
                _readers.Dispose();
                return _writer.StopAsync();
            });

    /// <summary>Commits what waits, then closes the file.</summary>
    public void Dispose()
    {
        _readers.Dispose();
        _writer.Dispose();
    }

    private async Task SaveAsync<T>(
        string stateName, GrainId grainId, IGrainState<T> grainState, ReadOnlyMemory<byte>? payload, CancellationToken cancellationToken)
    {
        // Only here: once it is in the queue the write may be part of a commit at any moment, and a caller told "cancelled" would go
        // on with an ETag that is no longer the stored one.
        cancellationToken.ThrowIfCancellationRequested();

        var (type, key) = Split(grainId);
        var result = await _writer.WriteAsync(new(stateName, type, key, ParseVersion(grainState.ETag), payload));
        if (!result.Written)
        {
            throw new InconsistentStateException(
                $"The state '{stateName}' of grain {grainId} was written by another activation.",
                FormatVersion(result.Version) ?? "none",
                grainState.ETag ?? "none");
        }

        grainState.ETag = FormatVersion(result.Version);
    }

    private static (string Type, string Key) Split(GrainId grainId) => (grainId.Type.ToString()!, grainId.Key.ToString()!);

    private static string? FormatVersion(long? version) => version?.ToString(CultureInfo.InvariantCulture);

    // Foreign ETags come from state that was read from another store; version 0 is never stored, so they end as a conflict.
    private static long? ParseVersion(string? etag) =>
        string.IsNullOrEmpty(etag) ? null : long.TryParse(etag, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0;

    private T CreateInstance<T>() => _activators.GetActivator<T>().Create();
}
