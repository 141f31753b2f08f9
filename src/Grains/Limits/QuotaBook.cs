using GatewayActors.Abstractions.Gateways;
using GatewayActors.Abstractions.Limits;

namespace GatewayActors.Grains.Limits;

/// <summary>The books of one quota. Without a clock or storage of its own; times are UTC ticks.</summary>
/// <remarks>
/// What a call uses counts in the window in which it was reserved. After a crash all that was reserved counts as used: nothing is ever
/// given back that may have been spent. So does a reservation that is not settled in the longest time that its call can take.
/// Calls that are repeated, because their answer was lost, count once.
/// </remarks>
internal sealed class QuotaBook
{
    // Prices are the callers' own to set: an absurd one must not overflow the sum. A trillion dollars is more than any limit.
    private const decimal MostAmount = 1_000_000_000_000;
    private const decimal MostSum = 1_000_000_000_000_000_000;

    // What callers say is theirs to say, within reason.
    private static readonly TimeSpan ShortestCall = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestCall = TimeSpan.FromDays(7);

    private readonly QuotaHolds _holds = new();
    private readonly RecentIds _settled = new();
    private readonly RecentIds _taken = new();
    private readonly HashSet<long>? _openBefore;
    private readonly Guid _epoch;
    private readonly Guid _epochBefore;
    private readonly long _lastNumberBefore;
    private long _length;
    private long _index;
    private long _window;
    private long _lastNumber;
    private Sums _current;
    private Sums _before;

    public QuotaBook(QuotaState state, Guid epoch)
    {
        (_length, _index, _window) = (state.Length, state.Index, state.Window);
        _current.Used = state.Used + state.Held;
        _before.Used = state.UsedBefore + state.HeldBefore;
        (_epoch, _epochBefore, _lastNumberBefore) = (epoch, state.Epoch, state.LastNumber);
        _openBefore = state.Open is { } open ? [.. open] : null;
    }

    /// <summary>Whether there is nothing to remember.</summary>
    public bool IsEmpty => _current is { Used: 0, Held: 0 } && _before is { Used: 0, Held: 0 };

    /// <summary>Reserves an amount, if the rule allows.</summary>
    public QuotaDecision Reserve(QuotaRule rule, QuotaClaim claim, long now)
    {
        if (_holds.Find(claim.Id) is { } earlier)
        {
            return Granted(earlier); // Its caller has not heard of it and asks again.
        }

        var amount = Math.Clamp(claim.Amount, 0, MostAmount);
        var elapsed = Advance(QuotaWindows.LengthOf(rule), now);
        Expire(now);
        var share = IsSliding(rule) ? 1 - ((decimal)elapsed / _length) : 0;
        var used = _current.All + (_before.All * share);
        var isAlone = _current.Held == 0 && _before.Held == 0;
        if (used + amount <= rule.Limit || (used < rule.Limit && isAlone))
        {
            return Granted(TakeHold(claim, amount, now));
        }

        return new()
        {
            IsGranted = false,
            Reservation = new() { Epoch = _epoch, Number = 0, Window = _window, Amount = 0, Claim = claim.Id },
            RetryAfter = TimeSpan.FromTicks(FreeAfter(rule, amount, elapsed)),
            Used = used,
        };
    }

    /// <summary>Uses an amount at once, if it fits.</summary>
    public QuotaDecision Take(QuotaRule rule, QuotaUse use, long now)
    {
        if (use.IsRepeated && _taken.Contains(use.Id))
        {
            // Its caller has not heard of it and asks again.
            return new() { IsGranted = true, Reservation = new() { Epoch = _epoch, Number = 0, Window = _window, Amount = use.Amount, Claim = use.Id }, RetryAfter = TimeSpan.Zero };
        }

        var decision = Peek(rule, use.Amount, now);
        if (decision.IsGranted)
        {
            Use(_window, decision.Reservation.Amount);
            _taken.Add(use.Id);
        }

        return decision;
    }

    /// <summary>What <see cref="Take"/> would say.</summary>
    public QuotaDecision Peek(QuotaRule rule, decimal amount, long now)
    {
        amount = Math.Clamp(amount, 0, MostAmount);
        var elapsed = Advance(QuotaWindows.LengthOf(rule), now);
        var share = IsSliding(rule) ? 1 - ((decimal)elapsed / _length) : 0;
        var used = _current.All + (_before.All * share);
        var granted = used + amount <= rule.Limit;
        return new()
        {
            IsGranted = granted,
            Reservation = new() { Epoch = _epoch, Number = 0, Window = _window, Amount = amount, Claim = Guid.Empty },
            RetryAfter = granted ? TimeSpan.Zero : TimeSpan.FromTicks(FreeAfter(rule, amount, elapsed)),
            Used = used,
        };
    }

    /// <summary>Replaces a reservation by what was really used.</summary>
    public void Settle(QuotaReservation reservation, decimal actual)
    {
        actual = Math.Clamp(actual, 0, MostAmount);
        if (reservation.Epoch != _epoch)
        {
            SettleFromBefore(reservation, actual);
        }
        else if (_holds.Remove(reservation.Number) is { } hold)
        {
            Release(hold);
            Use(hold.Window, actual);
        }
        else if (_holds.RemoveExpired(reservation.Number))
        {
            UseMoreThan(reservation, actual); // Its caller was slower than it had said.
        }

        // Else settled before: the caller has not heard of it and asks again.
    }

