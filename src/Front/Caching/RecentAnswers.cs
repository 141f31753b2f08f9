using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using GatewayActors.Abstractions.Caching;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Gateways;

namespace GatewayActors.Front.Caching;

/// <summary>
/// Answers that this front has got from their shards within the last second: what is asked for again and again is then answered without a
/// call. Thread-safe, without a lock; one per process.
/// </summary>
/// <remarks>
/// Nothing is served that the shard would not serve: a purge and a change of the gateway come with the admission that precedes every
/// look-up, and an answer that has become too old is not taken. The shard still hears of a busy answer every second, so it does not drop it
/// as unused.
/// </remarks>
internal sealed class RecentAnswers(TimeProvider timeProvider)
{
    /// <summary>How long an answer is held.</summary>
    public static readonly TimeSpan HeldFor = TimeSpan.FromSeconds(1);

    /// <summary>What is held at most of one second's answers.</summary>
    public const long MaxBytes = 32 * 1024 * 1024;

    private Half _new = new(timeProvider.GetTimestamp());
    private Half _old = new(timeProvider.GetTimestamp());

    /// <summary>An answer that may be served.</summary>
    /// <param name="key">The answer.</param>
    /// <param name="settings">What the gateway says, as of this exchange's admission.</param>
    /// <param name="answer">The answer.</param>
    public bool TryGet(in CacheKey key, CacheSettings settings, [NotNullWhen(true)] out HeldAnswer? answer)
    {
        if ((Volatile.Read(ref _new).Answers.TryGetValue(key, out var held) || Volatile.Read(ref _old).Answers.TryGetValue(key, out held))
            && held.Generation == settings.Generation
            && timeProvider.GetElapsedTime(held.Since) < HeldFor
            && timeProvider.GetUtcNow() < held.Answer.FreshUntil(settings.Ttl))
        {
            answer = held;
            return true;
        }

        answer = null;
        return false;
    }

    /// <summary>Holds an answer that the shard has just given.</summary>
    public void Hold(in CacheKey key, CacheSettings settings, CachedAnswer answer)
    {
        var now = timeProvider.GetTimestamp();
        var half = Volatile.Read(ref _new);
        if (timeProvider.GetElapsedTime(half.Since, now) >= HeldFor)
        {
            // What the older half holds has had its second: no need to look at each.
            var next = new Half(now);
            if (ReferenceEquals(Interlocked.CompareExchange(ref _new, next, half), half))
            {
                Volatile.Write(ref _old, half);
            }

            half = Volatile.Read(ref _new);
        }

        if (Interlocked.Add(ref half.Bytes, answer.Size) <= MaxBytes)
        {
            half.Answers[key] = new(answer, settings.Generation, now);
        }
    }

    private sealed class Half(long since)
    {
        public long Bytes;

        public long Since { get; } = since;

        public ConcurrentDictionary<CacheKey, HeldAnswer> Answers { get; } = new();
    }
}

/// <summary>An answer that a front holds.</summary>
/// <param name="answer">The answer.</param>
/// <param name="generation">The generation of the gateway's cache that it belongs to.</param>
/// <param name="since">When its shard gave it.</param>
internal sealed class HeldAnswer(CachedAnswer answer, long generation, long since)
{
    // A larger one is compressed for each entry: the first request should not wait for it.
    private const int LargestCompressed = 256 * 1024;

    private byte[]? _compressed;

    public CachedAnswer Answer { get; } = answer;

    public long Generation { get; } = generation;

    public long Since { get; } = since;

    /// <summary>The body as the log keeps it: made once for all the entries of this second. Empty for a large one.</summary>
    public ReadOnlyMemory<byte> Compressed => Answer.Body.Length <= LargestCompressed ? _compressed ??= Compress(Answer.Body.Span) : default;

    private static byte[] Compress(ReadOnlySpan<byte> body)
    {
        var compressed = new byte[LogBody.MaxCompressedLength(body.Length)];
        return compressed[..LogBody.Compress(body, compressed)];
    }
}
