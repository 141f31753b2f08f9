using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;

namespace GatewayActors.Front.Simulator;

/// <summary>What the query of a request asks of the simulator. Parameters it does not know are ignored, as upstreams do.</summary>
internal sealed record SimulatorSettings
{
    public const int MaxDelayMilliseconds = 60_000;
    public const int MaxChunks = 10_000;
    public const int MaxSizeBytes = 10 * 1024 * 1024;
    public const int MaxRetryAfterSeconds = 86_400;

    private static readonly SimulatorSettings None = new();

    /// <summary>Wait before the status line; <c>delay</c> in milliseconds.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Wait before each further piece of a stream; <c>chunk_delay</c> in milliseconds.</summary>
    public TimeSpan ChunkDelay { get; init; }

    /// <summary>Pieces of content in a stream; null for the default.</summary>
    public int? Chunks { get; init; }

    /// <summary>Content in bytes of UTF-8; null for the natural length.</summary>
    public int? Size { get; init; }

    /// <summary>Answer with this error status.</summary>
    public int? Error { get; init; }

    /// <summary><c>Retry-After</c> of the error, in seconds.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>The connection breaks before this piece.</summary>
    public int? FailAt { get; init; }

    /// <summary>An error event takes the place of this piece and ends the stream.</summary>
    public int? ErrorAt { get; init; }

    /// <summary>Reads a query; a parameter that is no number or out of range is a problem that names it.</summary>
    public static SimulatorSettings Parse(string query, out SimulatorProblem? problem)
    {
        problem = null;
        if (query.Length <= 1)
        {
            return None;
        }

        var settings = None;
        foreach (var pair in new QueryStringEnumerable(query))
        {
            var name = pair.DecodeName().ToString();
            var value = pair.DecodeValue().Span;
            settings = name switch
            {
                "delay" => settings with { Delay = Milliseconds(name, value, ref problem) },
                "chunk_delay" => settings with { ChunkDelay = Milliseconds(name, value, ref problem) },
                "chunks" => settings with { Chunks = Number(name, value, 1, MaxChunks, ref problem) },
                "size" => settings with { Size = Number(name, value, 0, MaxSizeBytes, ref problem) },
                "error" => settings with { Error = Number(name, value, 400, 599, ref problem) },
                "retry_after" => settings with { RetryAfterSeconds = Number(name, value, 0, MaxRetryAfterSeconds, ref problem) },
                "fail_at" => settings with { FailAt = Number(name, value, 0, MaxChunks, ref problem) },
                "error_at" => settings with { ErrorAt = Number(name, value, 0, MaxChunks, ref problem) },
                _ => settings,
            };
        }

        return settings;
    }

    private static TimeSpan Milliseconds(string name, ReadOnlySpan<char> value, ref SimulatorProblem? problem) =>
        TimeSpan.FromMilliseconds(Number(name, value, 0, MaxDelayMilliseconds, ref problem));

    private static int Number(string name, ReadOnlySpan<char> value, int minimum, int maximum, ref SimulatorProblem? problem)
    {
        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= minimum && number <= maximum)
        {
            return number;
        }

        problem ??= SimulatorProblem.Invalid(name, string.Create(CultureInfo.InvariantCulture, $"The query parameter '{name}' must be a whole number from {minimum} to {maximum}."));
        return minimum;
    }
}
