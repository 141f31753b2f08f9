using System.Runtime.InteropServices;
using GatewayActors.Abstractions.Logs;
using Microsoft.Data.Sqlite;
using Microsoft.Win32.SafeHandles;

namespace GatewayActors.Storage.Sqlite.Logs;

/// <summary>Appends the bodies of a batch to a file before the rows that point to them are committed. Not thread-safe.</summary>
/// <remarks>
/// A crash of this process loses nothing that was committed: what was written is the operating system's. Every start begins a new
/// file. After a power loss a row may point past the end of its file: then the body counts as not stored.
/// </remarks>
internal sealed class BodyFileWriter(SqliteConnection connection, BodyFiles files) : IDisposable
{
    // Large enough that files stay few, small enough that the space of deleted entries comes back before long.
    internal const long FileBytes = 64L << 20;

    private readonly SqliteStatement _create = new(connection, "INSERT INTO body_file (length, live) VALUES (0, 0) RETURNING id");
    private readonly SqliteStatement _extend = new(connection, "UPDATE body_file SET length = ?, live = live + ? WHERE id = ?");
    private readonly List<ReadOnlyMemory<byte>> _pieces = [];
    private SafeFileHandle? _file;
    private long _id;
    private long _committed;
    private long _written;
    private long _end;
    private int _added;
    private bool _isNew;

    /// <summary>Starts a transaction's bodies; what an earlier one that failed has written is written over.</summary>
    public void Begin()
    {
        if (_isNew)
        {
            Forget(_id); // Its row was rolled back.
            _isNew = false;
        }

        (_written, _end, _added) = (_committed, _committed, 0);
        _pieces.Clear();
    }

    /// <summary>Takes an entry's bodies, the request's first; both stand in one file, side by side.</summary>
    public BodyPlace Add(LogEntry entry)
    {
        var request = entry.RequestBody?.Compressed ?? default;
        var response = entry.ResponseBody?.Compressed ?? default;
        var length = (long)request.Length + response.Length;
        if (length == 0)
        {
            return default;
        }

        if (_file is null || (_end > 0 && _end + length > FileBytes))
        {
            Flush();
            Open();
        }

        var place = new BodyPlace(_id, _end);
        Append(request);
        Append(response);
        _end += length;
        _added++;
        return place;
    }

    /// <summary>Writes what was taken.</summary>
    public void Flush()
    {
        if (_added > 0)
        {
            RandomAccess.Write(_file!, _pieces, _written);
            _extend.Int64(_end).Int64(_added).Int64(_id).Run();
            (_written, _added) = (_end, 0);
            _pieces.Clear();
        }
    }

    /// <summary>The transaction is committed.</summary>
    public void Committed() => (_committed, _isNew) = (_end, false);

    /// <summary>Writes no more to a file that has been dropped.</summary>
    public void Forget(long id)
    {
        if (_file is not null && _id == id)
        {
            _file.Dispose();
            _file = null;
            (_id, _committed, _end, _isNew) = (0, 0, 0, false);
        }
    }

    public void Dispose()
    {
        _create.Dispose();
        _extend.Dispose();
        _file?.Dispose();
    }

    private void Open()
    {
        // First: should the next steps fail, nothing is appended to a file that is closed.
        _file?.Dispose();
        _file = null;
        (_committed, _written, _end) = (0, 0, 0);
        _id = _create.RunScalar()!.Value;
        _isNew = true;
        _file = files.Create(_id);
    }

    private void Append(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
        {
            return;
        }

        // Bodies mostly lie side by side in memory too: one piece then, for each costs the operating system some time.
        if (_pieces.Count > 0
            && MemoryMarshal.TryGetArray(_pieces[^1], out var last)
            && MemoryMarshal.TryGetArray(body, out var next)
            && ReferenceEquals(last.Array, next.Array)
            && last.Offset + last.Count == next.Offset)
        {
            _pieces[^1] = last.Array.AsMemory(last.Offset, last.Count + next.Count);
            return;
        }

        _pieces.Add(body);
    }
}

/// <summary>Where the bodies of an entry begin.</summary>
/// <param name="File">The file; null if there are no bytes.</param>
/// <param name="Offset">The first byte of the request's body in it; the response's follows the request's.</param>
internal readonly record struct BodyPlace(long? File, long Offset);
