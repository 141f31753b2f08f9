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
        var entries = new CacheEntries(3 * Answer(100).Size, new(long.MaxValue));
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
        var entries = new CacheEntries(10_000, memory);
        entries.Put(Key("a"), Answer(1_000));
        entries.Put(Key("a"), Answer(10));

        Assert.Equal(10, entries.Find(Key("a"), Start)!.Answer.Body.Length);
        Assert.Equal((1, Answer(10).Size, Answer(10).Size), (entries.Count, entries.Bytes, memory.Used));
    }

    [Fact]
    public void Put_LargerThanTheShard_KeepsTheOthers()
    {
        var entries = new CacheEntries(1_000, new(long.MaxValue));
        entries.Put(Key("a"), Answer(10));

        Assert.False(entries.Put(Key("b"), Answer(1_000)));

        Assert.NotNull(entries.Find(Key("a"), Start));
    }

    [Fact]
    public void Put_SilosMemoryIsTakenByOthers_DropsOwnAnswersOnly()
    {
        var memory = new CacheMemory(4 * Answer(100).Size);
        var (large, small) = (new CacheEntries(10_000, memory), new CacheEntries(10_000, memory));
        foreach (var key in (string[])["a", "b", "c"])
        {
            Assert.True(large.Put(Key(key), Answer(100)));
        }

        Assert.True(small.Put(Key("a"), Answer(100)));
        Assert.True(small.Put(Key("b"), Answer(100))); // In the place of its own a.
        Assert.False(small.Put(Key("b"), Answer(300))); // Even all of its own would not be enough.

        Assert.Equal((3, 0, 3 * Answer(100).Size), (large.Count, small.Count, memory.Used));
        large.Clear();
        Assert.Equal(0, memory.Used);
        Assert.True(small.Put(Key("b"), Answer(300)));
    }

    [Fact]
    public void Find_AfterItsTime_DropsIt()
    {
        var entries = new CacheEntries(10_000, new(long.MaxValue));
        entries.Put(Key("a"), Answer(10) with { Ttl = TimeSpan.FromSeconds(60), StaleFor = TimeSpan.FromSeconds(30) });

        Assert.NotNull(entries.Find(Key("a"), Start.AddSeconds(89)));
        Assert.Null(entries.Find(Key("a"), Start.AddSeconds(90)));
        Assert.Equal((0, 0), (entries.Count, entries.Bytes));
    }

    [Fact]
    public void Sweep_DropsWhatIsOfNoUse()
    {
        var entries = new CacheEntries(100_000, new(long.MaxValue));
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
        var entries = new CacheEntries(8_000, memory);
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
