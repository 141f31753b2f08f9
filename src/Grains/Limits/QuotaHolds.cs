using GatewayActors.Abstractions.Limits;

namespace GatewayActors.Grains.Limits;

/// <summary>A reservation that is not settled.</summary>
/// <param name="Reservation">What its caller holds.</param>
/// <param name="Until">When its caller is surely gone, in UTC ticks.</param>
internal sealed record QuotaHold(QuotaReservation Reservation, long Until)
{
    public long Window => Reservation.Window;

    public decimal Amount => Reservation.Amount;
}

/// <summary>The reservations of one activation that are not settled. Used by one thread at a time.</summary>
internal sealed class QuotaHolds
{
    // Each is that of a front that died in the middle of a call, or of a call that took longer than its front can wait.
    private const int MostExpired = 1_000;

    private readonly Dictionary<long, QuotaHold> _holds = [];
    private readonly Dictionary<Guid, QuotaHold> _byClaim = [];
    private readonly HashSet<long> _expired = [];
    private readonly Queue<long> _oldestExpired = [];
    private long _earliest = long.MaxValue; // No hold ends before.

    public QuotaHold? Find(Guid claim) => _byClaim.GetValueOrDefault(claim);

    public void Add(QuotaHold hold)
    {
        _holds.Add(hold.Reservation.Number, hold);
        _byClaim.Add(hold.Reservation.Claim, hold);
        _earliest = Math.Min(_earliest, hold.Until);
    }

    /// <summary>Takes a hold out; null if there is none of this number.</summary>
    public QuotaHold? Remove(long number)
    {
        if (_holds.Remove(number, out var hold))
        {
            _byClaim.Remove(hold.Reservation.Claim);
        }

        return hold;
    }

    /// <summary>Takes a hold out whose time is over; null if there is none. It is remembered, should its caller come after all.</summary>
    public QuotaHold? Expire(long now)
    {
        if (now < _earliest)
        {
            return null;
        }

        QuotaHold? first = null;
        _earliest = long.MaxValue;
        foreach (var hold in _holds.Values)
        {
            if (first is null && hold.Until <= now)
            {
                first = hold;
            }
            else
            {
                _earliest = Math.Min(_earliest, hold.Until);
            }
        }

        if (first is not null)
        {
            Remove(first.Reservation.Number);
            Remember(first.Reservation.Number);
        }

        return first;
    }

    /// <summary>Whether a hold had ended by its time. True only once.</summary>
    public bool RemoveExpired(long number) => _expired.Remove(number);

    /// <summary>The numbers of all holds.</summary>
    public long[] OpenNumbers() => [.. _holds.Keys];

    private void Remember(long number)
    {
        _expired.Add(number);
        _oldestExpired.Enqueue(number);
        if (_oldestExpired.Count > MostExpired)
        {
            _expired.Remove(_oldestExpired.Dequeue());
        }
    }
}
