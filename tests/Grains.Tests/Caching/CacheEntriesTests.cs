using System.Security.Cryptography;
using System.Text;
using GatewayActors.Abstractions.Caching;
using GatewayActors.Grains.Caching;
using Xunit;

namespace GatewayActors.Grains.Tests.Caching;

public sealed class CacheEntriesTests
{
    private static readonly DateTimeOffset Start = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Put_BeyondTheBytes_DropsTheLeastRecentlyUsed()
    {
        var entries = new CacheEntries(3 * Answer(100).Size, new(long.MaxValue), "tenant");
        Assert.True(entries.Put(Key("a"), Answer(100)));
        Assert.True(entries.Put(Key("b"), Answer(100)));
        Assert.True(entries.Put(Key("c"), Answer(100)));
        Assert.NotNull(entries.Find(Key("a"), Start)); // Used after b and c.

        Assert.True(entries.Put(Key("d"), Answer(100)));

        Assert.Null(entries.Find(Key("b"), Start));
        Assert.All((string[])["a", "c", "d"], key => Assert.NotNull(entries.Find(Key(key), Start)));
        Assert.Equal((3, 3 * Answer(100).Size), (entries.Count, entries.Bytes));
    }

    [Fact]
    public void Put_OfTheSameKey_ReplacesTheAnswer()
    {
        var memory = new CacheMemory(long.MaxValue);
        var entries = new CacheEntries(10_000, memory, "tenant");
        entries.Put(Key("a"), Answer(1_000));
        entries.Put(Key("a"), Answer(10));

        Assert.Equal(10, entries.Find(Key("a"), Start)!.Answer.Body.Length);
        Assert.Equal((1, Answer(10).Size, Answer(10).Size), (entries.Count, entries.Bytes, memory.Used));
    }

    [Fact]
    public void Put_LargerThanTheShard_KeepsTheOthers()
    {
        var entries = new CacheEntries(1_000, new(long.MaxValue), "tenant");
        entries.Put(Key("a"), Answer(10));

        Assert.False(entries.Put(Key("b"), Answer(1_000)));

        Assert.NotNull(entries.Find(Key("a"), Start));
    }

    [Fact]
    public void Put_SilosMemoryIsTakenByTheSameAccount_ItsLargestShardMakesRoom()
    {
        var memory = new CacheMemory(4 * Answer(100).Size);
        var (large, small) = (new CacheEntries(10_000, memory, "tenant"), new CacheEntries(10_000, memory, "tenant"));
        Fill(large, 4);

        Assert.True(small.Put(Key("a"), Answer(100)));
        Assert.True(small.Put(Key("b"), Answer(100))); // In the place of its own a.
        Assert.Equal((3, 1, 4 * Answer(100).Size), (large.Count, small.Count, memory.Used));
        Assert.Null(large.Find(Key("0"), Start)); // The one that was not used for longest.
        Assert.False(small.Put(Key("c"), Answer(10_000 - 1_000)));
    }

    [Fact]
    public void Put_OneAccountHasTakenEverything_TheOthersGetTheirShares()
    {
        var size = Answer(100).Size;
        var memory = new CacheMemory(12 * size);
        var greedy = new CacheEntries(1_000_000, memory, "greedy");
        Fill(greedy, 20);
        Assert.Equal(12, greedy.Count); // Nobody else wants it.

        var (second, third) = (new CacheEntries(1_000_000, memory, "second"), new CacheEntries(1_000_000, memory, "third"));
        Fill(second, 20);
        Assert.Equal((6, 6), (greedy.Count, second.Count));
        Fill(third, 20);
        Assert.Equal(4, third.Count);
        Fill(greedy, 20);

        Assert.True(greedy.Count >= 4 && second.Count >= 4 && third.Count == 4, $"{greedy.Count}, {second.Count}, {third.Count}");
        Assert.Equal(12 * size, memory.Used);
        second.Clear();
        Fill(third, 20);
        Assert.True(third.Count >= 6);
    }

    [Fact]
    public void Put_ManyGatewaysOfOneAccount_HaveOneShare()
    {
        var memory = new CacheMemory(12 * Answer(100).Size);
        var gateways = Enumerable.Range(0, 6).Select(_ => new CacheEntries(1_000_000, memory, "many")).ToArray();
        foreach (var gateway in gateways)
        {
            Fill(gateway, 2);
        }

        var other = new CacheEntries(1_000_000, memory, "other");
        Fill(other, 20);

        Assert.Equal((6, 6), (other.Count, gateways.Sum(gateway => gateway.Count)));
    }

    [Fact]
    public void Put_AccountHasALimit_KeepsToItAlthoughThereIsRoom()
    {
        var memory = new CacheMemory(12 * Answer(100).Size, 5 * Answer(100).Size);
        var (one, two) = (new CacheEntries(1_000_000, memory, "tenant"), new CacheEntries(1_000_000, memory, "tenant"));
        Fill(one, 20);
        Fill(two, 3);

        Assert.Equal((5, 5 * Answer(100).Size), (one.Count + two.Count, memory.Used));
        Assert.NotEqual(0, two.Count);
    }

