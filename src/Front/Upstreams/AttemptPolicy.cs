using GatewayActors.Abstractions.Gateways;

namespace GatewayActors.Front.Upstreams;

/// <summary>How often and how patiently a target is tried.</summary>
internal readonly record struct AttemptPolicy
{
    public const int DefaultDelayMilliseconds = 1_000;
    public const int MaxDelayMilliseconds = 60_000;
    public const int MostAttempts = 5;

    /// <summary>Most calls to the upstream, the first included. 1 to 5.</summary>
    public required int MaxAttempts { get; init; }

    /// <summary>The base delay. At most 60 s.</summary>
    public required TimeSpan Delay { get; init; }

    /// <summary>How the delay grows.</summary>
    public required RetryBackoff Backoff { get; init; }

    /// <summary>How long an attempt may take to its first byte; null: only the operator's ceiling.</summary>
    public TimeSpan? FirstByteTimeout { get; init; }

    /// <summary>After which time without an answer a second call is begun beside an attempt; null: none.</summary>
    public TimeSpan? HedgeDelay { get; init; }

    /// <summary>The delay before the next attempt.</summary>
    /// <param name="attemptsMade">At least 1.</param>
    public TimeSpan DelayAfter(int attemptsMade)
    {
        var delay = Backoff switch
        {
            RetryBackoff.Constant => Delay,
            RetryBackoff.Linear => Delay * attemptsMade,
            RetryBackoff.Exponential => Delay * (1 << (attemptsMade - 1)),
        };
        return TimeSpan.FromMilliseconds(Math.Min(delay.TotalMilliseconds, MaxDelayMilliseconds));
    }
}
