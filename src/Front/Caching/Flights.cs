using System.Collections.Concurrent;
using GatewayActors.Abstractions.Caching;
using GatewayActors.Front.Upstreams;

namespace GatewayActors.Front.Caching;

/// <summary>The answers that this front is fetching for more than one exchange, should others come. Thread-safe; one per process.</summary>
internal sealed class Flights
{
    private readonly ConcurrentDictionary<FlightKey, Flight> _flights = new();

    /// <summary>Those that can be joined.</summary>
    public ICollection<Flight> Running => _flights.Values;

    /// <summary>Joins the flight of a key, or begins it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="flight">The flight.</param>
    /// <returns>Whether the caller has begun it and must see it to its end.</returns>
    public bool JoinOrBegin(in FlightKey key, out Flight flight)
    {
        Flight? begun = null;
        while (true)
        {
            if (_flights.TryGetValue(key, out var running))
            {
                if (running.TryJoin())
                {
                    flight = running;
                    return false;
                }

                Remove(key, running); // Everybody has left it.
            }
            else if (_flights.TryAdd(key, begun ??= new()))
            {
                flight = begun;
                return true;
            }
        }
    }

    /// <summary>Takes a flight off the list: nobody can join it any more.</summary>
    public void Remove(in FlightKey key, Flight flight) => _flights.TryRemove(KeyValuePair.Create(key, flight));
}

/// <summary>What exchanges must have in common to share a call: the answer, and how it is fetched.</summary>
/// <param name="Key">The answer.</param>
/// <param name="Form">The form in which they want it.</param>
/// <param name="Version">The version of the gateway's configuration.</param>
/// <param name="Attempts">How often and how patiently the provider is tried.</param>
/// <param name="HasFallback">Whether a failure is the end: the last upstream is tried more patiently.</param>
/// <param name="StaleFor">How old an answer may be served if the provider fails.</param>
internal readonly record struct FlightKey(CacheKey Key, AnswerForm Form, long Version, AttemptPolicy Attempts, bool HasFallback, TimeSpan StaleFor);
