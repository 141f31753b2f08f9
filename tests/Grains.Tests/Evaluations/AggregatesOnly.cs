using System.Collections.Concurrent;
using System.Threading.Channels;
using GatewayActors.Abstractions.Logs;

namespace GatewayActors.Grains.Tests.Evaluations;

/// <summary>A log store that answers the questions that grains ask, as a test wants it.</summary>
internal sealed class AggregatesOnly : ILogStore
{
    private readonly ConcurrentDictionary<string, Func<Task<LogAggregate>>> _answers = [];
    private readonly ConcurrentDictionary<string, Deletions> _deletions = [];

    /// <summary>The last question about an account.</summary>
    public ConcurrentDictionary<string, IReadOnlyList<IReadOnlyList<LogFilter>>> Questions { get; } = [];

    /// <summary>How often was asked about an account.</summary>
    public ConcurrentDictionary<string, int> Counts { get; } = [];

    /// <summary>Has deletions of an account's entries wait until the test has seen them.</summary>
    public Deletions WatchDeletions(string accountId) => _deletions.GetOrAdd(accountId, _ => new());

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

    public async Task<int> DeleteAsync(LogQuery query, int limit, CancellationToken cancellationToken = default) =>
        _deletions.TryGetValue(query.AccountId, out var deletions) ? await deletions.AddAsync(query, cancellationToken) : 0;

    public Task DeleteAllAsync(string accountId, string? gatewayId, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>The deletions of one account's entries.</summary>
    internal sealed class Deletions
    {
        private readonly Channel<LogQuery> _queries = Channel.CreateUnbounded<LogQuery>();
        private readonly TaskCompletionSource _finish = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _count;

        /// <summary>How many there were.</summary>
        public int Count => Volatile.Read(ref _count);

        /// <summary>The next one; it lasts until <see cref="Finish"/>.</summary>
        public ValueTask<LogQuery> NextAsync(CancellationToken cancellationToken) => _queries.Reader.ReadAsync(cancellationToken);

        public void Finish() => _finish.TrySetResult();

        public async Task<int> AddAsync(LogQuery query, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _count);
            _queries.Writer.TryWrite(query);
            await _finish.Task.WaitAsync(cancellationToken);
            return 1;
        }
    }
}