    [Fact]
    public void Leave_LastShardOfAnAccount_IsNotReckonedWithAnyMore()
    {
        var memory = new CacheMemory(12 * Answer(100).Size);
        var (gone, stays) = (new CacheEntries(1_000_000, memory, "gone"), new CacheEntries(1_000_000, memory, "stays"));
        Fill(gone, 6);
        gone.Leave();
        Fill(stays, 20);

        Assert.Equal((12, 12 * Answer(100).Size), (stays.Count, memory.Used));
        Fill(new CacheEntries(1_000_000, memory, "gone"), 20);
        Assert.Equal(6, stays.Count);
    }

    [Fact]
    public void Put_ManyShardsAtOnce_NeverHoldMoreThanThereIs()
    {
        var memory = new CacheMemory(40 * Answer(100).Size);
        var shards = Enumerable.Range(0, 8).Select(index => new CacheEntries(1_000_000, memory, $"{index % 3}")).ToArray();
        Parallel.ForEach(shards, shard =>
        {
            for (var step = 0; step < 3_000; step++)
            {
                shard.Put(Key($"{step % 50}"), Answer(100));
            }
        });

        Assert.Equal(shards.Sum(shard => shard.Bytes), memory.Used);
        Assert.InRange(memory.Used, 1, 40 * Answer(100).Size);
    }

    [Fact]
    public void Find_AfterItsTime_DropsIt()
    {
        var entries = new CacheEntries(10_000, new(long.MaxValue), "tenant");
        entries.Put(Key("a"), Answer(10) with { Ttl = TimeSpan.FromSeconds(60), StaleFor = TimeSpan.FromSeconds(30) });

        Assert.NotNull(entries.Find(Key("a"), Start.AddSeconds(89)));
        Assert.Null(entries.Find(Key("a"), Start.AddSeconds(90)));
        Assert.Equal((0, 0), (entries.Count, entries.Bytes));
    }

    [Fact]
    public void Sweep_DropsWhatIsOfNoUse()
    {
        var entries = new CacheEntries(100_000, new(long.MaxValue), "tenant");
        for (var number = 0; number < 10; number++)
        {
            entries.Put(Key(number.ToString(System.Globalization.CultureInfo.InvariantCulture)), Answer(10) with { Ttl = TimeSpan.FromSeconds(number % 2 == 0 ? 60 : 600) });
        }

        entries.Sweep(Start.AddSeconds(60));

        Assert.Equal((5, 5 * Answer(10).Size), (entries.Count, entries.Bytes));
        Assert.Equal(5, entries.Clear());
        Assert.Equal((0, 0), (entries.Count, entries.Bytes));
        Assert.True(entries.Put(Key("a"), Answer(10)));
        Assert.NotNull(entries.Find(Key("a"), Start));
    }

    [Fact]
    public void RandomCalls_AgainstAModel_AgreeOnEveryAnswer()
    {
        // The order of use in a list, the bytes counted anew at every step.
        var random = new Random(20260701);
        var memory = new CacheMemory(long.MaxValue);
        var entries = new CacheEntries(8_000, memory, "tenant");
        var model = new List<(CacheKey Key, CachedAnswer Answer)>();
        for (var step = 0; step < 20_000; step++)
        {
            var now = Start.AddSeconds(step / 100);
            var key = Key(random.Next(40).ToString(System.Globalization.CultureInfo.InvariantCulture));
            var index = model.FindIndex(entry => entry.Key == key);
            switch (random.Next(20))
            {
                case 0:
                    entries.Sweep(now);
                    model.RemoveAll(entry => entry.Answer.KeptUntil <= now);
                    break;
                case < 8:
                    var answer = Answer(random.Next(3_000)) with { StoredAt = now, Ttl = TimeSpan.FromSeconds(random.Next(1, 20)) };
                    model.RemoveAll(entry => entry.Key == key);
                    while (model.Sum(entry => entry.Answer.Size) + answer.Size > 8_000)
                    {
                        model.RemoveAt(model.Count - 1);
                    }

                    model.Insert(0, (key, answer));
                    Assert.True(entries.Put(key, answer));
                    break;
                default:
                    var found = entries.Find(key, now)?.Answer;
                    var expected = index >= 0 && model[index].Answer.KeptUntil > now ? model[index].Answer : null;
                    Assert.Same(expected, found);
                    if (index >= 0)
                    {
                        var used = model[index];
                        model.RemoveAt(index);
                        if (expected is not null)
                        {
                            model.Insert(0, used);
                        }
                    }

                    break;
            }

            Assert.Equal((model.Count, model.Sum(entry => entry.Answer.Size), memory.Used), (entries.Count, entries.Bytes, entries.Bytes));
        }
    }

    private static void Fill(CacheEntries entries, int count)
    {
        for (var index = 0; index < count; index++)
        {
            entries.Put(Key($"{index}"), Answer(100));
        }
    }

    internal static CacheKey Key(string name) => new(SHA256.HashData(Encoding.UTF8.GetBytes(name)));

    internal static CachedAnswer Answer(int bytes) => new()
    {
        StatusCode = 200,
        ContentType = "application/json",
        Headers = [KeyValuePair.Create("x-answer", "here")],
        Body = new byte[bytes],
        Ttl = TimeSpan.FromHours(1),
        StoredAt = Start,
    };
}
