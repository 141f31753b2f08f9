using System.Text;
using GatewayActors.Abstractions.Logs;

namespace GatewayActors.Front.Export.Downloads;

/// <summary>Reads through the entries of a query, some at a time, each page from where the last one ended.</summary>
internal sealed class LogPages(ILogStore logs, LogQuery query, bool withBodies)
{
    private const int PageSize = 200;

    private LogPosition? _last;

    /// <summary>The entries that were read last.</summary>
    public IReadOnlyList<LogEntry> Current { get; private set; } = [];

    /// <summary>Whether the bodies belong to it.</summary>
    public bool WithBodies => withBodies;

    /// <summary>Reads the next page; false at the end.</summary>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        Current = await logs.ReadAsync(query, _last, PageSize, cancellationToken);
        _last = Current is [.., var last] ? LogPosition.Of(last) : _last;
        return Current.Count > 0;
    }

    /// <summary>A body as text; null if it is not stored, or not wanted.</summary>
    public async ValueTask<string?> BodyAsync(LogEntry entry, LogBodySide side, CancellationToken cancellationToken) =>
        withBodies && await logs.ReadBodyAsync(entry.AccountId, entry.GatewayId, entry.Id, side, cancellationToken) is { } body
            ? Encoding.UTF8.GetString(body.Span)
            : null;
}
