using CsCheck;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Grains.Limits;
using Xunit;

namespace GatewayActors.Grains.Tests.Limits;

public sealed class RateWindowTests
{
    private static readonly long Noon = new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero).UtcTicks;

    // What is done to a limiter: time passes (in ticks), one request comes; now and then it is stored and read again.
    private static readonly Gen<(long Pause, bool IsRestart)[]> Loads =
        Gen.Select(Gen.Frequency((6, Gen.Const(0L)), (6, Gen.Long[0, 40]), (1, Gen.Long[0, 3_000])), Gen.Int[0, 30].Select(n => n == 0)).Array[1, 200];

    private static readonly Gen<(long Limit, long Length)> Rules = Gen.Select(Gen.Long[1, 20], Gen.Long[1, 1_000]);

    [Fact]
    public void Fixed_AnyLoad_DecidesAsTheModel() => Gen.Select(Rules, Loads).Sample((rule, load) =>
    {
        List<long> admitted = [];
        Run(rule, LimitTechnique.Fixed, load, (now, taken, remaining) =>
        {
            var used = admitted.Count(time => time / rule.Length == now / rule.Length);
            Assert.Equal(used < rule.Limit, taken);
            admitted.AddRange(taken ? [now] : []);
            Assert.Equal(Math.Max(0, rule.Limit - used - 1), remaining);
        });
    });

    [Fact]
    public void SlidingLog_AnyLoad_DecidesAsTheModel() => Gen.Select(Rules, Loads).Sample((rule, load) =>
    {
        List<long> admitted = [];
        Run(rule, LimitTechnique.Sliding, load, (now, taken, remaining) =>
        {
            var used = admitted.Count(time => time > now - rule.Length);
            Assert.Equal(used < rule.Limit, taken);
            admitted.AddRange(taken ? [now] : []);
            Assert.Equal(Math.Max(0, rule.Limit - used - 1), remaining);
        });
    });

    [Fact]
    public void SlidingParts_AnyLoad_IsNeverOverAndRefusesOnlyWithinOnePartOfTheLimit() => Gen.Select(Rules, Loads).Sample((rule, load) =>
    {
        List<long> admitted = [];
        var width = (rule.Length + RateWindow.Parts - 1) / RateWindow.Parts;
        Run(new SlidingRateParts(new(rule.Limit, TimeSpan.FromTicks(rule.Length), LimitTechnique.Sliding)), load, (now, taken, _) =>
        {
            admitted.AddRange(taken ? [now] : []);
            Assert.True(admitted.Count(time => time > now - rule.Length) <= rule.Limit);
            Assert.True(taken || admitted.Count(time => time > now - rule.Length - width) >= rule.Limit);
        });
    });

    [Fact]
    public void Sliding_StoredAndReadAgainWithManyRequests_IsNeverOver() => Gen.Select(Gen.Long[300, 700], Gen.Long[1_000, 100_000], Gen.Long[0, 200].Array[1, 3_000]).Sample((limit, length, pauses) =>
    {
        // Above 256 requests the log is stored in parts.
        List<long> admitted = [];
        var rule = new RateRule(limit, TimeSpan.FromTicks(length), LimitTechnique.Sliding);
        var window = RateWindow.Create(rule, [], Noon);
        var now = Noon;
        for (var i = 0; i < pauses.Length; i++)
        {
            now += pauses[i];
            admitted.AddRange(window.Take(now).IsTaken ? [now] : []);
            Assert.True(admitted.Count(time => time > now - length) <= limit);
            if (i % 500 == 400)
            {
                window = RateWindow.Create(rule, window.Export(), now);
            }
        }
    }, iter: 30);

    [Fact]
    public void Create_AnyRuleAfterAnyOther_IsNeverOverTheNewLimit() =>
        Gen.Select(Gen.Select(Rules, Gen.Bool), Gen.Select(Rules, Gen.Bool), Loads).Sample((first, second, load) =>
        {
            // In the new rule's own window, what the old one let through counts as far as it was still remembered.
            var window = RateWindow.Create(Rule(first), [], Noon);
            var now = Noon;
            List<long> admitted = [];
            foreach (var (pause, _) in load)
            {
                now += pause;
                admitted.AddRange(window.Take(now).IsTaken ? [now] : []);
            }

            window = RateWindow.Create(Rule(second), window.Export(), now);
            var taken = 0;
            while (window.Take(now).IsTaken)
            {
                taken++;
            }

            var sameInstant = admitted.Count(time => time == now);
            Assert.True(taken <= Math.Max(0, Of(second).Limit - sameInstant), $"{taken} more at once, {sameInstant} before");
            return;

            static (long Limit, long Length) Of(((long Limit, long Length) Rule, bool IsSliding) choice) => choice.Rule;
            static RateRule Rule(((long Limit, long Length) Rule, bool IsSliding) choice) =>
                new(choice.Rule.Limit, TimeSpan.FromTicks(choice.Rule.Length), choice.IsSliding ? LimitTechnique.Sliding : LimitTechnique.Fixed);
        });

    [Fact]
    public void Fixed_TenBeforeAndTenAfterTheBoundary_AllPass()
    {
        var window = RateWindow.Create(new(10, TimeSpan.FromMinutes(10), LimitTechnique.Fixed), [], Noon);

        Assert.All(Enumerable.Range(0, 10), _ => Assert.True(window.Take(Noon + Minutes(9)).IsTaken));
        var refused = window.Take(Noon + Minutes(9));
        Assert.Equal((false, 0, TimeSpan.FromMinutes(1)), (refused.IsTaken, refused.Remaining, refused.ResetAfter));
        Assert.All(Enumerable.Range(0, 10), _ => Assert.True(window.Take(Noon + Minutes(11)).IsTaken));
        Assert.False(window.Take(Noon + Minutes(11)).IsTaken);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(20_000)]
    public void Sliding_LimitBeforeTheBoundary_RefusesAfterIt(long limit)
    {
        var window = RateWindow.Create(new(limit, TimeSpan.FromMinutes(10), LimitTechnique.Sliding), [], Noon);

        for (var i = 0L; i < limit; i++)
        {
            Assert.True(window.Take(Noon + Minutes(9)).IsTaken);
        }

        var refused = window.Take(Noon + Minutes(11));
        Assert.False(refused.IsTaken);
        Assert.InRange(refused.ResetAfter, TimeSpan.FromMinutes(8), TimeSpan.FromMinutes(8) + (TimeSpan.FromMinutes(10) / RateWindow.Parts));
        Assert.True(window.Take(Noon + Minutes(11) + refused.ResetAfter.Ticks).IsTaken);
    }

    [Theory]
    [InlineData(LimitTechnique.Fixed)]
    [InlineData(LimitTechnique.Sliding)]
    public void Create_LimitIsLoweredAndRaisedAgain_RemembersAll(LimitTechnique technique)
    {
        RateRule Rule(long limit) => new(limit, TimeSpan.FromMinutes(10), technique);
        var window = RateWindow.Create(Rule(10), [], Noon);
        for (var minute = 0; minute < 8; minute++)
        {
            Assert.True(window.Take(Noon + Minutes(minute)).IsTaken);
        }

        window = RateWindow.Create(Rule(2), window.Export(), Noon + Minutes(8));
        var refused = window.Take(Noon + Minutes(8));
        Assert.Equal((false, TimeSpan.FromMinutes(technique == LimitTechnique.Fixed ? 2 : 8)), (refused.IsTaken, refused.ResetAfter)); // The seventh must leave.
        window = RateWindow.Create(Rule(9), window.Export(), Noon + Minutes(8));

        Assert.True(window.Take(Noon + Minutes(8)).IsTaken);
        Assert.False(window.Take(Noon + Minutes(8)).IsTaken);
    }

    [Theory]
    [InlineData(LimitTechnique.Fixed, 10)]
    [InlineData(LimitTechnique.Sliding, 10)]
    [InlineData(LimitTechnique.Sliding, 20_000)]
    public void Take_ClockIsSetBack_ForgetsNothingAndDoesNotStandStillForLong(LimitTechnique technique, long limit)
    {
        var window = RateWindow.Create(new(limit, TimeSpan.FromMinutes(1), technique), [], Noon);
        while (window.Take(Noon).IsTaken)
        {
        }

        Assert.False(window.Take(Noon - TimeSpan.FromSeconds(30).Ticks).IsTaken);
        var yearAgo = Noon - TimeSpan.FromDays(365).Ticks;
        Assert.False(window.Take(yearAgo).IsTaken);
        Assert.True(window.Take(yearAgo + Minutes(2)).IsTaken);
    }

    private static long Minutes(int minutes) => TimeSpan.FromMinutes(minutes).Ticks;

    private static void Run((long Limit, long Length) rule, LimitTechnique technique, (long Pause, bool IsRestart)[] load, Action<long, bool, long> check)
    {
        var made = new RateRule(rule.Limit, TimeSpan.FromTicks(rule.Length), technique);
        Run(RateWindow.Create(made, [], Noon), load, check, made);
    }

    private static void Run(RateWindow window, (long Pause, bool IsRestart)[] load, Action<long, bool, long> check, RateRule? restart = null)
    {
        var now = Noon;
        foreach (var (pause, isRestart) in load)
        {
            now += pause;
            if (isRestart && restart is not null)
            {
                window = RateWindow.Create(restart, window.Export(), now);
            }

            var decision = window.Take(now);
            check(now, decision.IsTaken, decision.Remaining);
        }
    }
}
