using GatewayActors.Abstractions.Logs;
using Microsoft.Data.Sqlite;

namespace GatewayActors.Storage.Sqlite.Logs;

/// <summary>Keeps each gateway within the number of entries it may have. Works inside the writer's transaction.</summary>
internal sealed class LogRoom(SqliteConnection connection) : IDisposable
{
    // A part of the limit at a time, so that not every batch deletes; and not more than a transaction can do without holding others up.
    private const int DeletedPart = 1_000;
    private const int DeletedAtOnce = 10_000;

    private readonly SqliteStatement _count = new(connection, "SELECT entries FROM gateway WHERE key = ?");
    private readonly Dictionary<long, GatewayRoom> _gateways = [];

    /// <summary>Begins a batch.</summary>
    public void Begin() => _gateways.Clear();

    /// <summary>Whether there is room for one more entry, which then takes it.</summary>
    public bool Take(long gatewayKey, LogCapacity? capacity)
    {
        if (capacity is null)
        {
            return true;
        }

        if (!_gateways.TryGetValue(gatewayKey, out var room))
        {
            room = new(_count.Int64(gatewayKey).RunScalar() ?? 0);
            _gateways.Add(gatewayKey, room);
        }

        // The batch's last word counts: a change of the configuration holds from there on.
        room.Capacity = capacity;
        if (!capacity.DeletesOldest && room.Entries >= capacity.MaxEntries)
        {
            return false;
        }

        room.Entries++;
        return true;
    }

    /// <summary>How many of the oldest entries of which gateways have to go after this batch.</summary>
    public IEnumerable<(long GatewayKey, int Entries)> Excess() =>
        from gateway in _gateways
        let capacity = gateway.Value.Capacity
        where capacity.DeletesOldest && gateway.Value.Entries > capacity.MaxEntries
        let excess = gateway.Value.Entries - capacity.MaxEntries
        select (gateway.Key, (int)Math.Min(DeletedAtOnce, Math.Max(excess, Math.Min(capacity.MaxEntries / DeletedPart, gateway.Value.Entries))));

    public void Dispose() => _count.Dispose();

    private sealed class GatewayRoom(long entries)
    {
        public long Entries { get; set; } = entries;

        public LogCapacity Capacity { get; set; } = null!;
    }
}
