using System.Collections.Immutable;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Configuration;

namespace GatewayActors.Front.Export.Tail;

/// <summary>Those who watch what is being logged. Thread-safe; for the log writer it costs one look while nobody watches.</summary>
internal sealed class LogTails(GatewayOptions options)
{
    private readonly Lock _lock = new();
    private ImmutableDictionary<(string Account, string Gateway), ImmutableArray<LogTail>> _tails = ImmutableDictionary<(string, string), ImmutableArray<LogTail>>.Empty;

    /// <summary>Begins to watch a gateway; null if the account has as many tails as it may have. To be closed.</summary>
    public LogTail? Open(string accountId, string gatewayId)
    {
        lock (_lock)
        {
            if (_tails.Where(entry => entry.Key.Account == accountId).Sum(entry => entry.Value.Length) >= options.Logs.MaxTailsPerAccount)
            {
                return null;
            }

            var (key, tail) = ((accountId, gatewayId), new LogTail(accountId, gatewayId));
            Volatile.Write(ref _tails, _tails.SetItem(key, _tails.GetValueOrDefault(key, []).Add(tail)));
            return tail;
        }
    }

    /// <summary>Watches no longer.</summary>
    public void Close(LogTail tail)
    {
        lock (_lock)
        {
            var key = (tail.AccountId, tail.GatewayId);
            var others = _tails.GetValueOrDefault(key, []).Remove(tail);
            Volatile.Write(ref _tails, others.IsEmpty ? _tails.Remove(key) : _tails.SetItem(key, others));
        }
    }

    /// <summary>Tells those who watch what has been stored. Never waits.</summary>
    public void Publish(IReadOnlyList<LogEntry> stored)
    {
        var tails = Volatile.Read(ref _tails);
        if (tails.IsEmpty)
        {
            return;
        }

        foreach (var entry in stored)
        {
            if (!entry.IsOnlyCounted && tails.TryGetValue((entry.AccountId, entry.GatewayId), out var watching))
            {
                foreach (var tail in watching)
                {
                    tail.Offer(entry.Id);
                }
            }
        }
    }
}
