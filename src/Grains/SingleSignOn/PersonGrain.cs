using GatewayActors.Abstractions.SingleSignOn;

namespace GatewayActors.Grains.SingleSignOn;

/// <remarks>Sessions that are over are thrown away with the next write: a person leaves no more behind than <see cref="MaxSessions"/>.</remarks>
[GrainType("gateway.person")]
internal sealed class PersonGrain([PersistentState("person")] IPersistentState<PersonState> stored, TimeProvider timeProvider) : Grain, IPersonGrain
{
    /// <summary>Most sessions of one person at a time.</summary>
    public const int MaxSessions = 20;

    private IReadOnlyList<StoredSession> Sessions => stored.State.Sessions;

    public Task StartSessionAsync(PersonSession session, SessionCode code, CancellationToken cancellationToken = default) =>
        StoreAsync([.. Current().TakeLast(MaxSessions - 1), new StoredSession { Session = session, Code = code }]);

    public async Task<PersonSession?> RedeemCodeAsync(string codeHash, string browserHash, string valueHash, CancellationToken cancellationToken = default)
    {
        var now = timeProvider.GetUtcNow();
        if (Sessions.FirstOrDefault(session => session.Code.CodeHash == codeHash) is not { } found)
        {
            LeaveIfUnknown();
            return null;
        }

        if (found.ValueHash is not null || found.Code.BrowserHash != browserHash || now >= found.Code.ExpiresAt || now >= found.Session.ExpiresAt)
        {
            await StoreAsync(Current().Where(session => session != found));
            return null;
        }

        await StoreAsync(Current().Select(session => session == found ? session with { ValueHash = valueHash } : session));
        return found.Session;
    }

    public ValueTask<PersonSession?> FindSessionAsync(string valueHash, CancellationToken cancellationToken = default)
    {
        LeaveIfUnknown();
        var found = Sessions.FirstOrDefault(session => session.ValueHash == valueHash)?.Session;
        return ValueTask.FromResult(found is not null && timeProvider.GetUtcNow() < found.ExpiresAt ? found : null);
    }

    public async Task<bool> EndSessionAsync(string valueHash, CancellationToken cancellationToken = default)
    {
        if (!Sessions.Any(session => session.ValueHash == valueHash))
        {
            LeaveIfUnknown();
            return false;
        }

        await StoreAsync(Current().Where(session => session.ValueHash != valueHash));
        return true;
    }

    public async Task<int> EndAllSessionsAsync(CancellationToken cancellationToken = default)
    {
        var count = Current().Count();
        if (Sessions.Count > 0)
        {
            await StoreAsync([]);
        }

        return count;
    }

    private IEnumerable<StoredSession> Current()
    {
        var now = timeProvider.GetUtcNow();
        return Sessions.Where(session => now < session.Session.ExpiresAt);
    }

    // Written whole, so that a look-up which interleaves with the write sees the sessions before or after it.
    private Task StoreAsync(IEnumerable<StoredSession> sessions) => stored.ReplaceAsync(new() { Sessions = [.. sessions] });

    // Anyone can name people who do not exist: such an activation must not stay and fill the memory. Somebody who only has no session now is no such.
    private void LeaveIfUnknown()
    {
        if (!stored.RecordExists)
        {
            DeactivateOnIdle();
        }
    }
}
