using GatewayActors.Abstractions.Caching;
using GatewayActors.Grains.Caching;
using Xunit;

namespace GatewayActors.Grains.Tests.Caching;

public sealed class CacheReservationsTests
{
    private static readonly DateTimeOffset Start = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly CacheKey Key = CacheEntriesTests.Key("a");

    private readonly CacheReservations _reservations = new();

    [Fact]
    public void Find_LeaseIsOver_EndsIt()
    {
        var reservation = _reservations.Take(Key, Start);
        Assert.Same(reservation, _reservations.Find(Key, Start + CacheReservation.Lease - TimeSpan.FromTicks(1)));

        Assert.Null(_reservations.Find(Key, Start + CacheReservation.Lease));

        Assert.True(reservation.Ending.Task.IsCompleted);
        Assert.Equal(0, _reservations.Count);
    }

    [Fact]
    public void Keep_BeforeTheEnd_ExtendsTheLease()
    {
        var id = _reservations.Take(Key, Start).Id;

        Assert.True(_reservations.Keep(Key, id, Start.AddSeconds(9)));
        Assert.NotNull(_reservations.Find(Key, Start.AddSeconds(18)));
        Assert.False(_reservations.Keep(Key, id, Start.AddSeconds(19)));
    }

    [Fact]
    public void KeepAndAbandon_OfAnothersReservation_DoNothing()
    {
        var old = _reservations.Take(Key, Start).Id;
        _reservations.End(Key);
        var held = _reservations.Take(Key, Start);

        Assert.False(_reservations.Keep(Key, old, Start));
        _reservations.Abandon(Key, old);

        Assert.Same(held, _reservations.Find(Key, Start));
        Assert.False(held.Ending.Task.IsCompleted);
        _reservations.Abandon(Key, held.Id);
        Assert.True(held.Ending.Task.IsCompleted);
    }

    [Fact]
    public void SweepAndClear_EndWhatTheyDrop()
    {
        var old = _reservations.Take(Key, Start);
        var young = _reservations.Take(CacheEntriesTests.Key("b"), Start.AddSeconds(5));

        _reservations.Sweep(Start.AddSeconds(10));
        Assert.Equal((true, false, 1), (old.Ending.Task.IsCompleted, young.Ending.Task.IsCompleted, _reservations.Count));
        _reservations.Clear();
        Assert.Equal((true, 0), (young.Ending.Task.IsCompleted, _reservations.Count));
    }
}
