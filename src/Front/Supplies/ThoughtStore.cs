using GatewayActors.Abstractions.Caching;
using GatewayActors.Front.Caching;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Pipeline;
using GatewayActors.Providers.Translation.Supplies;

namespace GatewayActors.Front.Supplies;

/// <summary>
/// Keeps for a while what providers want back with the calls of their answers, for the clients that lose it. Kept in the shards of the
/// gateway's cache: lost with their silo, with a purge, and when others need the room. Then the model goes on without its earlier thoughts.
/// </summary>
internal sealed class ThoughtStore(CacheShards shards, GatewayOptions options)
{
    private const int MaxBytes = 1024 * 1024; // of one answer's thoughts

    /// <summary>Whether anything is kept.</summary>
    public bool IsOn => options.Translation.KeepReasoning > TimeSpan.Zero;

    /// <summary>Keeps the thoughts of an answer.</summary>
    /// <param name="step">The step that brought it.</param>
    /// <param name="call">The id of its first call.</param>
    /// <param name="thoughts">What belongs to it.</param>
    public async ValueTask KeepAsync(Step step, string call, ReadOnlyMemory<byte> thoughts)
    {
        if (thoughts.Length > MaxBytes)
        {
            return;
        }

        var gateway = step.Exchange.Gateway;
        await shards.StoreAsync(gateway, ThoughtCipher.NameOf(gateway, call), step.Exchange.Snapshot.Cache.Generation, new()
        {
            StatusCode = 200,
            Headers = [],
            Body = ThoughtCipher.Seal(gateway, call, thoughts.Span),
            Ttl = options.Translation.KeepReasoning,
        });
    }

    /// <summary>What is kept for calls, by their ids; nothing for those that are not known.</summary>
    public async ValueTask<IReadOnlyDictionary<string, KeptThoughts>> FindAsync(Step step, IReadOnlyList<string> calls)
    {
        var found = await Task.WhenAll(calls.Distinct(StringComparer.Ordinal).Select(async call => (Call: call, Thoughts: await FindAsync(step, call))));
        return found.Where(pair => pair.Thoughts is not null).ToDictionary(pair => pair.Call, pair => pair.Thoughts!, StringComparer.Ordinal);
    }

    private async Task<KeptThoughts?> FindAsync(Step step, string call)
    {
        var gateway = step.Exchange.Gateway;
        var query = new CacheQuery { Generation = step.Exchange.Snapshot.Cache.Generation, Sharing = CacheSharing.None };
        var lookup = await shards.LookUpAsync(gateway, ThoughtCipher.NameOf(gateway, call), query, step.Exchange.Http.RequestAborted);
        return lookup is { Outcome: CacheOutcome.Hit, Answer.Body: var body } && ThoughtCipher.Open(gateway, call, body.Span) is { } plain ? KeptThoughts.Parse(plain) : null;
    }
}
