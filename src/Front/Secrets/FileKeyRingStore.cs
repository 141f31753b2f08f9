namespace GatewayActors.Front.Secrets;

/// <summary>Keeps the key ring in a directory that only the process's user can read: one file per entry.</summary>
internal sealed class FileKeyRingStore : IKeyRingStore
{
    private const string Extension = ".xml";
    private const string Unfinished = ".new";

    private readonly string _directory;

    /// <exception cref="IOException">The directory cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The process may not.</exception>
    public FileKeyRingStore(string directory)
    {
        _directory = directory;
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
        }
        else
        {
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    public IReadOnlyList<KeyRingEntry> Load() =>
    [
        .. from path in Directory.EnumerateFiles(_directory, "*" + Extension).Order(StringComparer.Ordinal)
           select new KeyRingEntry(Path.GetFileNameWithoutExtension(path), File.ReadAllText(path)),
    ];

    public void Put(KeyRingEntry entry) => File.Move(WriteUnfinished(entry), PathOf(entry.Name), overwrite: true);

    public bool TryAdd(KeyRingEntry entry)
    {
        var path = PathOf(entry.Name);
        if (File.Exists(path))
        {
            return false;
        }

        var written = WriteUnfinished(entry);
        try
        {
            File.Move(written, path, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(written);
            return false; // Another process was faster.
        }
    }

    public void Remove(string name) => File.Delete(PathOf(name));

    private string PathOf(string name) => Path.Combine(_directory, name + Extension);

    // Moved into its place in one step: a crash in between must not leave half a key, which would make secrets unreadable for ever.
    private string WriteUnfinished(KeyRingEntry entry)
    {
        var path = $"{PathOf(entry.Name)}.{Environment.ProcessId}{Unfinished}";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var file = new FileStream(path, options);
        using var writer = new StreamWriter(file);
        writer.Write(entry.Content);
        writer.Flush();
        file.Flush(flushToDisk: true);
        return path;
    }
}
