using Orleans.Concurrency;

namespace GatewayActors.Abstractions.Logpush;

/// <summary>Owns the push jobs of an account, with how far each has come.</summary>
/// <remarks>Key: <see cref="GrainKeys.Logpush"/>. What a write method has returned is stored.</remarks>
[GrainInterfaceType("gateway.logpush"), Alias("gateway.logpush")]
public interface ILogpushGrain : IGrainWithStringKey
{
    /// <summary>All jobs, oldest first.</summary>
    [ReadOnly, Alias("list")]
    Task<IReadOnlyList<LogpushJob>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>Adds a job.</summary>
    /// <param name="definition">The job.</param>
    /// <param name="cursor">What it begins after: the last number of <see cref="Logs.ILogOutbox"/>, so that it pushes what is logged from now on.</param>
    /// <param name="cancellationToken">Cancels the call while it is queued.</param>
    [Alias("create")]
    Task<LogpushChange> CreateAsync(LogpushDefinition definition, long cursor, CancellationToken cancellationToken = default);

    /// <summary>Replaces what a job is. One that is enabled again begins after <paramref name="cursor"/>; otherwise it goes on where it is.</summary>
    [Alias("update")]
    Task<LogpushChange> UpdateAsync(int id, LogpushDefinition definition, long cursor, CancellationToken cancellationToken = default);

    /// <summary>Deletes a job; the one of the change is what it was.</summary>
    [Alias("delete")]
    Task<LogpushChange> DeleteAsync(int id, CancellationToken cancellationToken = default);

    /// <summary>Notes what became of a delivery. A job that has another destination by now, or is gone, takes no notice.</summary>
    [Alias("record")]
    Task RecordAsync(int id, LogpushProgress progress, CancellationToken cancellationToken = default);

    /// <summary>Deletes everything, because the account is deleted.</summary>
    [Alias("clear")]
    Task ClearAsync(CancellationToken cancellationToken = default);
}
