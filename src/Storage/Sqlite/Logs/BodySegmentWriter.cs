using GatewayActors.Abstractions.Logs;
using Microsoft.Data.Sqlite;

namespace GatewayActors.Storage.Sqlite.Logs;

/// <summary>
/// Packs the bodies of a batch into segments: one row per body costs several times more than the copying, most of all in small bodies.
/// </summary>
internal sealed class BodySegmentWriter(SqliteConnection connection) : IDisposable
{
    // Large enough that its row costs nothing per body, small enough that it stays in the processor's cache and that reading one
    // body near its end does not walk a long chain of pages.
    internal const int SegmentBytes = 1 << 20;

    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(SegmentBytes);
    private readonly SqliteStatement _insertSegment = new(connection, "INSERT INTO body_segment (id, live) VALUES (?, ?)");
    private readonly SqliteStatement _insertData = new(connection, "INSERT INTO body_data (id, data) VALUES (?, ?)");
    private readonly SqliteStatement _nextId = new(connection, "SELECT coalesce(max(id), 0) + 1 FROM body_segment");
    private long _id;
    private int _filled;
    private int _live;

    /// <summary>Starts a transaction's segments; what an earlier one that failed left behind is forgotten.</summary>
    public void Begin()
    {
        _id = _nextId.RunScalar()!.Value;
        (_filled, _live) = (0, 0);
    }

    /// <summary>Takes an entry's bodies, the request's first; both stand in one segment, side by side.</summary>
    public BodyPlace Add(LogEntry entry)
    {
        var request = entry.RequestBody?.Bytes ?? default;
        var response = entry.ResponseBody?.Bytes ?? default;
        var length = (long)request.Length + response.Length;
        if (length == 0)
        {
            return default;
        }

        if (_filled + length > SegmentBytes)
        {
            Flush();
        }

        if (length > SegmentBytes)
        {
            return new(AddLarge(request.Span, response.Span), 0);
        }

        var place = new BodyPlace(_id, _filled);
        request.Span.CopyTo(_buffer.AsSpan(_filled));
        response.Span.CopyTo(_buffer.AsSpan(_filled + request.Length));
        _filled += (int)length;
        _live++;
        return place;
    }

    /// <summary>Writes the segment that is being filled.</summary>
    public void Flush()
    {
        if (_live > 0)
        {
            _insertSegment.Int64(_id).Int64(_live).Run();
            _insertData.Int64(_id).Blob(_buffer.AsSpan(0, _filled)).Run();
            _id++;
            (_filled, _live) = (0, 0);
        }
    }

    public void Dispose()
    {
        _insertSegment.Dispose();
        _insertData.Dispose();
        _nextId.Dispose();
    }

    // A segment of its own, written in place: no buffer of this size is needed.
    private long AddLarge(ReadOnlySpan<byte> request, ReadOnlySpan<byte> response)
    {
        var id = _id++;
        _insertSegment.Int64(id).Int64(1).Run();
        _insertData.Int64(id).ZeroBlob(request.Length + response.Length).Run();
        using var blob = new SqliteBlob(connection, "body_data", "data", id);
        blob.Write(request);
        blob.Write(response);
        return id;
    }
}

/// <summary>Where the bodies of an entry begin.</summary>
/// <param name="Segment">The segment; null if there are no bytes.</param>
/// <param name="Offset">The first byte of the request's body in it; the response's follows the request's.</param>
internal readonly record struct BodyPlace(long? Segment, long Offset);
