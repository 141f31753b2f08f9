using System.Collections.Concurrent;

namespace GatewayActors.Front.Authentication;

/// <summary>What grains have answered about token values, for as long as an answer may be trusted. Bounded; thread-safe.</summary>
internal sealed class TokenAnswers
{
    private readonly int _capacity;
    private readonly TimeSpan _trusted;
    private readonly TimeProvider _timeProvider;
    private readonly ConcurrentDictionary<string, TokenAnswer> _answers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TokenAnswer>.AlternateLookup<ReadOnlySpan<char>> _bySpan;
    private int _count;
    private int _sweeping;

    /// <summary>Makes an empty set of answers.</summary>
    public TokenAnswers(int capacity, TimeSpan trusted, TimeProvider timeProvider)
    {
        (_capacity, _trusted, _timeProvider) = (capacity, trusted, timeProvider);
        _bySpan = _answers.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>How many answers are held, outdated ones included.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Finds an answer that may still be trusted.</summary>
    public bool TryGet(ReadOnlySpan<char> value, out TokenAnswer? answer) => _bySpan.TryGetValue(value, out answer) && IsTrusted(answer);

    /// <summary>Keeps an answer unless a newer one is held or there is no room; then the next verification asks again.</summary>
    public void Set(string value, TokenAnswer answer)
    {
        while (true)
        {
            if (_answers.TryGetValue(value, out var held))
            {
                if (held.AskedAt >= answer.AskedAt || _answers.TryUpdate(value, answer, held))
                {
                    return;
                }

                continue;
            }

            if (Count >= _capacity)
            {
                Sweep();
            }

            if (Interlocked.Increment(ref _count) > _capacity)
            {
                Interlocked.Decrement(ref _count);
                return;
            }

            if (_answers.TryAdd(value, answer))
            {
                return;
            }

            Interlocked.Decrement(ref _count);
        }
    }

    /// <summary>Forgets what is known about a value.</summary>
    public void Remove(string value)
    {
        if (_answers.TryRemove(value, out _))
        {
            Interlocked.Decrement(ref _count);
        }
    }

    /// <summary>Forgets every answer that may not be trusted any more.</summary>
    public void Sweep()
    {
        if (Interlocked.Exchange(ref _sweeping, 1) == 1)
        {
            return;
        }

        foreach (var entry in _answers)
        {
            if (!IsTrusted(entry.Value) && _answers.TryRemove(entry))
            {
                Interlocked.Decrement(ref _count);
            }
        }

        Volatile.Write(ref _sweeping, 0);
    }

    private bool IsTrusted(TokenAnswer answer) => _timeProvider.GetElapsedTime(answer.AskedAt) < _trusted;
}

/// <summary>A grain's answer about one value.</summary>
/// <param name="AskedAt">The timestamp from before the question: the answer is at least as new as that.</param>
/// <param name="Token">The token; null if there is none of this value.</param>
internal sealed record TokenAnswer(long AskedAt, KnownToken? Token);
