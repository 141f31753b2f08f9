namespace GatewayActors.Storage.Sqlite.GrainState;

/// <summary>One write that waits for its commit.</summary>
/// <param name="state">The state's name.</param>
/// <param name="grainType">The grain's type.</param>
/// <param name="grainKey">The grain's key.</param>
/// <param name="expectedVersion">The version the caller read; null if it found nothing.</param>
/// <param name="payload">The new bytes; null to clear.</param>
internal sealed class GrainStateWrite(string state, string grainType, string grainKey, long? expectedVersion, ReadOnlyMemory<byte>? payload)
{
    // Continuations belong to grains: run on the writer thread they would hold up every other write.
    private readonly TaskCompletionSource<GrainStateWriteResult> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string State => state;

    public string GrainType => grainType;

    public string GrainKey => grainKey;

    public long? ExpectedVersion => expectedVersion;

    public ReadOnlyMemory<byte>? Payload => payload;

    /// <summary>Ends when the transaction has committed, or failed.</summary>
    public Task<GrainStateWriteResult> Done => _done.Task;

    /// <summary>What the statement did; true only once its transaction has committed.</summary>
    public GrainStateWriteResult Result { get; set; }

    /// <summary>Why the statement failed, while its neighbours did not.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Answers the caller, after the commit.</summary>
    public void Complete()
    {
        if (Failure is null)
        {
            _done.TrySetResult(Result);
        }
        else
        {
            _done.TrySetException(Failure);
        }
    }

    /// <summary>Answers the caller that nothing was written.</summary>
    public void Fail(Exception exception) => _done.TrySetException(exception);
}

/// <summary>What a write did.</summary>
/// <param name="Written">Whether the expected version was the stored one.</param>
/// <param name="Version">The version now stored; null if there is none.</param>
internal readonly record struct GrainStateWriteResult(bool Written, long? Version);
