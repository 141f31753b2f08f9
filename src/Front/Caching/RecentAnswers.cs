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
internal sealed class RecentAnswers : IDisposable
{
    /// <summary>How long an answer is held.</summary>
    public static readonly TimeSpan HeldFor = TimeSpan.FromSeconds(1);

    /// <summary>What is held at most of one second's answers, their compressed copies included.</summary>
    public const long MaxBytes = 32 * 1024 * 1024;

    private readonly TimeProvider _timeProvider;
    private readonly ITimer _dropping;
    private Half _new;
    private Half _old;
    private int _isDropping;

    public RecentAnswers(TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        _new = _old = new(timeProvider.GetTimestamp());
        _dropping = timeProvider.CreateTimer(static answers => ((RecentAnswers)answers!).Drop(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What is held, in bytes.</summary>
    public long Bytes => Volatile.Read(ref _new) is var newer && Volatile.Read(ref _old) is var older && ReferenceEquals(newer, older) ? newer.Bytes : newer.Bytes + older.Bytes;

    /// <summary>An answer that may be served.</summary>
    /// <param name="key">The answer.</param>
    /// <param name="settings">What the gateway says, as of this exchange's admission.</param>
    /// <param name="answer">The answer.</param>
    public bool TryGet(in CacheKey key, CacheSettings settings, [NotNullWhen(true)] out HeldAnswer? answer)
    {
        if ((Volatile.Read(ref _new).TryGet(key, out var held) || Volatile.Read(ref _old).TryGet(key, out held))
            && held.Generation == settings.Generation
            && _timeProvider.GetElapsedTime(held.Since) < HeldFor
            && _timeProvider.GetUtcNow() < held.Answer.FreshUntil(settings.Ttl))
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
        var now = _timeProvider.GetTimestamp();
        Turn(now).Hold(key, answer, settings.Generation, now);
        if (Interlocked.Exchange(ref _isDropping, 1) == 0)
        {
            // Only while there is something to drop: a front without hits needs no timer.
            _dropping.Change(HeldFor, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose() => _dropping.Dispose();

    /// <summary>The half for what comes now. The other one has had its second as a whole, so that none of its answers needs to be looked at.</summary>
    private Half Turn(long now)
    {
        var half = Volatile.Read(ref _new);
        if (_timeProvider.GetElapsedTime(half.Since, now) >= HeldFor)
        {
            if (ReferenceEquals(Interlocked.CompareExchange(ref _new, new(now), half), half))
            {
                Volatile.Write(ref _old, half);
            }

            half = Volatile.Read(ref _new);
        }

        return half;
    }

    /// <summary>Lets go of what has had its second, also if no other answer comes.</summary>
    private void Drop()
    {
        Turn(_timeProvider.GetTimestamp());
        if (Volatile.Read(ref _new).Bytes + Volatile.Read(ref _old).Bytes > 0)
        {
            _dropping.Change(HeldFor, Timeout.InfiniteTimeSpan);
            return;
        }

        Volatile.Write(ref _isDropping, 0);
        if (Volatile.Read(ref _new).Bytes > 0 && Interlocked.Exchange(ref _isDropping, 1) == 0)
        {
            _dropping.Change(HeldFor, Timeout.InfiniteTimeSpan); // One has come since.
        }
    }

    /// <summary>The answers of one second.</summary>
    internal sealed class Half(long since)
    {
        private readonly ConcurrentDictionary<CacheKey, HeldAnswer> _answers = new();
        private long _bytes;

        public long Bytes => Interlocked.Read(ref _bytes);

        public long Since { get; } = since;

        public bool TryGet(in CacheKey key, [NotNullWhen(true)] out HeldAnswer? answer) => _answers.TryGetValue(key, out answer);

        public void Hold(in CacheKey key, CachedAnswer answer, long generation, long now)
        {
            if (!TryTake(answer.Size))
            {
                return;
            }

            var held = new HeldAnswer(answer, generation, now, this);
            HeldAnswer? replaced = null;
            _answers.AddOrUpdate(key, held, (_, before) =>
            {
                replaced = before;
                return held;
            });
            Interlocked.Add(ref _bytes, -(replaced?.Bytes ?? 0));
        }

        /// <summary>Takes bytes, if there are as many.</summary>
        public bool TryTake(long bytes)
        {
            if (Interlocked.Add(ref _bytes, bytes) <= MaxBytes)
            {
                return true;
            }

            Interlocked.Add(ref _bytes, -bytes);
            return false;
        }
    }
}

/// <summary>An answer that a front holds.</summary>
/// <param name="answer">The answer.</param>
/// <param name="generation">The generation of the gateway's cache that it belongs to.</param>
/// <param name="since">When its shard gave it.</param>
/// <param name="half">What counts its bytes.</param>
internal sealed class HeldAnswer(CachedAnswer answer, long generation, long since, RecentAnswers.Half half)
{
    // A larger one is compressed for each entry: the first request should not wait for it.
    private const int LargestCompressed = 256 * 1024;

    private byte[]? _compressed;

    public CachedAnswer Answer { get; } = answer;

    public long Generation { get; } = generation;

    public long Since { get; } = since;

    public long Bytes => Answer.Size + (_compressed?.Length ?? 0);

    /// <summary>The body as the log keeps it: made once for all the entries of this second. Empty for a large one, and where there is no room for it.</summary>
    public ReadOnlyMemory<byte> Compressed
    {
        get
        {
            if (_compressed is { } compressed)
            {
                return compressed;
            }

            if (Answer.Body.Length > LargestCompressed)
            {
                return default;
            }

            compressed = Compress(Answer.Body.Span);
            if (half.TryTake(compressed.Length))
            {
                _compressed = compressed;
            }

            return compressed;
        }
    }

    private static byte[] Compress(ReadOnlySpan<byte> body)
    {
        var compressed = new byte[LogBody.MaxCompressedLength(body.Length)];
        return compressed[..LogBody.Compress(body, compressed)];
    }
}
