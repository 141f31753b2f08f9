using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Abstractions.Limits;
using Orleans.Core.Internal;
using Orleans.Storage;
using Xunit;

namespace GatewayActors.Grains.Tests.Limits;

[Collection(typeof(ClusterTests))]
public sealed class QuotaGrainTests(ClusterFixture fixture)
{
    // So long that no test sees its end.
    private static readonly QuotaRule Rule = new() { Limit = 10, Window = TimeSpan.FromSeconds(1_000_000_000), Technique = LimitTechnique.Fixed };

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0.5, 0.5)] // The estimate is right.
    [InlineData(0.5, 0.45)]
    [InlineData(0.5, 0.7)]
    [InlineData(50, 0.5)] // Every estimate is above the limit.
    public async Task TwoHundredConcurrentCalls_SpendAtMostOneCallAndTheErrorsOfThoseInFlightTooMuch(double estimate, double actual)
    {
        var key = NewKey();
        var spent = 0m;
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async call =>
        {
            var quota = fixture.Doors[call % fixture.Doors.Count].GetGrain<IQuotaGrain>(key);
            var decision = await quota.ReserveAsync(Rule, (decimal)estimate, _cancelled);
            if (decision.IsGranted)
            {
                await Task.Yield();
                await quota.SettleAsync(decision.Reservation, (decimal)actual, _cancelled);
                lock (this)
                {
                    spent += (decimal)actual;
                }
            }
        }));

        // Reserved within the limit, so what goes over it is the error of those estimates, and the one call that may go alone.
        var errors = Math.Max(0, actual - estimate) * ((double)Rule.Limit / estimate);
        Assert.InRange((double)spent, actual, (double)Rule.Limit + errors + actual);
    }

    [Fact]
    public async Task ReserveAsync_TwoHundredAtOnceAndNoneSettled_NeverGrantsMoreThanTheLimit()
    {
        var key = NewKey();
        var decisions = await Task.WhenAll(Enumerable.Range(0, 200).Select(async call =>
            await fixture.Doors[call % fixture.Doors.Count].GetGrain<IQuotaGrain>(key).ReserveAsync(Rule, 0.3m, _cancelled)));

        Assert.Equal(33, decisions.Count(decision => decision.IsGranted));
        Assert.All(decisions.Where(decision => !decision.IsGranted), decision => Assert.True(decision.RetryAfter > TimeSpan.Zero));
        Assert.Equal(33, decisions.Where(decision => decision.IsGranted).Select(decision => decision.Reservation.Number).Distinct().Count());
    }

    [Fact]
    public async Task SettleAsync_IsAnsweredOnlyWhenStored_AndOneWriteServesMany()
    {
        var quota = fixture.Client.GetGrain<IQuotaGrain>(NewKey());
        var reservations = new List<QuotaReservation>();
        for (var i = 0; i < 20; i++)
        {
            reservations.Add((await quota.ReserveAsync(Rule, 0.1m, _cancelled)).Reservation);
        }

        await quota.ReserveAsync(Rule, 0.1m, _cancelled); // Stays, so that no other call goes alone.
        var writes = 0;
        var write = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        fixture.Storage.DuringWrite(quota, () =>
        {
            Interlocked.Increment(ref writes);
            return write.Task;
        });
        var settled = reservations.Select(reservation => quota.SettleAsync(reservation, 0.4m, _cancelled).AsTask()).ToArray();

        // A decision does not wait for the write and knows what it will hold: once all have come, 8 are used and 0.1 is reserved.
        while (await quota.ReserveAsync(Rule, 2, _cancelled) is { IsGranted: true } early)
        {
            await quota.SettleAsync(early.Reservation, 0, _cancelled);
        }

        Assert.True((await quota.ReserveAsync(Rule, 1.9m, _cancelled)).IsGranted);
        Assert.DoesNotContain(settled, task => task.IsCompleted);

        write.SetResult();
        await Task.WhenAll(settled);
        Assert.Equal(2, writes); // That of the first to come, and one for all others.
    }

    [Fact]
    public async Task SettledAndCrashed_NothingIsForgotten_AndWhatWasReservedCountsAsUsed()
    {
        var quota = fixture.Client.GetGrain<IQuotaGrain>(NewKey());
        var settled = await quota.ReserveAsync(Rule, 1, _cancelled);
        var open = await quota.ReserveAsync(Rule, 4, _cancelled);
        await quota.SettleAsync(settled.Reservation, 3, _cancelled);
        fixture.Storage.BeforeWrite(quota, () => new IOException("the silo is dead"));
        await quota.Cast<IGrainManagementExtension>().DeactivateOnIdle(_cancelled);
        await quota.ReserveAsync(Rule, 0, _cancelled); // Waits for the next activation.
        fixture.Storage.BeforeWrite(quota, () => null);

        await quota.SettleAsync(open.Reservation, 1, _cancelled); // From a front that has outlived the silo.

        Assert.True((await quota.ReserveAsync(Rule, 3, _cancelled)).IsGranted); // 3 used, 4 reserved.
        Assert.False((await quota.ReserveAsync(Rule, 0.1m, _cancelled)).IsGranted);
    }

    [Fact]
    public async Task DeactivatedInTheMiddleOfAWindow_TheNextActivationGoesOnCounting()
    {
        var quota = fixture.Client.GetGrain<IQuotaGrain>(NewKey());
        await quota.ReserveAsync(Rule, 9, _cancelled);
        await quota.Cast<IGrainManagementExtension>().DeactivateOnIdle(_cancelled);

        Assert.True((await quota.ReserveAsync(Rule, 1, _cancelled)).IsGranted);
        Assert.False((await quota.ReserveAsync(Rule, 1, _cancelled)).IsGranted);
    }

    [Fact]
    public async Task TakeAsync_TwoHundredAtOnce_GivesExactlyTheLimit()
    {
        var key = NewKey();

        var decisions = await Task.WhenAll(Enumerable.Range(0, 200).Select(async call =>
            await fixture.Doors[call % fixture.Doors.Count].GetGrain<IQuotaGrain>(key).TakeAsync(Rule, Use(1), _cancelled)));

        Assert.Equal(10, decisions.Count(decision => decision.IsGranted));
        Assert.All(decisions.Where(decision => !decision.IsGranted), decision => Assert.True(decision.RetryAfter > TimeSpan.Zero));
    }

    [Fact]
    public async Task TakeAsync_AskedAgainBecauseTheAnswerWasLost_UsesOnce()
    {
        var key = NewKey();
        var use = Use(6);
        await fixture.Doors[0].GetGrain<IQuotaGrain>(key).TakeAsync(Rule, use, _cancelled);

        var again = await fixture.Doors[1].GetGrain<IQuotaGrain>(key).TakeAsync(Rule, use with { IsRepeated = true }, _cancelled);

        Assert.True(again.IsGranted);
        var quota = fixture.Client.GetGrain<IQuotaGrain>(key);
        Assert.True((await quota.TakeAsync(Rule, Use(4), _cancelled)).IsGranted);
        Assert.False((await quota.TakeAsync(Rule, Use(1), _cancelled)).IsGranted);
    }

    [Fact]
    public async Task TakeAsync_RepetitionOfACallThatNeverArrived_Uses()
    {
        var quota = fixture.Client.GetGrain<IQuotaGrain>(NewKey());

        Assert.True((await quota.TakeAsync(Rule, Use(10) with { IsRepeated = true }, _cancelled)).IsGranted);

        Assert.False((await quota.TakeAsync(Rule, Use(1) with { IsRepeated = true }, _cancelled)).IsGranted);
    }

    [Fact]
    public async Task TakeAsync_RefusedAndAskedAgain_IsDecidedAnew()
    {
        var quota = fixture.Client.GetGrain<IQuotaGrain>(NewKey());
        await quota.TakeAsync(Rule, Use(10), _cancelled);
        var refused = Use(1);
        Assert.False((await quota.TakeAsync(Rule, refused, _cancelled)).IsGranted);

        Assert.False((await quota.TakeAsync(Rule, refused with { IsRepeated = true }, _cancelled)).IsGranted);
    }

    [Fact]
    public async Task TakeAsync_DeactivatedInTheMiddleOfAWindow_TheNextActivationGoesOnCounting()
    {
        var quota = fixture.Client.GetGrain<IQuotaGrain>(NewKey());
        await quota.TakeAsync(Rule, Use(9), _cancelled);
        await quota.Cast<IGrainManagementExtension>().DeactivateOnIdle(_cancelled);

        Assert.True((await quota.TakeAsync(Rule, Use(1), _cancelled)).IsGranted);
        Assert.False((await quota.TakeAsync(Rule, Use(1), _cancelled)).IsGranted);
    }

    [Fact]
    public async Task TakeAsync_IsStoredBehindTheAnswer()
    {
        var quota = fixture.Client.GetGrain<IQuotaGrain>(NewKey());
        var stored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        fixture.Storage.DuringWrite(quota, () =>
        {
            stored.TrySetResult();
            return Task.CompletedTask;
        });

        await quota.TakeAsync(Rule, Use(3), _cancelled);

        await stored.Task.WaitAsync(_cancelled); // The grain's timer.
        Assert.True((await quota.TakeAsync(Rule, Use(7), _cancelled)).IsGranted);
    }

    [Fact]
    public async Task PeekAsync_SaysWhatTakeWouldAndUsesNothing()
    {
        var quota = fixture.Client.GetGrain<IQuotaGrain>(NewKey());
        for (var i = 0; i < 20; i++)
        {
            Assert.True((await quota.PeekAsync(Rule, 10, _cancelled)).IsGranted);
        }

        await quota.TakeAsync(Rule, Use(10), _cancelled);

        Assert.False((await quota.PeekAsync(Rule, 1, _cancelled)).IsGranted);
        Assert.False((await quota.TakeAsync(Rule, Use(1), _cancelled)).IsGranted);
    }

    [Fact]
    public async Task SettleAsync_StorageFailsOnce_TheSecondTryCountsOnce()
    {
        var quota = fixture.Client.GetGrain<IQuotaGrain>(NewKey());
        var reserved = await quota.ReserveAsync(Rule, 1, _cancelled);
        var writes = 0;
        fixture.Storage.BeforeWrite(quota, () => Interlocked.Increment(ref writes) == 1 ? new IOException("disk full") : null);

        await Assert.ThrowsAsync<OrleansException>(async () => await quota.SettleAsync(reserved.Reservation, 6, _cancelled));
        await quota.SettleAsync(reserved.Reservation, 6, _cancelled);

        Assert.True((await quota.ReserveAsync(Rule, 4, _cancelled)).IsGranted);
        Assert.False((await quota.ReserveAsync(Rule, 0.1m, _cancelled)).IsGranted);
    }

    [Fact]
    public async Task SettleAsync_AnotherActivationHasWritten_TheSecondTryCountsWithTheStoredState()
    {
        var key = NewKey();
        var quota = fixture.Client.GetGrain<IQuotaGrain>(key);
        var reserved = await quota.ReserveAsync(Rule, 1, _cancelled);
        var other = fixture.Client.GetGrain<IQuotaGrain>(NewKey());
        await other.SettleAsync((await other.ReserveAsync(Rule, 1, _cancelled)).Reservation, 7, _cancelled);
        fixture.Storage.Store("quota", quota, fixture.Storage.Stored("quota", other)!);

        await Assert.ThrowsAsync<InconsistentStateException>(async () => await quota.SettleAsync(reserved.Reservation, 2, _cancelled));
        await quota.SettleAsync(reserved.Reservation, 2, _cancelled);

        Assert.True((await quota.ReserveAsync(Rule, 1, _cancelled)).IsGranted);
        Assert.False((await quota.ReserveAsync(Rule, 0.1m, _cancelled)).IsGranted);
    }

    private static QuotaUse Use(decimal amount) => new() { Id = Guid.CreateVersion7(), Amount = amount };

    private static string NewKey() => GrainKeys.Quota(ClusterFixture.NewAccountId(), "main", "spend", "rule", "0123456789abcdef");
}
