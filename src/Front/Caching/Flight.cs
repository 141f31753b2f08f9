using System.Diagnostics.CodeAnalysis;
using GatewayActors.Abstractions.Caching;
using GatewayActors.Front.Errors;

namespace GatewayActors.Front.Caching;

/// <summary>
/// The fetching of one answer, which several exchanges may wait for. The first one fetches, the others follow. It is ended when nobody
/// waits any more. Thread-safe.
/// </summary>
#pragma warning disable CA1001 // A source without a timer holds nothing but memory, and those who leave may come to it after everything else.
internal sealed class Flight
#pragma warning restore CA1001
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource<FlightStart> _start = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _abandoned = new();
    private int _waiting = 1;

    /// <summary>What those who wait will get, as soon as it is known.</summary>
    public Task<FlightStart> Start => _start.Task;

    /// <summary>How many wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _waiting;
            }
        }
    }

    /// <summary>Set when nobody waits any more.</summary>
    public CancellationToken Abandoned => _abandoned.Token;

    /// <summary>Whether the fetching ended because a limit of time was hit.</summary>
    public bool TimedOut { get; set; }

    /// <summary>The answer's body, while it comes in. First asked for by the one who fetches, before it begins: a hit needs none.</summary>
    public SharedBody Body => field ??= new(CachePlan.MaxBytes);

    /// <summary>Counts one more who waits.</summary>
    /// <returns>False if everybody has gone already.</returns>
    public bool TryJoin()
    {
        lock (_lock)
        {
            if (_waiting == 0)
            {
                return false;
            }

            _waiting++;
            return true;
        }
    }

    /// <summary>Counts one less who waits. Called once by each.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            if (--_waiting > 0)
            {
                return;
            }
        }

        _abandoned.Cancel();
    }

    /// <summary>Says what those who wait get; the first word holds.</summary>
    public void Begin(FlightStart start) => _start.TrySetResult(start);
}

/// <summary>What the followers of a flight get.</summary>
internal abstract record FlightStart
{
    /// <summary>Look again: whoever fetched was kept from it by something that holds for itself alone.</summary>
    public static FlightStart Again { get; } = new Nothing();

    /// <summary>Fetch for yourself: this answer is not one to share.</summary>
    public static FlightStart Alone { get; } = new Nothing();

    private FlightStart()
    {
    }

    /// <summary>An answer, whose body comes by <see cref="Flight.Body"/>.</summary>
    /// <param name="Head">Its head.</param>
    /// <param name="OnlyFor">The one request that it answers, because it is a failure; null: all who share the flight.</param>
    internal sealed record Answered(SharedHead Head, CacheKey? OnlyFor) : FlightStart;

    /// <summary>An answer out of the cache.</summary>
    /// <param name="Answer">The answer.</param>
    /// <param name="IsStale">Whether it is too old, and stands in for a failure.</param>
    /// <param name="OnlyFor">As of <see cref="Answered"/>.</param>
    internal sealed record Cached(CachedAnswer Answer, bool IsStale, CacheKey? OnlyFor) : FlightStart;

    /// <summary>No answer: the provider cannot be reached or is too slow.</summary>
    /// <param name="Error">Why.</param>
    /// <param name="OnlyFor">As of <see cref="Answered"/>.</param>
    internal sealed record Failed(GatewayError Error, CacheKey? OnlyFor) : FlightStart;

    [SuppressMessage("Performance", "CA1812", Justification = "Made above.")]
    private sealed record Nothing : FlightStart;
}

/// <summary>The head of a shared answer.</summary>
internal sealed record SharedHead(int StatusCode, string? ContentType, KeyValuePair<string, string>[] Headers);
