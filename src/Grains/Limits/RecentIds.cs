namespace GatewayActors.Grains.Limits;

/// <summary>The latest ids that had an effect, so that a repeated call has none. Used by one thread at a time.</summary>
/// <remarks>
/// Adding is one write; looking one up reads all of them, which only a repeated call does. It comes seconds after the first one at most:
/// in a gateway that counts more than <see cref="Most"/> requests in that time it may count twice.
/// </remarks>
internal sealed class RecentIds
{
    /// <summary>How many are remembered: 16 bytes each.</summary>
    public const int Most = 4_096;

    private Guid[] _ids = [];
    private int _count;
    private int _next;

    /// <summary>Remembers an id, in the place of the oldest one if there are too many.</summary>
    public void Add(Guid id)
    {
        if (_count == _ids.Length && _count < Most)
        {
            Array.Resize(ref _ids, Math.Max(16, _count * 2)); // Most gateways never need all of them.
        }

        _next = _next == _ids.Length ? 0 : _next;
        _ids[_next++] = id;
        _count = Math.Max(_count, _next);
    }

    /// <summary>Whether an id is remembered.</summary>
    public bool Contains(Guid id) => _ids.AsSpan(0, _count).Contains(id);
}
