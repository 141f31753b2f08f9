using CsCheck;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Abstractions.Limits;
using GatewayActors.Grains.Limits;
using Xunit;

namespace GatewayActors.Grains.Tests.Limits;

public sealed class QuotaBookTests
{
    private static readonly long Noon = new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero).UtcTicks;
    private static readonly Guid Epoch = Guid.CreateVersion7();

    private enum Act
    {
        Reserve,
        Settle,
        SettleAgain,
        Crash,
    }

    [Theory]
    [InlineData(LimitTechnique.Fixed)]
    [InlineData(LimitTechnique.Sliding)]
    public void AnyLoad_DecidesAsTheModel(LimitTechnique technique)
    {
        var acts = Gen.Frequency((8, Gen.Const(Act.Reserve)), (6, Gen.Const(Act.Settle)), (1, Gen.Const(Act.SettleAgain)), (1, Gen.Const(Act.Crash)));
        var steps = Gen.Select(acts, Gen.Frequency((5, Gen.Const(0)), (5, Gen.Int[0, 30]), (1, Gen.Int[0, 400])), Gen.Int[0, 12], Gen.Int[0, 20], Gen.Int[0, 100]).Array[1, 120];
        Gen.Select(Gen.Int[0, 40], Gen.Int[1, 100], steps).Sample((limit, length, load) =>
        {
            var rule = Rule(limit, TimeSpan.FromTicks(length), technique);
            var epoch = Epoch;
            var book = new QuotaBook(new(), epoch);
            List<Call> calls = [];
            var now = Noon;
            foreach (var (act, pause, amount, actual, pick) in load)
            {
                now += pause;
                var open = calls.FindAll(call => !call.IsSettled);
                switch (act)
                {
                    case Act.Reserve:
                        var share = technique == LimitTechnique.Fixed ? 0 : 1 - ((decimal)(now % length) / length);
                        var used = Sum(now / length) + (Sum((now / length) - 1) * share);
                        var isAlone = open.TrueForAll(call => call.Amount == 0 || call.Window < (now / length) - 1 || call.Crashes > 0);
                        var decision = book.Reserve(rule, amount, now);
                        Assert.Equal(used + amount <= limit || (isAlone && used < limit), decision.IsGranted);
                        Assert.Equal(decision.IsGranted, decision.RetryAfter == TimeSpan.Zero);
                        if (decision.IsGranted)
                        {
                            calls.Add(new(decision.Reservation, now / length, amount));
                        }

                        break;
                    case Act.Settle when open.Count > 0:
                        var call = open[pick % open.Count];
                        book.Settle(call.Reservation, actual);
                        call.IsSettled = true;
                        call.Counts = call.Crashes switch
                        {
                            0 => actual,
                            1 => Math.Max(call.Amount, actual), // Stored as reserved, and nothing is given back.
                            _ => call.Amount + actual, // Too long ago to know whether it was stored: rather twice than not at all.
                        };
                        break;
                    case Act.SettleAgain when calls.Find(call => call.IsSettled && call.Reservation.Epoch == epoch) is { } settled:
                        book.Settle(settled.Reservation, actual + 1);
                        break;
                    case Act.Crash:
                        epoch = Guid.CreateVersion7();
                        book = new(book.ToState(), epoch);
                        open.ForEach(call => call.Crashes++);
                        break;
                    default:
                        break;
                }
            }

            decimal Sum(long window) => calls.Where(call => call.Window == window).Sum(call => call.Counts);
        });
    }

    [Fact]
    public void Reserve_EstimateAboveTheLimit_IsGrantedToOneAtATimeUntilTheLimitIsReached()
    {
        var book = new QuotaBook(new(), Epoch);
        var rule = Rule(10, TimeSpan.FromDays(1), LimitTechnique.Fixed);

        var first = book.Reserve(rule, 25, Noon);
        Assert.True(first.IsGranted);
        Assert.False(book.Reserve(rule, 25, Noon).IsGranted);
        book.Settle(first.Reservation, 4);

        var second = book.Reserve(rule, 25, Noon);
        Assert.True(second.IsGranted);
        book.Settle(second.Reservation, 7);

        Assert.False(book.Reserve(rule, 25, Noon).IsGranted);
        Assert.False(book.Reserve(rule, 1, Noon).IsGranted);
    }

    [Fact]
    public void Reserve_FrontOfAReservationIsGone_CountsItAsUsedAndGoesOn()
    {
        var book = new QuotaBook(new(), Epoch);
        var rule = Rule(10, TimeSpan.FromDays(1), LimitTechnique.Fixed);
        Assert.True(book.Reserve(rule, 6, Noon).IsGranted);

        Assert.False(book.Reserve(rule, 6, Noon + TimeSpan.FromHours(1).Ticks).IsGranted);
        Assert.True(book.Reserve(rule, 6, Noon + TimeSpan.FromHours(3).Ticks).IsGranted);
        Assert.False(book.Reserve(rule, 1, Noon + TimeSpan.FromHours(3).Ticks).IsGranted);
    }

    [Fact]
    public void Reserve_OrphanWithoutAnAmount_IsNotHeldForEver()
    {
        var book = new QuotaBook(new(), Epoch);
        var rule = Rule(10, TimeSpan.FromDays(1), LimitTechnique.Fixed);
        book.Reserve(rule, 0, Noon);
        Assert.Single(book.ToState().Open!);

        book.Reserve(rule, 1, Noon + TimeSpan.FromHours(3).Ticks);

        Assert.Single(book.ToState().Open!);
    }

    [Theory]
    [InlineData(4, 6)] // Not given back: it may have been spent.
    [InlineData(9, 9)]
    public void Settle_AfterItWasTakenForAnOrphan_CountsWhatIsMoreThanWasReserved(decimal actual, decimal counts)
    {
        var book = new QuotaBook(new(), Epoch);
        var rule = Rule(10, TimeSpan.FromDays(1), LimitTechnique.Fixed);
        var late = book.Reserve(rule, 6, Noon).Reservation;
        var now = Noon + TimeSpan.FromHours(3).Ticks;
        book.Settle(book.Reserve(rule, 0, now).Reservation, 0);

        book.Settle(late, actual);
        book.Settle(late, actual);

        Assert.True(book.Reserve(rule, 10 - counts, now).IsGranted);
        Assert.False(book.Reserve(rule, 0.1m, now).IsGranted);
    }

    [Fact]
    public void Reserve_RepeatedAfterALostAnswer_ReservesOnce()
    {
        var book = new QuotaBook(new(), Epoch);
        var rule = Rule(10, TimeSpan.FromDays(1), LimitTechnique.Fixed);
        var claim = Claims.Of(6);

        var first = book.Reserve(rule, claim, Noon);
        var again = book.Reserve(rule, claim, Noon + 5);

        Assert.Equal(first, again);
        Assert.True(book.Reserve(rule, 4, Noon).IsGranted);
        book.Settle(again.Reservation, 1);
        Assert.True(book.Reserve(rule, 5, Noon).IsGranted);
        Assert.False(book.Reserve(rule, 0.1m, Noon).IsGranted);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Settle_RepeatedAfterACrash_CountsOnce(bool wasStored)
    {
        var rule = Rule(100, TimeSpan.FromDays(1), LimitTechnique.Fixed);
        var before = new QuotaBook(new(), Epoch);
        var reservation = before.Reserve(rule, 10, Noon).Reservation;
        var state = before.ToState();
        if (wasStored)
        {
            before.Settle(reservation, 30);
            state = before.ToState(); // And then the silo died, before it could answer.
        }

        var after = new QuotaBook(state, Guid.CreateVersion7());
        after.Settle(reservation, 30);
        after.Settle(reservation, 30);

        Assert.True(after.Reserve(rule, 70, Noon).IsGranted);
        Assert.False(after.Reserve(rule, 0.1m, Noon).IsGranted);
    }

    [Fact]
    public void Settle_OfAReservationThatWasNeverStored_CountsOnce()
    {
        var rule = Rule(100, TimeSpan.FromDays(1), LimitTechnique.Fixed);
        var before = new QuotaBook(new(), Epoch);
        var state = before.ToState();
        var lost = before.Reserve(rule, 10, Noon).Reservation;

        var after = new QuotaBook(state, Guid.CreateVersion7());
        after.Reserve(rule, 0, Noon);
        after.Settle(lost with { Window = 0 }, 30);
        var counted = after.ToState().Used;
        after.Settle(lost with { Window = 0 }, 30);

        Assert.Equal(counted, after.ToState().Used);
    }

    [Fact]
    public void Settle_StateOfBeforeReservationsWereNoted_GivesNothingBack()
    {
        var rule = Rule(100, TimeSpan.FromDays(1), LimitTechnique.Fixed);
        var before = new QuotaBook(new(), Epoch);
        var reservation = before.Reserve(rule, 30, Noon).Reservation;

        var after = new QuotaBook(before.ToState() with { Open = null }, Guid.CreateVersion7());
        after.Settle(reservation, 40);
        after.Settle(reservation, 40);

        Assert.True(after.Reserve(rule, 60, Noon).IsGranted);
        Assert.False(after.Reserve(rule, 0.1m, Noon).IsGranted);
    }

    [Fact]
    public void Reserve_SlidingWindow_CountsTheWindowBeforeByItsShare()
    {
        var book = new QuotaBook(new(), Epoch);
        var rule = Rule(100, TimeSpan.FromHours(1), LimitTechnique.Sliding);
        book.Settle(book.Reserve(rule, 80, Noon).Reservation, 80);
        var quarterPastOne = Noon + TimeSpan.FromMinutes(75).Ticks;

        var granted = book.Reserve(rule, 45, quarterPastOne);
        Assert.True(granted.IsGranted); // 60 of the 80 still count, and nobody else is at it.
        book.Settle(granted.Reservation, 45);

        var next = book.Reserve(rule, 20, quarterPastOne);
        Assert.False(next.IsGranted);
        Assert.True(book.Reserve(rule, 20, quarterPastOne + next.RetryAfter.Ticks + 1).IsGranted);
        Assert.False(new QuotaBook(book.ToState(), Epoch).Reserve(rule, 20, quarterPastOne + next.RetryAfter.Ticks - TimeSpan.FromSeconds(5).Ticks).IsGranted);
    }

    [Fact]
    public void Reserve_RuleChanges_HoldsAtOnceAndForgetsNothing()
    {
        var book = new QuotaBook(new(), Epoch);
        book.Settle(book.Reserve(Rule(100, TimeSpan.FromDays(1), LimitTechnique.Sliding), 60, Noon).Reservation, 60);

        Assert.False(book.Reserve(Rule(60, TimeSpan.FromDays(1), LimitTechnique.Fixed), 1, Noon).IsGranted);
        Assert.False(book.Reserve(Rule(60, TimeSpan.FromHours(1), LimitTechnique.Sliding), 1, Noon).IsGranted);
        Assert.True(book.Reserve(Rule(70, TimeSpan.FromHours(1), LimitTechnique.Sliding), 1, Noon).IsGranted);
    }

    [Fact]
    public void Settle_OverACrash_CountsWhatWasStoredOnceAndWhatWasNotInFull()
    {
        var rule = Rule(100, TimeSpan.FromDays(1), LimitTechnique.Fixed);
        var before = new QuotaBook(new(), Epoch);
        var stored = before.Reserve(rule, 30, Noon).Reservation;
        var state = before.ToState();
        var lost = before.Reserve(rule, 30, Noon).Reservation;

        var after = new QuotaBook(state, Guid.CreateVersion7());
        after.Settle(stored, 10); // 30 count already: nothing is given back.
        after.Settle(lost, 20);

        Assert.True(after.Reserve(rule, 50, Noon).IsGranted);
        Assert.False(after.Reserve(rule, 1, Noon).IsGranted);
    }

    [Fact]
    public void Settle_AbsurdAmounts_DoNotOverflow()
    {
        var book = new QuotaBook(new(), Epoch);
        var rule = Rule(decimal.MaxValue, TimeSpan.FromDays(36_600), LimitTechnique.Sliding);
        for (var i = 0; i < 10; i++)
        {
            book.Settle(book.Reserve(rule, decimal.MaxValue, Noon).Reservation, decimal.MaxValue);
        }

        Assert.False(book.Reserve(rule with { Limit = 1_000_000_000 }, 1, Noon).IsGranted);
    }

    [Fact]
    public void Reserve_ClockIsSetBack_ForgetsNothing()
    {
        var book = new QuotaBook(new(), Epoch);
        var rule = Rule(10, TimeSpan.FromHours(1), LimitTechnique.Fixed);
        book.Settle(book.Reserve(rule, 10, Noon).Reservation, 10);

        Assert.False(book.Reserve(rule, 1, Noon - TimeSpan.FromMinutes(5).Ticks).IsGranted);
        var yearAgo = Noon - TimeSpan.FromDays(365).Ticks;
        Assert.False(book.Reserve(rule, 1, yearAgo).IsGranted);
        Assert.True(book.Reserve(rule, 1, yearAgo + TimeSpan.FromHours(1).Ticks).IsGranted);
    }

    [Fact]
    public void Reserve_CalendarMonth_EndsWithTheMonth()
    {
        var book = new QuotaBook(new(), Epoch);
        var rule = Rule(10, TimeSpan.FromDays(31), LimitTechnique.Fixed) with { IsMonthly = true };
        var endOfJanuary = new DateTimeOffset(2028, 1, 31, 23, 0, 0, TimeSpan.Zero).UtcTicks;
        book.Settle(book.Reserve(rule, 10, endOfJanuary).Reservation, 10);

        var refused = book.Reserve(rule, 1, endOfJanuary);
        Assert.Equal((false, TimeSpan.FromHours(1), 10m), (refused.IsGranted, refused.RetryAfter, refused.Used));

        var february = endOfJanuary + refused.RetryAfter.Ticks;
        book.Settle(book.Reserve(rule, 10, february).Reservation, 10);
        Assert.Equal(TimeSpan.FromDays(29), book.Reserve(rule, 1, february).RetryAfter); // A leap year.
        Assert.True(book.Reserve(rule, 1, february + TimeSpan.FromDays(29).Ticks).IsGranted);
    }

    [Fact]
    public void Reserve_CalendarMonth_IsKeptOverACrashAndAChangeOfTheRule()
    {
        var before = new QuotaBook(new(), Epoch);
        var monthly = Rule(10, TimeSpan.FromDays(31), LimitTechnique.Fixed) with { IsMonthly = true };
        before.Settle(before.Reserve(monthly, 6, Noon).Reservation, 6);

        var book = new QuotaBook(before.ToState(), Guid.CreateVersion7());

        Assert.True(book.Reserve(monthly, 3, Noon + 1).IsGranted);
        Assert.False(book.Reserve(monthly, 3, Noon + 1).IsGranted);
        Assert.False(book.Reserve(Rule(5, TimeSpan.FromDays(1), LimitTechnique.Fixed), 1, Noon + 2).IsGranted);
        Assert.Equal(QuotaWindows.Month, before.ToState().Length);
    }

    [Fact]
    public void Reserve_Week_BeginsOnMonday()
    {
        var book = new QuotaBook(new(), Epoch);
        var rule = Rule(10, TimeSpan.FromDays(7), LimitTechnique.Fixed);
        var sunday = new DateTimeOffset(2026, 11, 29, 20, 0, 0, TimeSpan.Zero);
        Assert.Equal(DayOfWeek.Sunday, sunday.DayOfWeek);
        book.Settle(book.Reserve(rule, 10, sunday.UtcTicks).Reservation, 10);

        Assert.Equal(TimeSpan.FromHours(4), book.Reserve(rule, 1, sunday.UtcTicks).RetryAfter);
    }

    private static QuotaRule Rule(decimal limit, TimeSpan window, LimitTechnique technique) => new() { Limit = limit, Window = window, Technique = technique };

    private sealed class Call(QuotaReservation reservation, long window, decimal amount)
    {
        public QuotaReservation Reservation { get; } = reservation;

        public long Window { get; } = window;

        public decimal Amount { get; } = amount;

        public decimal Counts { get; set; } = amount;

        public bool IsSettled { get; set; }

        public int Crashes { get; set; }
    }
}
