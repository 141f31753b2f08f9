using GatewayActors.Abstractions.Caching;

namespace GatewayActors.Grains.Caching;

/// <summary>Which answers are being fetched. No clock, no Orleans; used by one thread at a time.</summary>
internal sealed class CacheReservations
{
    private readonly Dictionary<CacheKey, Reservation> _reservations = [];
    private long _lastId;

    public int Count => _reservations.Count;

    /// <summary>The reservation of an answer; null if nobody fetches it, as far as one can tell.</summary>
    public Reservation? Find(CacheKey key, DateTimeOffset now)
    {
        if (!_reservations.TryGetValue(key, out var reservation))
        {
            return null;
        }

        if (now < reservation.Until)
        {
            return reservation;
        }

        End(key);
        return null;
    }

    /// <summary>Reserves an answer that nobody has reserved.</summary>
    public Reservation Take(CacheKey key, DateTimeOffset now)
    {
        var reservation = new Reservation { Id = ++_lastId, Until = now + CacheReservation.Lease };
        _reservations.Add(key, reservation);
        return reservation;
    }

    /// <summary>Extends a reservation.</summary>
    /// <returns>Whether it still was there.</returns>
    public bool Keep(CacheKey key, long id, DateTimeOffset now)
    {
        if (Find(key, now) is not { } reservation || reservation.Id != id)
        {
            return false;
        }

        reservation.Until = now + CacheReservation.Lease;
        return true;
    }

    /// <summary>Ends a reservation, if it still is there; those who wait look again.</summary>
    public void Abandon(CacheKey key, long id)
    {
        if (_reservations.TryGetValue(key, out var reservation) && reservation.Id == id)
        {
            End(key);
        }
    }

    /// <summary>Ends whatever reservation an answer has, because it is here.</summary>
    public void End(CacheKey key)
    {
        if (_reservations.Remove(key, out var reservation))
        {
            reservation.Ending.TrySetResult();
        }
    }

    /// <summary>Ends all.</summary>
    public void Clear()
    {
        foreach (var reservation in _reservations.Values)
        {
            reservation.Ending.TrySetResult();
        }

        _reservations.Clear();
    }

    /// <summary>Ends what has no sign of life.</summary>
    public void Sweep(DateTimeOffset now)
    {
        foreach (var (key, reservation) in _reservations) // Removing while enumerating is allowed for a dictionary.
        {
            if (reservation.Until <= now)
            {
                End(key);
            }
        }
    }

    /// <summary>Somebody fetches an answer.</summary>
    internal sealed class Reservation
    {
        public required long Id { get; init; }

        public required DateTimeOffset Until { get; set; }

        /// <summary>Ends with the reservation, for whatever reason.</summary>
        public TaskCompletionSource Ending { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
