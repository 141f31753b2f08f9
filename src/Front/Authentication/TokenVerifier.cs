using System.Collections.Concurrent;
using System.Net;
using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.SingleSignOn;
using GatewayActors.Front.SingleSignOn;
using Orleans.Runtime;

namespace GatewayActors.Front.Authentication;

/// <summary>Verifies values with the grain of the account or the person they name, and trusts an answer for <see cref="Trusted"/>.</summary>
/// <param name="grains">The grains.</param>
/// <param name="operatorToken">The operator's token.</param>
/// <param name="timeProvider">The clock.</param>
/// <param name="signOns">Where sessions of people come from; null if there are none.</param>
internal sealed class TokenVerifier(IGrainFactory grains, OperatorToken operatorToken, TimeProvider timeProvider, SignOnCatalog? signOns = null) : ITokenVerifier
{
    /// <summary>
    /// How long an answer counts, from before the question was sent. A quarter of the promised second is left for the request that
    /// follows the verification.
    /// </summary>
    public static readonly TimeSpan Trusted = TimeSpan.FromMilliseconds(750);

    /// <summary>Most tokens that are remembered.</summary>
    public const int MaxKnown = 100_000;

    /// <summary>
    /// Most values that are remembered for being no token. Anybody can compute the checksum of a value, so these must not fill the memory.
    /// </summary>
    public const int MaxUnknown = 10_000;

    // Values of tokens that are no longer used should not stay in memory for ever.
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    private readonly TokenAnswers _known = new(MaxKnown, Trusted, timeProvider);
    private readonly TokenAnswers _unknown = new(MaxUnknown, Trusted, timeProvider);
    private readonly ConcurrentDictionary<string, Question> _questions = new(StringComparer.Ordinal);
    private long _sweptAt = timeProvider.GetTimestamp();

    /// <summary>How many answers are held.</summary>
    public int HeldAnswers => _known.Count + _unknown.Count;

    /// <inheritdoc/>
    public ValueTask<TokenPrincipal?> VerifyAsync(ReadOnlySpan<char> value, IPAddress? client, CancellationToken cancellationToken)
    {
        if (_known.TryGet(value, out var answer))
        {
            return new(Check(answer!, client));
        }

        if (operatorToken.Matches(value))
        {
            return new(operatorToken.Principal);
        }

        if (TokenValue.TryParse(value, out var owner) || TokenValue.TryParseSession(value, out owner))
        {
            return _unknown.TryGet(value, out _) ? new((TokenPrincipal?)null) : AskAsync(value.ToString(), owner, client, cancellationToken);
        }

        return new((TokenPrincipal?)null);
    }

    /// <inheritdoc/>
    public void Forget(string value) => _known.Remove(value);

    private async ValueTask<TokenPrincipal?> AskAsync(string value, string owner, IPAddress? client, CancellationToken cancellationToken)
    {
        var question = Join(value, owner);
        return Check(await question.Answer.WaitAsync(cancellationToken), client);
    }

    // One question per value is on its way. A caller joins one that was asked lately; after that it asks again, so a slow silo cannot
    // stretch the promised second.
    private Question Join(string value, string owner)
    {
        var mine = new Question(timeProvider.GetTimestamp());
        while (true)
        {
            var asked = _questions.GetOrAdd(value, mine);
            if (asked == mine)
            {
                break;
            }

            if (timeProvider.GetElapsedTime(asked.AskedAt) < Trusted)
            {
                return asked;
            }

            if (_questions.TryUpdate(value, mine, asked))
            {
                break;
            }
        }

        _ = AnswerAsync(mine, value, owner);
        return mine;
    }

    // Not cancelled with the first caller: the others wait for the same answer.
    private async Task AnswerAsync(Question question, string value, string owner)
    {
        try
        {
            var answer = new TokenAnswer(question.AskedAt, await FindAsync(value, owner));
            Keep(value, answer);
            question.Complete(answer);
        }
#pragma warning disable CA1031 // Every caller that waits gets the exception; here is nobody to throw it to.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            question.Fail(exception);
        }
        finally
        {
            _questions.TryRemove(new(value, question));
        }
    }

    private async Task<KnownToken?> FindAsync(string value, string owner)
    {
        var valueHash = TokenValue.Hash(value);
        if (TokenValue.TryParse(value, out _))
        {
            var account = grains.GetGrain<IAccountGrain>(GrainKeys.Account(owner));
            return await AskTwiceAsync(() => account.FindTokenAsync(valueHash)) is { } record ? new(record) : null;
        }

        if (signOns is null)
        {
            return null;
        }

        // What the person may do is not the grain's to say: the operator may have changed it since.
        var person = grains.GetGrain<IPersonGrain>(owner);
        return await AskTwiceAsync(() => person.FindSessionAsync(valueHash)) is { } session && signOns.PrincipalOf(session) is { } principal
            ? new(principal, session.ExpiresAt)
            : null;
    }

    private static async ValueTask<T> AskTwiceAsync<T>(Func<ValueTask<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception exception) when (exception is TimeoutException or SiloUnavailableException or OrleansMessageRejectionException)
        {
            // The silo that held the grain is gone; the second call activates it on another one.
            return await ask();
        }
    }

    private void Keep(string value, TokenAnswer answer)
    {
        if (answer.Token is null)
        {
            _known.Remove(value);
            _unknown.Set(value, answer);
        }
        else
        {
            _unknown.Remove(value);
            _known.Set(value, answer);
        }

        var sweptAt = Volatile.Read(ref _sweptAt);
        if (timeProvider.GetElapsedTime(sweptAt) >= SweepInterval
            && Interlocked.CompareExchange(ref _sweptAt, timeProvider.GetTimestamp(), sweptAt) == sweptAt)
        {
            _known.Sweep();
            _unknown.Sweep();
        }
    }

    private TokenPrincipal? Check(TokenAnswer answer, IPAddress? client) => answer.Token?.Check(timeProvider.GetUtcNow(), client);

    private sealed class Question(long askedAt)
    {
        private readonly TaskCompletionSource<TokenAnswer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long AskedAt => askedAt;

        public Task<TokenAnswer> Answer => _answer.Task;

        public void Complete(TokenAnswer answer) => _answer.TrySetResult(answer);

        public void Fail(Exception exception)
        {
            _answer.TrySetException(exception);
            _ = _answer.Task.Exception; // Observed: every caller may have gone away meanwhile.
        }
    }
}
