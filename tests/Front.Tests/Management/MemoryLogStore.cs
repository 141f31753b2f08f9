using System.Collections.Concurrent;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Logging;

namespace GatewayActors.Front.Tests.Management;

/// <summary>Keeps entries in memory, newest first, and remembers what it was asked. Entries "with the writer" appear at a flush.</summary>
internal sealed class MemoryLogStore : ILogStore, ILogFlush
{
    private readonly ConcurrentDictionary<Guid, LogEntry> _entries = [];
    private readonly ConcurrentQueue<LogEntry> _withTheWriter = [];

    public ConcurrentDictionary<string, LogQuery> LastQueries { get; } = [];

    public ConcurrentDictionary<Guid, LogPatch> Patches { get; } = [];

    /// <summary>What goes wrong with the lists of an account.</summary>
    public ConcurrentDictionary<string, Exception> Failures { get; } = [];

    public LogRanges? Ranges { get; set; }

    public void Add(LogEntry entry) => _entries[entry.Id] = entry;

    public void AddUnflushed(LogEntry entry) => _withTheWriter.Enqueue(entry);

    public ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        while (_withTheWriter.TryDequeue(out var entry))
        {
            Add(entry);
        }

        return ValueTask.CompletedTask;
    }

    public Task InitializeAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task WriteAsync(IReadOnlyList<LogEntry> batch, CancellationToken cancellationToken = default)
    {
        foreach (var entry in batch)
        {
            Add(entry);
        }

        return Task.CompletedTask;
    }

    public Task<LogPage> ListAsync(LogQuery query, CancellationToken cancellationToken = default)
    {
        LastQueries[query.AccountId] = query;
        if (Failures.TryGetValue(query.AccountId, out var failure))
        {
            return Task.FromException<LogPage>(failure);
        }

        var entries = Of(query.AccountId, query.GatewayId).OrderByDescending(entry => entry.Id).ToArray();
        var ranges = query.WithRanges ? Ranges ?? new(null, null, null, null, null, null, null, null, null, null) : null;
        return Task.FromResult(new LogPage([.. entries.Skip((query.Page - 1) * query.PerPage).Take(query.PerPage)], entries.Length, ranges));
    }

    // Of the filters only the one on ids: what filters do is tested with the stores.
    public Task<IReadOnlyList<LogEntry>> ReadAsync(LogQuery query, LogPosition? after, int limit, CancellationToken cancellationToken = default)
    {
        LastQueries[query.AccountId] = query;
        if (Failures.TryGetValue(query.AccountId, out var failure))
        {
            return Task.FromException<IReadOnlyList<LogEntry>>(failure);
        }

        var ids = query.Filters.Where(filter => filter.Key == LogFilterKey.Id).SelectMany(filter => filter.Values).ToArray();
        IEnumerable<LogEntry> entries = Of(query.AccountId, query.GatewayId)
            .Where(entry => ids.Length == 0 || ids.Contains(entry.Id.ToString("D")))
            .OrderBy(entry => (entry.CreatedAt, entry.Id));
        entries = query.Descending ? entries.Reverse() : entries;
        entries = after is null ? entries : entries.SkipWhile(entry => entry.Id != after.Id).Skip(1);
        return Task.FromResult<IReadOnlyList<LogEntry>>([.. entries.Take(limit)]);
    }

    public Task<LogEntry?> FindAsync(string accountId, string gatewayId, Guid id, CancellationToken cancellationToken = default) =>
        Task.FromResult(Find(accountId, gatewayId, id));

    public Task<ReadOnlyMemory<byte>?> ReadBodyAsync(
        string accountId, string gatewayId, Guid id, LogBodySide side, CancellationToken cancellationToken = default)
    {
        var entry = Find(accountId, gatewayId, id);
        var body = side == LogBodySide.Request ? entry?.RequestBody : entry?.ResponseBody;
        return Task.FromResult(body is null ? null : (ReadOnlyMemory<byte>?)LogBody.Decompress(body.Compressed.Span));
    }

    public ConcurrentDictionary<string, IReadOnlyList<IReadOnlyList<LogFilter>>> LastAggregates { get; } = [];

    // Over all entries of the gateway: what filters do is tested with the stores.
    public Task<LogAggregate> AggregateAsync(
        string accountId, string gatewayId, IReadOnlyList<IReadOnlyList<LogFilter>> alternatives, CancellationToken cancellationToken = default)
    {
        LastAggregates[accountId] = alternatives;
        var entries = Of(accountId, gatewayId).ToArray();
        return Task.FromResult(new LogAggregate
        {
            Entries = entries.Length,
            WithCost = entries.Count(entry => entry.CostUsd is not null),
            CostUsd = entries.Sum(entry => entry.CostUsd ?? 0),
            DurationMs = entries.Sum(entry => (decimal)entry.DurationMs),
            WithFeedback = entries.Count(entry => entry.Feedback is not null),
            ThumbsUp = entries.Count(entry => entry.Feedback == 1),
        });
    }

    public Task<bool> PatchAsync(string accountId, string gatewayId, Guid id, LogPatch patch, CancellationToken cancellationToken = default)
    {
        var found = Find(accountId, gatewayId, id) is not null;
        if (found)
        {
            Patches[id] = patch;
        }

        return Task.FromResult(found);
    }

    public Task<int> DeleteAsync(LogQuery query, int limit, CancellationToken cancellationToken = default)
    {
        LastQueries[query.AccountId] = query;
        return Task.FromResult(Of(query.AccountId, query.GatewayId).Take(limit).Count(entry => _entries.TryRemove(entry.Id, out _)));
    }

    public Task DeleteAllAsync(string accountId, string? gatewayId, CancellationToken cancellationToken = default)
    {
        foreach (var entry in _entries.Values.Where(entry => entry.AccountId == accountId && (gatewayId is null || entry.GatewayId == gatewayId)))
        {
            _entries.TryRemove(entry.Id, out _);
        }

        return Task.CompletedTask;
    }

    private LogEntry? Find(string accountId, string gatewayId, Guid id) =>
        _entries.TryGetValue(id, out var entry) && entry.AccountId == accountId && entry.GatewayId == gatewayId ? entry : null;

    private IEnumerable<LogEntry> Of(string accountId, string gatewayId) =>
        _entries.Values.Where(entry => entry.AccountId == accountId && entry.GatewayId == gatewayId);
}
