using System.Collections.Concurrent;
using GatewayActors.Abstractions;
using GatewayActors.Abstractions.CustomProviders;
using GatewayActors.Front.Upstreams;
using Orleans.Runtime;

namespace GatewayActors.Front.CustomProviders;

/// <summary>
/// The providers that accounts have added, as this front knows them. Every exchange that uses one asks the account's grain with the version
/// that is held here, so a change holds for the next exchange on every front; what is held saves sending it all again.
/// </summary>
internal sealed class AccountProviders(IGrainFactory grains, UpstreamTransports transports)
{
    private readonly ConcurrentDictionary<string, CustomProviderSet> _sets = new(StringComparer.Ordinal);

    /// <summary>What holds now.</summary>
    /// <exception cref="TimeoutException">No grain answered.</exception>
    /// <exception cref="OrleansException">No grain answered.</exception>
    public async ValueTask<CustomProviderSet> GetAsync(string accountId)
    {
        var held = _sets.GetValueOrDefault(accountId, CustomProviderSet.Empty);
        return await AskAsync(accountId, held.Version) is { } routes ? Accept(accountId, new(routes, transports)) : held;
    }

    private async ValueTask<CustomProviderRoutes?> AskAsync(string accountId, long seenVersion)
    {
        var grain = grains.GetGrain<ICustomProvidersGrain>(GrainKeys.CustomProviders(accountId));
        try
        {
            return await grain.GetRoutesAsync(seenVersion, CancellationToken.None);
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            return await grain.GetRoutesAsync(seenVersion, CancellationToken.None); // The silo is gone; another one has the grain now.
        }
    }

    // Answers can arrive in another order than they were made in: only a newer one is kept, but each exchange runs under its own.
    private CustomProviderSet Accept(string accountId, CustomProviderSet set)
    {
        if (set.Version > 0)
        {
            _sets.AddOrUpdate(accountId, set, (_, held) => held.Version < set.Version ? set : held);
        }

        return set;
    }
}
