using GatewayActors.Abstractions.Accounts;
using GatewayActors.Front.Configuration;

namespace GatewayActors.Front.Hosting;

/// <summary>The operator's token: configured, else kept in a file that only the process's user can read.</summary>
internal sealed class BootstrapToken
{
    private const string FileName = "token";

    private BootstrapToken(string value, string? path) => (Value, FilePath) = (value, path);

    public string Value { get; }

    /// <summary>Where the value can be read; null if it was configured.</summary>
    public string? FilePath { get; }

    /// <summary>Takes the configured token, else the one in the data directory, else makes one there.</summary>
    /// <exception cref="IOException">The file cannot be read or made.</exception>
    /// <exception cref="UnauthorizedAccessException">The process may not.</exception>
    public static BootstrapToken LoadOrCreate(GatewayOptions options)
    {
        Directory.CreateDirectory(options.DataDirectory);
        if (options.Bootstrap.Token is { } configured)
        {
            return new(configured, null);
        }

        var path = Path.Combine(options.DataDirectory, FileName);
        if (File.Exists(path))
        {
            var stored = File.ReadAllText(path).Trim();
            return stored.Length >= Authentication.OperatorToken.MinLength
                ? new(stored, path)
                : throw new IOException($"the token in '{path}' is shorter than {Authentication.OperatorToken.MinLength} characters; delete the file to get a new one.");
        }

        // The operator's token belongs to no account; the zeros only fill the place.
        var value = TokenValue.Create(new string('0', 32));
        var half = path + ".new";
        File.Delete(half);
        using (var file = CreateForOwner(half))
        using (var writer = new StreamWriter(file))
        {
            writer.Write(value);
            writer.Flush();
            file.Flush(flushToDisk: true);
        }

        // In one step: a crash in between must not leave half a token, which nobody would ever accept.
        File.Move(half, path);
        return new(value, path);
    }

    private static FileStream CreateForOwner(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new(path, options);
    }
}
