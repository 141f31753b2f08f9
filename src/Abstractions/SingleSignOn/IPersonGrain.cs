using Orleans.Concurrency;

namespace GatewayActors.Abstractions.SingleSignOn;

/// <summary>Owns the sessions of one person that an identity provider has signed on.</summary>
/// <remarks>Key: <see cref="GrainKeys.Person"/>. What a method has returned is stored.</remarks>
[GrainInterfaceType("gateway.person"), Alias("gateway.person")]
public interface IPersonGrain : IGrainWithStringKey
{
    /// <summary>Adds a session that nobody can use yet: its token is given for its code. The oldest one goes where there are too many.</summary>
    [Alias("start-session")]
    Task StartSessionAsync(PersonSession session, SessionCode code, CancellationToken cancellationToken = default);

    /// <summary>
    /// Takes a code, once: the session has a token from then on. Null if the code is not valid. A code that is shown again, or by another
    /// browser, was stolen: its session ends.
    /// </summary>
    /// <param name="codeHash">The hash of the code.</param>
    /// <param name="browserHash">The hash of what the browser that signed on keeps.</param>
    /// <param name="valueHash">The hash of the session's token (<see cref="Accounts.TokenValue.Hash"/>).</param>
    /// <param name="cancellationToken">Cancels the call while it is queued.</param>
    [Alias("redeem-code")]
    Task<PersonSession?> RedeemCodeAsync(string codeHash, string browserHash, string valueHash, CancellationToken cancellationToken = default);

    /// <summary>Finds a session by the hash of its token; null if there is none. Interleaves: one synchronous look-up.</summary>
    [AlwaysInterleave, Alias("find-session")]
    ValueTask<PersonSession?> FindSessionAsync(string valueHash, CancellationToken cancellationToken = default);

    /// <summary>Ends a session by the hash of its token; false if there is none.</summary>
    [Alias("end-session")]
    Task<bool> EndSessionAsync(string valueHash, CancellationToken cancellationToken = default);

    /// <summary>Ends all sessions.</summary>
    /// <returns>How many there were.</returns>
    [Alias("end-all-sessions")]
    Task<int> EndAllSessionsAsync(CancellationToken cancellationToken = default);
}