    /// <summary>What to store.</summary>
    public QuotaState ToState() => new()
    {
        Length = _length,
        Index = _index,
        Window = _window,
        Used = _current.Used,
        Held = _current.Held,
        UsedBefore = _before.Used,
        HeldBefore = _before.Held,
        Epoch = _epoch,
        LastNumber = _lastNumber,
        Open = _holds.OpenNumbers(),
    };

    private static QuotaDecision Granted(QuotaHold hold) => new() { IsGranted = true, Reservation = hold.Reservation, RetryAfter = TimeSpan.Zero };

    // A month has no length that a share of it could be taken of.
    private static bool IsSliding(QuotaRule rule) => rule is { Technique: LimitTechnique.Sliding, IsMonthly: false };

    private QuotaHold TakeHold(QuotaClaim claim, decimal amount, long now)
    {
        var longest = claim.Longest < ShortestCall ? ShortestCall : claim.Longest > LongestCall ? LongestCall : claim.Longest;
        var reservation = new QuotaReservation { Epoch = _epoch, Number = ++_lastNumber, Window = _window, Amount = amount, Claim = claim.Id };
        var hold = new QuotaHold(reservation, now + longest.Ticks);
        _holds.Add(hold);
        _current.Held += amount;
        return hold;
    }

    /// <summary>Settles what an activation has granted that is gone.</summary>
    private void SettleFromBefore(QuotaReservation reservation, decimal actual)
    {
        if (reservation.Epoch == _epochBefore && reservation.Number <= _lastNumberBefore && _openBefore is not null)
        {
            // What was stored as reserved counts as used since, and stays so if less was used.
            if (_openBefore.Remove(reservation.Number))
            {
                UseMoreThan(reservation, actual);
            }

            return; // Else the settlement was stored, and only its answer was lost.
        }

        if (_settled.Contains(reservation.Claim))
        {
            return;
        }

        _settled.Add(reservation.Claim);
        if (reservation.Epoch == _epochBefore && reservation.Number <= _lastNumberBefore)
        {
            UseMoreThan(reservation, actual);
        }
        else
        {
            Use(reservation.Window, actual); // Never stored, or too long ago to know: rather twice than not at all.
        }
    }

    private void UseMoreThan(QuotaReservation reservation, decimal actual) => Use(reservation.Window, Math.Max(0, actual - reservation.Amount));

    private void Release(QuotaHold hold)
    {
        if (hold.Window == _window)
        {
            _current.Held -= hold.Amount;
        }
        else if (hold.Window == _window - 1)
        {
            _before.Held -= hold.Amount;
        }
    }

    private void Use(long window, decimal amount)
    {
        if (window == _window)
        {
            _current.Used = Math.Min(MostSum, _current.Used + amount);
        }
        else if (window == _window - 1)
        {
            _before.Used = Math.Min(MostSum, _before.Used + amount);
        }
    }

    /// <summary>Goes on to the window that it is now, and answers how much of it is over.</summary>
    private long Advance(long length, long now)
    {
        var index = QuotaWindows.IndexOf(length, now);
        if (length != _length)
        {
            // What the old window has counted counts in the new one: a changed rule must not be a way to start anew.
            (_length, _index) = (length, index);
        }

        if (index < _index - 1)
        {
            _index = index; // The clock was wrong by more than a window. What was counted counts as of now.
        }

        var passed = Math.Max(0, index - _index);
        if (passed > 0)
        {
            _before = passed == 1 ? _current : default;
            _current = default;
            (_index, _window) = (index, _window + passed);
        }

        return Math.Max(0, now - QuotaWindows.StartOf(_length, _index)); // A clock that was set back a little stands still until it has caught up.
    }

    /// <summary>Takes for used what is held by those who are gone: they never settle.</summary>
    private void Expire(long now)
    {
        while (_holds.Expire(now) is { } hold)
        {
            Release(hold);
            Use(hold.Window, hold.Amount);
        }
    }

    /// <summary>When the amount, or the last of the limit if that is less, would fit if nothing else were used. In ticks.</summary>
    private long FreeAfter(QuotaRule rule, decimal amount, long elapsed)
    {
        var rest = QuotaWindows.StartOf(_length, _index + 1) - QuotaWindows.StartOf(_length, _index) - elapsed;
        var room = rule.Limit - Math.Min(amount, rule.Limit);
        if (!IsSliding(rule))
        {
            return rest;
        }

        if (_current.All <= room)
        {
            // Enough of the window before must fall out of sight.
            return Math.Clamp(rest - TicksOf(room - _current.All, _before.All), 1, rest);
        }

        return rest + Math.Clamp(_length - TicksOf(room, _current.All), 0, _length);
    }

    private long TicksOf(decimal part, decimal whole) => whole <= part ? _length : (long)(part / whole * _length);

    private struct Sums
    {
        public decimal Used;
        public decimal Held;

        public readonly decimal All => Used + Held;
    }
}
