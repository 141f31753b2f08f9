namespace GatewayActors.Front.Management.Http;

/// <summary>
/// The answers to requests with an <c>Idempotency-Key</c>, so that a repeated request is not done twice. In memory and of this process
/// alone: after a restart a repeated request is done again, as one without a key is. Bounded; thread-safe.
/// </summary>
internal sealed class IdempotentAnswers(TimeProvider timeProvider)
{
    /// <summary>How long an answer is kept.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <summary>Most answers that are kept; the oldest make room.</summary>
    public const int MaxAnswers = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<IdempotencyKey, IdempotentAnswer> _answers = [];
    private readonly Queue<(IdempotencyKey Key, IdempotentAnswer Answer)> _byAge = new();

    /// <summary>The answer of a key, and whether it is the caller who must give it.</summary>
    public (IdempotentAnswer Answer, bool IsNew) Begin(IdempotencyKey key, byte[] bodyHash)
    {
        lock (_lock)
        {
            var now = timeProvider.GetTimestamp();
            while (_byAge.TryPeek(out var oldest)
                && (_byAge.Count >= MaxAnswers || timeProvider.GetElapsedTime(oldest.Answer.BegunAt, now) >= Lifetime))
            {
                _byAge.Dequeue();
                Remove(oldest.Key, oldest.Answer);
            }

            if (_answers.TryGetValue(key, out var known))
            {
                return (known, false);
            }

            var answer = new IdempotentAnswer(bodyHash, now);
            _answers.Add(key, answer);
            _byAge.Enqueue((key, answer));
            return (answer, true);
        }
    }

    /// <summary>Gives up a key whose request has failed: the next one with it is done.</summary>
    public void Forget(IdempotencyKey key, IdempotentAnswer answer)
    {
        lock (_lock)
        {
            Remove(key, answer);
        }

        answer.Complete(null);
    }

    private void Remove(IdempotencyKey key, IdempotentAnswer answer)
    {
        if (_answers.TryGetValue(key, out var known) && known == answer)
        {
            _answers.Remove(key);
        }
    }
}

/// <summary>A key belongs to the token that uses it and to one path.</summary>
internal sealed record IdempotencyKey(string TokenId, string Path, string Value);

/// <summary>The answer of the first request with a key, which may still be under way.</summary>
internal sealed class IdempotentAnswer(byte[] bodyHash, long begunAt)
{
    private readonly TaskCompletionSource<StoredAnswer?> _stored = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long BegunAt => begunAt;

    /// <summary>The answer; null if the request has failed and may be repeated.</summary>
    public Task<StoredAnswer?> Stored => _stored.Task;

    /// <summary>Whether the first request had this body.</summary>
    public bool IsOf(ReadOnlySpan<byte> hash) => hash.SequenceEqual(bodyHash);

    public void Complete(StoredAnswer? answer) => _stored.TrySetResult(answer);
}

/// <summary>What was answered.</summary>
internal sealed record StoredAnswer(int StatusCode, string? ContentType, byte[] Body);
