using GatewayActors.Abstractions.Gateways;
using GatewayActors.Abstractions.Limits;

namespace GatewayActors.Grains.Limits;

/// <summary>The books of one quota. Without a clock or storage of its own; times are UTC ticks.</summary>
/// <remarks>
/// What a call uses counts in the window in which it was reserved. After a crash all that was reserved counts as used: nothing is ever
/// given back that may have been spent.
/// </remarks>
internal sealed class QuotaBook
{
    // Prices are the callers' own to set: an absurd one must not overflow the sum. A trillion dollars is more than any limit.
    private const decimal MostAmount = 1_000_000_000_000;
    private const decimal MostSum = 1_000_000_000_000_000_000;

    // No call takes this long: its front is gone.
    private static readonly long MostHeldTicks = TimeSpan.FromHours(2).Ticks;

    private readonly Dictionary<long, Hold> _holds = [];
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
    }

    /// <summary>Whether there is nothing to remember.</summary>
    public bool IsEmpty => _current is { Used: 0, Held: 0 } && _before is { Used: 0, Held: 0 };

    /// <summary>Reserves an amount, if the rule allows.</summary>
    public QuotaDecision Reserve(QuotaRule rule, decimal amount, long now)
    {
        amount = Math.Clamp(amount, 0, MostAmount);
        var elapsed = Advance(rule.Window.Ticks, now);
        var share = rule.Technique == LimitTechnique.Sliding ? 1 - ((decimal)elapsed / _length) : 0;
        var used = _current.All + (_before.All * share);
        var granted = used + amount <= rule.Limit || (used < rule.Limit && IsAlone(now));
        return new()
        {
            IsGranted = granted,
            Reservation = granted ? TakeHold(amount, now) : new() { Epoch = _epoch, Number = 0, Window = _window, Amount = 0 },
            RetryAfter = granted ? TimeSpan.Zero : TimeSpan.FromTicks(FreeAfter(rule, amount, elapsed)),
        };
    }

    /// <summary>Uses an amount at once, if it fits.</summary>
    public QuotaDecision Take(QuotaRule rule, decimal amount, long now)
    {
        var decision = Peek(rule, amount, now);
        if (decision.IsGranted)
        {
            Use(_window, decision.Reservation.Amount);
        }

        return decision;
    }

    /// <summary>What <see cref="Take"/> would say.</summary>
    public QuotaDecision Peek(QuotaRule rule, decimal amount, long now)
    {
        amount = Math.Clamp(amount, 0, MostAmount);
        var elapsed = Advance(rule.Window.Ticks, now);
        var share = rule.Technique == LimitTechnique.Sliding ? 1 - ((decimal)elapsed / _length) : 0;
        var granted = _current.All + (_before.All * share) + amount <= rule.Limit;
        return new()
        {
            IsGranted = granted,
            Reservation = new() { Epoch = _epoch, Number = 0, Window = _window, Amount = amount },
            RetryAfter = granted ? TimeSpan.Zero : TimeSpan.FromTicks(FreeAfter(rule, amount, elapsed)),
        };
    }

    /// <summary>Replaces a reservation by what was really used.</summary>
    public void Settle(QuotaReservation reservation, decimal actual)
    {
        actual = Math.Clamp(actual, 0, MostAmount);
        if (reservation.Epoch == _epoch)
        {
            if (_holds.Remove(reservation.Number, out var hold))
            {
                Release(hold);
                Use(hold.Window, actual);
            }

            return; // Settled before: the caller has not heard of it and asks again.
        }

        // Granted by an activation that is gone. What it had stored as reserved counts as used since, and stays so if less was used.
        var isCounted = reservation.Epoch == _epochBefore && reservation.Number <= _lastNumberBefore;
        Use(reservation.Window, isCounted ? Math.Max(0, actual - reservation.Amount) : actual);
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
    };

    private QuotaReservation TakeHold(decimal amount, long now)
    {
        var number = ++_lastNumber;
        _holds.Add(number, new(_window, amount, now));
        _current.Held += amount;
        return new() { Epoch = _epoch, Number = number, Window = _window, Amount = amount };
    }

    private void Release(Hold hold)
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
        var index = now / length;
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

        return Math.Max(0, now - (_index * _length)); // A clock that was set back a little stands still until it has caught up.
    }

    /// <summary>Whether nobody else holds anything that counts.</summary>
    private bool IsAlone(long now)
    {
        if (_current.Held == 0 && _before.Held == 0)
        {
            return true;
        }

        // Those whose front is gone never settle: what they hold is used.
        foreach (var (number, hold) in _holds)
        {
            if (now - hold.Since > MostHeldTicks)
            {
                _holds.Remove(number);
                Release(hold);
                Use(hold.Window, hold.Amount);
            }
        }

        return _current.Held == 0 && _before.Held == 0;
    }

    /// <summary>When the amount, or the last of the limit if that is less, would fit if nothing else were used. In ticks.</summary>
    private long FreeAfter(QuotaRule rule, decimal amount, long elapsed)
    {
        var rest = _length - elapsed;
        var room = rule.Limit - Math.Min(amount, rule.Limit);
        if (rule.Technique == LimitTechnique.Fixed)
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

    private readonly record struct Hold(long Window, decimal Amount, long Since);

    private struct Sums
    {
        public decimal Used;
        public decimal Held;

        public readonly decimal All => Used + Held;
    }
}
