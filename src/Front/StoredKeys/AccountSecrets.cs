using System.Collections.Concurrent;
using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Secrets;
using Orleans.Runtime;

namespace GatewayActors.Front.StoredKeys;

/// <summary>
/// The secrets that this front has lately used, as the account's grain keeps them: sealed. Every admission says which version holds, so the
/// grain is asked only after a change, and a change holds for the next exchange on every front.
/// </summary>
internal sealed class AccountSecrets(IGrainFactory grains)
{
    private readonly ConcurrentDictionary<string, SecretSet> _sets = new(StringComparer.Ordinal);

    /// <summary>The secrets of a version, or of a newer one.</summary>
    /// <exception cref="TimeoutException">No grain answered.</exception>
    /// <exception cref="OrleansException">No grain answered.</exception>
    public ValueTask<SecretSet> GetAsync(string accountId, long version)
    {
        var held = _sets.GetValueOrDefault(accountId, SecretSet.Empty);
        return held.Version >= version ? ValueTask.FromResult(held) : AskAsync(accountId, held);
    }

    private async ValueTask<SecretSet> AskAsync(string accountId, SecretSet held)
    {
        var grain = grains.GetGrain<ISecretsStoreGrain>(GrainKeys.SecretsStore(accountId));
        UsableSecrets? newer;
        try
        {
            newer = await grain.GetUsableAsync(held.Version, CancellationToken.None);
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            newer = await grain.GetUsableAsync(held.Version, CancellationToken.None); // The silo is gone; another one has the grain now.
        }

        if (newer is null)
        {
            return held;
        }

        // Answers can arrive in another order than they were made in: only a newer one is kept, but each exchange uses its own.
        var set = new SecretSet(newer);
        _sets.AddOrUpdate(accountId, set, (_, kept) => kept.Version < set.Version ? set : kept);
        return set;
    }
}
