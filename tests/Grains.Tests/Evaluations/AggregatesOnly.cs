using System.Collections.Concurrent;
using GatewayActors.Abstractions.Logs;

namespace GatewayActors.Grains.Tests.Evaluations;

/// <summary>A log store that answers one question, as a test wants it. Grains ask no other.</summary>
internal sealed class AggregatesOnly : ILogStore
{
    private readonly ConcurrentDictionary<string, Func<Task<LogAggregate>>> _answers = [];

    /// <summary>The last question about an account.</summary>
    public ConcurrentDictionary<string, IReadOnlyList<IReadOnlyList<LogFilter>>> Questions { get; } = [];

    /// <summary>How often was asked about an account.</summary>
    public ConcurrentDictionary<string, int> Counts { get; } = [];

    public void Answer(string accountId, Func<Task<LogAggregate>> answer) => _answers[accountId] = answer;

    public Task<LogAggregate> AggregateAsync(
        string accountId, string gatewayId, IReadOnlyList<IReadOnlyList<LogFilter>> alternatives, CancellationToken cancellationToken = default)
    {
        Questions[accountId] = alternatives;
        Counts.AddOrUpdate(accountId, 1, (_, count) => count + 1);
        return _answers.TryGetValue(accountId, out var answer) ? answer().WaitAsync(cancellationToken) : Task.FromResult(LogAggregate.None);
    }

    public Task InitializeAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task WriteAsync(IReadOnlyList<LogEntry> batch, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<LogPage> ListAsync(LogQuery query, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<IReadOnlyList<LogEntry>> ReadAsync(LogQuery query, LogPosition? after, int limit, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<LogEntry?> FindAsync(string accountId, string gatewayId, Guid id, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<ReadOnlyMemory<byte>?> ReadBodyAsync(string accountId, string gatewayId, Guid id, LogBodySide side, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public Task<bool> PatchAsync(string accountId, string gatewayId, Guid id, LogPatch patch, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<int> DeleteAsync(LogQuery query, int limit, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task DeleteAllAsync(string accountId, string? gatewayId, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
