using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace GatewayActors.Storage.Sqlite.Logs;

/// <summary>
/// The files with the bodies of log entries, in a directory beside the database. They are only appended to; which ranges of them mean
/// something, the database says.
/// </summary>
/// <remarks>
/// Not in the database itself: there every byte is written twice (to the log of writes, then to its page), which for a stream of some
/// kilobytes cost more than everything else an exchange does.
/// </remarks>
internal sealed class BodyFiles(string databasePath)
{
    private static readonly byte[] Zeros = new byte[64 * 1024];

    private readonly string _directory = Path.GetFullPath(databasePath) + "-bodies";

    /// <summary>The files that are there.</summary>
    public IEnumerable<long> Ids() => Directory.Exists(_directory)
        ? Directory.EnumerateFiles(_directory, "*.bodies")
            .Select(path => long.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0)
        : [];

    /// <summary>Makes a new file, empty even if something of that name was left behind.</summary>
    public SafeFileHandle Create(long id)
    {
        Directory.CreateDirectory(_directory);
        return File.OpenHandle(PathOf(id), FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
    }

    /// <summary>Reads a range; null if the file or a part of the range is not there.</summary>
    public byte[]? Read(long id, long offset, long length)
    {
        try
        {
            using var file = File.OpenHandle(PathOf(id), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (RandomAccess.GetLength(file) < offset + length)
            {
                return null;
            }

            var bytes = new byte[length];
            for (var filled = 0; filled < bytes.Length;)
            {
                var read = RandomAccess.Read(file, bytes.AsSpan(filled), offset + filled);
                if (read == 0)
                {
                    return null;
                }

                filled += read;
            }

            return bytes;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Overwrites ranges and waits until that is on the disk. A file that is gone needs nothing.</summary>
    public void Overwrite(long id, IEnumerable<(long Offset, long Length)> ranges)
    {
        if (!File.Exists(PathOf(id)))
        {
            return;
        }

        using var file = File.OpenHandle(PathOf(id), FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        foreach (var (offset, length) in ranges)
        {
            for (var done = 0L; done < length; done += Zeros.Length)
            {
                RandomAccess.Write(file, Zeros.AsSpan(0, (int)Math.Min(length - done, Zeros.Length)), offset + done);
            }
        }

        RandomAccess.FlushToDisk(file);
    }

    /// <summary>Cuts off what a crash left behind the last range that was committed.</summary>
    public void Truncate(long id, long length)
    {
        if (File.Exists(PathOf(id)))
        {
            using var file = File.OpenHandle(PathOf(id), FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            if (RandomAccess.GetLength(file) > length)
            {
                RandomAccess.SetLength(file, length);
            }
        }
    }

    public void Delete(long id) => File.Delete(PathOf(id));

    private string PathOf(long id) => Path.Combine(_directory, string.Create(CultureInfo.InvariantCulture, $"{id:d8}.bodies"));
}
