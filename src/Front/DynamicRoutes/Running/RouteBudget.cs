using GatewayActors.Front.Limits;

namespace GatewayActors.Front.DynamicRoutes.Running;

/// <summary>What the elements of a route that limit costs have let through, until it is known what the whole exchange has cost.</summary>
internal sealed class RouteBudget
{
    private List<LimitReservation> _held = [];

    /// <summary>What steps have cost that others followed, in US dollars.</summary>
    public decimal Spent { get; set; }

    public void Hold(LimitReservation reservation) => _held.Add(reservation);

    /// <summary>Everything that is held, once.</summary>
    public IReadOnlyList<LimitReservation> Take()
    {
        var held = _held;
        _held = [];
        return held;
    }
}
