using System.Diagnostics;

namespace GatewayActors.Storage.Tests.Crash;

/// <summary>This program, run again as a writer that is killed in the middle of its work.</summary>
internal static class CrashProcess
{
    private const char EndOfLine = ';'; // So that a line cut by the kill cannot be taken for a whole one.

    /// <summary>Starts the writer, reads what it acknowledges, and kills it (SIGKILL) after <paramref name="count"/> acknowledgements.</summary>
    /// <returns>Every acknowledgement that got out.</returns>
    public static async Task<IReadOnlyList<string>> RunUntilKilledAsync(string argument, string path, int count, CancellationToken cancellationToken)
    {
        using var process = new Process { StartInfo = StartInfo(argument, path) };
        process.Start();
        var acknowledged = new List<string>();
        try
        {
            while (acknowledged.Count < count)
            {
                Assert.True(
                    Read(await process.StandardOutput.ReadLineAsync(cancellationToken)),
                    "The writer ended before it was killed.");
            }
        }
        finally
        {
            process.Kill();
        }

        while (Read(await process.StandardOutput.ReadLineAsync(cancellationToken)))
        {
            // What it wrote to the pipe before it died was acknowledged too.
        }

        await process.WaitForExitAsync(cancellationToken);
        return acknowledged;

        bool Read(string? line)
        {
            if (line?.EndsWith(EndOfLine) == true)
            {
                acknowledged.Add(line[..^1]);
            }

            return line is not null;
        }
    }

    /// <summary>Called in the writer: reports what the store has acknowledged, at once and unbuffered.</summary>
    public static void Acknowledge(string text)
    {
        lock (Output)
        {
            Output.Write(System.Text.Encoding.UTF8.GetBytes(text + EndOfLine + "\n"));
            Output.Flush();
        }
    }

    private static Stream Output { get; } = Console.OpenStandardOutput();

    private static ProcessStartInfo StartInfo(string argument, string path)
    {
        var program = Environment.ProcessPath!;
        string[] host = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [typeof(CrashProcess).Assembly.Location] : [];
        return new(program, [.. host, argument, path]) { RedirectStandardOutput = true };
    }
}
