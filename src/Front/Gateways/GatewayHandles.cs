using System.Collections.Concurrent;
using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Gateways;

namespace GatewayActors.Front.Gateways;

/// <summary>The gateways this front has lately served. Looked up by the text that stands in the URL, without allocating.</summary>
internal sealed class GatewayHandles(IGrainFactory grains)
{
    private readonly ConcurrentDictionary<string, GatewayHandle> _handles = new(StringComparer.Ordinal);

    /// <summary>The handle of a gateway. A gateway that is not known to exist gets one that is not kept.</summary>
    /// <param name="key">The account and the gateway, as <see cref="GrainKeys.Gateway"/> joins them and the URL has them.</param>
    /// <param name="accountLength">The length of the account in it.</param>
    public GatewayHandle Get(ReadOnlySpan<char> key, int accountLength) =>
        _handles.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(key, out var handle)
            ? handle
            : new(key[..accountLength].ToString(), key[(accountLength + 1)..].ToString(), grains.GetGrain<IGatewayGrain>(key.ToString()));

    /// <summary>Keeps a handle, once an admission has shown that the gateway exists.</summary>
    public void Keep(GatewayHandle handle) => _handles.TryAdd(GrainKeys.Gateway(handle.AccountId, handle.GatewayId), handle);

    /// <summary>Forgets a gateway that does not exist any more.</summary>
    public void Forget(GatewayHandle handle) => _handles.TryRemove(GrainKeys.Gateway(handle.AccountId, handle.GatewayId), out _);
}
