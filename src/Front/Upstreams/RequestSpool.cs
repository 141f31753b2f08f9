namespace GatewayActors.Front.Upstreams;

/// <summary>
/// What has passed of a body, kept for another attempt: in memory first, then in a temporary file. Where it cannot be kept, such as on a
/// full disk, the body goes on without: that is no reason to refuse it. Used by one sender at a time.
/// </summary>
internal sealed class RequestSpool(string directory) : IDisposable
{
    private const int MemoryBytes = 1024 * 1024;

    private Stream? _kept = new MemoryStream();

    /// <summary>How much is kept.</summary>
    public long Length { get; private set; }

    /// <summary>Why the bytes could not be kept; null while they are.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Where temporary files go, by the variable that ASP.NET Core reads too.</summary>
    public static string DefaultDirectory { get; } = Environment.GetEnvironmentVariable("ASPNETCORE_TEMP") ?? Path.GetTempPath();

    /// <summary>Keeps the next bytes. Not cancellable: bytes that were taken from the client and are not here would be lost for the next attempt.</summary>
    public async ValueTask AppendAsync(ReadOnlyMemory<byte> bytes)
    {
        if (_kept is null)
        {
            return;
        }

        try
        {
            if (_kept is MemoryStream memory && Length + bytes.Length > MemoryBytes)
            {
                await MoveToFileAsync(memory);
            }

            await _kept.WriteAsync(bytes, CancellationToken.None);
            Length += bytes.Length;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Failure = exception;
            Dispose();
        }
    }

    /// <summary>Sends what is kept, from its beginning.</summary>
    public async ValueTask CopyToAsync(Stream target, CancellationToken cancellationToken)
    {
        if (_kept is null)
        {
            return;
        }

        _kept.Position = 0;
        await _kept.CopyToAsync(target, cancellationToken);
        _kept.Position = Length;
    }

    public void Dispose()
    {
        _kept?.Dispose();
        _kept = null;
    }

    private async ValueTask MoveToFileAsync(MemoryStream memory)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            BufferSize = 0,
            Options = FileOptions.Asynchronous | FileOptions.DeleteOnClose,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var file = new FileStream(Path.Combine(directory, $"gateway-body-{Path.GetRandomFileName()}"), options);
        _kept = file; // Before the first write: a failure must not leave the file.
        memory.Position = 0;
        await memory.CopyToAsync(file, CancellationToken.None);
    }
}
