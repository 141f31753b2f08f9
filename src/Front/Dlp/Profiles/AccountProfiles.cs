using System.Collections.Concurrent;
using System.Collections.Frozen;
using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Dlp;
using GatewayActors.Front.Dlp.Detection;
using Orleans.Runtime;

namespace GatewayActors.Front.Dlp.Profiles;

/// <summary>
/// The profiles of the accounts that this front has lately scanned for, ready for matching. Every admission says which version holds, so the
/// account's grain is asked only after a change, and a change holds for the next exchange on every front.
/// </summary>
internal sealed class AccountProfiles(IGrainFactory grains)
{
    private readonly ConcurrentDictionary<string, ProfileSet> _sets = new(StringComparer.Ordinal);

    /// <summary>The profiles of a version, or of a newer one.</summary>
    /// <exception cref="TimeoutException">No grain answered.</exception>
    /// <exception cref="OrleansException">No grain answered.</exception>
    public ValueTask<ProfileSet> GetAsync(string accountId, long version)
    {
        var held = _sets.GetValueOrDefault(accountId, ProfileSet.BuiltIn);
        return held.Version >= version ? ValueTask.FromResult(held) : AskAsync(accountId, held);
    }

    private async ValueTask<ProfileSet> AskAsync(string accountId, ProfileSet held)
    {
        var grain = grains.GetGrain<IDlpProfilesGrain>(GrainKeys.DlpProfiles(accountId));
        DlpProfileSet? newer;
        try
        {
            newer = await grain.GetAsync(held.Version, CancellationToken.None);
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            newer = await grain.GetAsync(held.Version, CancellationToken.None); // The silo is gone; another one has the grain now.
        }

        if (newer is null)
        {
            return held;
        }

        // Answers can arrive in another order than they were made in: only a newer one is kept, but each exchange uses its own.
        var set = ProfileSet.Of(newer);
        _sets.AddOrUpdate(accountId, set, (_, kept) => kept.Version < set.Version ? set : kept);
        return set;
    }
}

/// <summary>All profiles of an account. Immutable.</summary>
/// <param name="Version">The version of what the account has set; 0 for nothing.</param>
/// <param name="ById">The built-in ones and its own.</param>
internal sealed record ProfileSet(long Version, FrozenDictionary<Guid, DlpProfile> ById)
{
    /// <summary>What accounts have that set nothing.</summary>
    public static ProfileSet BuiltIn { get; } = new(0, BuiltInProfile.All.Select(profile => DlpProfile.Of(profile, settings: null)).ToFrozenDictionary(profile => profile.Id));

    /// <summary>What an account has.</summary>
    public static ProfileSet Of(DlpProfileSet set)
    {
        var builtIn = BuiltInProfile.All.Select(profile => DlpProfile.Of(profile, set.Predefined.FirstOrDefault(settings => settings.ProfileId == profile.Id)));
        return new(set.Version, builtIn.Concat(set.Profiles.Select(DlpProfile.Of)).ToFrozenDictionary(profile => profile.Id));
    }
}
