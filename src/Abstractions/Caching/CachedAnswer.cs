namespace GatewayActors.Abstractions.Caching;

/// <summary>A provider's answer as it is kept: complete, and without what belongs to one call only.</summary>
[GenerateSerializer, Immutable, Alias("gateway.cache.answer")]
public sealed record CachedAnswer
{
    /// <summary>What an entry takes besides its body and headers, in bytes.</summary>
    private const int Overhead = 160;

    /// <summary>The status, 200 to 299.</summary>
    [Id(0)] public required int StatusCode { get; init; }

    /// <summary>The content type with its parameters; null if the provider stated none.</summary>
    [Id(1)] public string? ContentType { get; init; }

    /// <summary>The provider's other headers, in their order; a name may occur several times.</summary>
    [Id(2)] public required IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; }

    /// <summary>The whole body, as it came.</summary>
    [Id(3)] public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The model that answered; null if the answer did not say.</summary>
    [Id(4)] public string? Model { get; init; }

    /// <summary>How long it may be served after <see cref="StoredAt"/>.</summary>
    [Id(5)] public required TimeSpan Ttl { get; init; }

    /// <summary>How much longer it is kept for the case that the provider fails.</summary>
    [Id(6)] public TimeSpan StaleFor { get; init; }

    /// <summary>Whether <see cref="Ttl"/> is the gateway's, not one that the request asked for: a shorter one of the gateway then holds at once.</summary>
    [Id(7)] public bool FollowsGateway { get; init; }

    /// <summary>When it was stored, by the clock of the shard.</summary>
    [Id(8)] public DateTimeOffset StoredAt { get; init; }

    /// <summary>From then on it is of no use to anybody.</summary>
    public DateTimeOffset KeptUntil => StoredAt + Ttl + StaleFor;

    /// <summary>What it takes in memory, in bytes.</summary>
    public long Size
    {
        get
        {
            var size = Overhead + (long)Body.Length + (2L * (ContentType?.Length ?? 0));
            for (var index = 0; index < Headers.Count; index++)
            {
                size += 2L * (Headers[index].Key.Length + Headers[index].Value.Length);
            }

            return size;
        }
    }

    /// <summary>Until when it may be served to a request of a gateway with this TTL.</summary>
    /// <param name="gatewayTtl">What the gateway caches by default; null where it caches only what is asked for.</param>
    public DateTimeOffset FreshUntil(TimeSpan? gatewayTtl) => StoredAt + (FollowsGateway && gatewayTtl < Ttl ? gatewayTtl.Value : Ttl);
}
