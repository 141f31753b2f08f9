using Orleans.Concurrency;

namespace GatewayActors.Abstractions.Dlp;

/// <summary>Owns the profiles of data loss prevention that an account has made, and what it has set about the built-in ones.</summary>
/// <remarks>
/// Key: <see cref="GrainKeys.DlpProfiles"/>. What a write method has returned is stored, and known to all gateways of the account: it
/// holds for every admission that begins afterwards.
/// </remarks>
[GrainInterfaceType("gateway.dlp-profiles"), Alias("gateway.dlp-profiles")]
public interface IDlpProfilesGrain : IGrainWithStringKey
{
    /// <summary>The version of what is stored; 0 for an account that never set anything.</summary>
    /// <remarks>Interleaves: one look at what is stored. A gateway asks while this grain tells gateways of a change.</remarks>
    [AlwaysInterleave, Alias("get-version")]
    ValueTask<long> GetVersionAsync(CancellationToken cancellationToken = default);

    /// <summary>Everything, if it is not what the caller holds; null if it is.</summary>
    /// <param name="seenVersion">The version that the caller holds; 0 for none, which is the version of an account that never set anything.</param>
    /// <param name="cancellationToken">Cancels the call while it is queued.</param>
    /// <remarks>Interleaves: one synchronous look at what is stored.</remarks>
    [AlwaysInterleave, Alias("get")]
    ValueTask<DlpProfileSet?> GetAsync(long seenVersion, CancellationToken cancellationToken = default);

    /// <summary>Adds a profile.</summary>
    [Alias("create")]
    Task<DlpProfileChange> CreateAsync(DlpProfileDefinition definition, CancellationToken cancellationToken = default);

    /// <summary>Replaces what a profile is, unless it has changed since the caller read it.</summary>
    /// <param name="id">The profile.</param>
    /// <param name="definition">What it becomes.</param>
    /// <param name="basedOn">The <see cref="DlpProfileRecord.Version"/> that the caller has read.</param>
    /// <param name="cancellationToken">Cancels the call while it is queued.</param>
    [Alias("update")]
    Task<DlpProfileChange> UpdateAsync(Guid id, DlpProfileDefinition definition, long basedOn, CancellationToken cancellationToken = default);

    /// <summary>Deletes a profile; the record of the change is what it was.</summary>
    [Alias("delete")]
    Task<DlpProfileChange> DeleteAsync(Guid id, CancellationToken cancellationToken = default);

    /// <summary>Sets what holds for a built-in profile.</summary>
    [Alias("set-predefined")]
    Task<DlpProfileOutcome> SetPredefinedAsync(DlpPredefinedSettings settings, CancellationToken cancellationToken = default);

    /// <summary>Puts a built-in profile back to what it is for everybody.</summary>
    [Alias("reset-predefined")]
    Task<DlpProfileOutcome> ResetPredefinedAsync(Guid profileId, CancellationToken cancellationToken = default);

    /// <summary>Deletes everything, because the account is deleted.</summary>
    [Alias("clear")]
    Task ClearAsync(CancellationToken cancellationToken = default);
}

/// <summary>The result of a change to a profile.</summary>
[GenerateSerializer, Immutable, Alias("gateway.dlp.change")]
public sealed record DlpProfileChange
{
    /// <summary>What happened.</summary>
    [Id(0)] public required DlpProfileOutcome Outcome { get; init; }

    /// <summary>The profile after the change (before it, for a deletion); null unless <see cref="Outcome"/> is Done.</summary>
    [Id(1)] public DlpProfileRecord? Profile { get; init; }
}

/// <summary>The outcomes of a change.</summary>
public enum DlpProfileOutcome
{
    /// <summary>Stored.</summary>
    Done,

    /// <summary>There is no such profile.</summary>
    NotFound,

    /// <summary>Another profile of the account has the name.</summary>
    NameTaken,

    /// <summary>It has changed since it was read: read it again.</summary>
    Outdated,

    /// <summary>The account does not exist.</summary>
    AccountNotFound,

    /// <summary>The account has as many profiles, or entries in them, as it may have.</summary>
    TooMany,
}

/// <summary>How much of it an account may have.</summary>
public static class DlpLimits
{
    /// <summary>Most profiles of its own.</summary>
    public const int Profiles = 100;

    /// <summary>Most entries in all of them: every one that a gateway uses is looked for in every text.</summary>
    public const int Entries = 200;
}
