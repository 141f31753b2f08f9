using System.Threading.Channels;

namespace GatewayActors.Front.Export.Tail;

/// <summary>One reader of what is logged at a gateway. It gets ids; what does not fit into its queue is counted instead.</summary>
internal sealed class LogTail(string accountId, string gatewayId)
{
    /// <summary>Entries that may wait for a slow reader.</summary>
    public const int Capacity = 1_000;

    private readonly Channel<Guid> _ids = Channel.CreateBounded<Guid>(new BoundedChannelOptions(Capacity) { SingleReader = true, SingleWriter = true });
    private long _missed;

    public string AccountId => accountId;

    public string GatewayId => gatewayId;

    /// <summary>The ids of new entries, in the order in which they were written.</summary>
    public ChannelReader<Guid> Ids => _ids.Reader;

    /// <summary>Takes note of an entry. Never waits.</summary>
    public void Offer(Guid id)
    {
        if (!_ids.Writer.TryWrite(id))
        {
            Interlocked.Increment(ref _missed);
        }
    }

    /// <summary>How many entries were left out since the last call.</summary>
    public long TakeMissed() => Volatile.Read(ref _missed) == 0 ? 0 : Interlocked.Exchange(ref _missed, 0);
}
