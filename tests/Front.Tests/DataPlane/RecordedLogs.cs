using System.Threading.Channels;
using GatewayActors.Abstractions.Logs;

namespace GatewayActors.Front.Tests.DataPlane;

/// <summary>A log store that keeps copies in the order of arrival, and fails when the test wants it to.</summary>
internal sealed class RecordedLogs : ILogStore
{
    private readonly Channel<Recorded> _entries = Channel.CreateUnbounded<Recorded>();
    private readonly Channel<int> _batches = Channel.CreateUnbounded<int>();

    /// <summary>Called before a batch is taken; may throw or wait.</summary>
    public Func<IReadOnlyList<LogEntry>, Task> BeforeWrite { get; set; } = _ => Task.CompletedTask;

    /// <summary>The sizes of the batches that were taken.</summary>
    public ChannelReader<int> Batches => _batches.Reader;

    /// <summary>The next entry.</summary>
    public ValueTask<Recorded> NextAsync(CancellationToken cancellationToken) => _entries.Reader.ReadAsync(cancellationToken);

    public bool TryNext(out Recorded? entry) => _entries.Reader.TryRead(out entry);

    public Task InitializeAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public async Task WriteAsync(IReadOnlyList<LogEntry> batch, CancellationToken cancellationToken = default)
    {
        await BeforeWrite(batch);
        foreach (var entry in batch.Where(entry => !entry.IsOnlyCounted)) // Of the others no entry is kept.
        {
            _entries.Writer.TryWrite(new(entry, Bytes(entry.RequestBody), Bytes(entry.ResponseBody)));
        }

        _batches.Writer.TryWrite(batch.Count);
    }

    public Task<LogPage> ListAsync(LogQuery query, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<IReadOnlyList<LogEntry>> ReadAsync(LogQuery query, LogPosition? after, int limit, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<LogEntry?> FindAsync(string accountId, string gatewayId, Guid id, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<ReadOnlyMemory<byte>?> ReadBodyAsync(string accountId, string gatewayId, Guid id, LogBodySide side, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public Task<LogAggregate> AggregateAsync(
        string accountId, string gatewayId, IReadOnlyList<IReadOnlyList<LogFilter>> alternatives, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public Task<bool> PatchAsync(string accountId, string gatewayId, Guid id, LogPatch patch, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<int> DeleteAsync(LogQuery query, int limit, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task DeleteAllAsync(string accountId, string? gatewayId, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    private static byte[]? Bytes(LogBody? body) => body is null ? null : LogBody.Decompress(body.Compressed.Span);
}

/// <summary>An entry with its bodies as they were when it was written.</summary>
internal sealed record Recorded(LogEntry Entry, byte[]? RequestBody, byte[]? ResponseBody);
