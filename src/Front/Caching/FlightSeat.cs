namespace GatewayActors.Front.Caching;

/// <summary>One exchange's place in a flight: given up when its client goes away, or when it needs the answer no more. Thread-safe.</summary>
internal sealed class FlightSeat : IDisposable
{
    private readonly Flight _flight;
    private readonly CancellationTokenRegistration _clientGone;
    private int _left;

    /// <param name="flight">A flight that counts this exchange already.</param>
    /// <param name="client">Set when the client goes away.</param>
    public FlightSeat(Flight flight, CancellationToken client)
    {
        _flight = flight;
        _clientGone = client.UnsafeRegister(static seat => ((FlightSeat)seat!).Leave(), this);
    }

    public void Dispose()
    {
        _clientGone.Unregister(); // Does not wait: a seat is also given up from within the callback.
        Leave();
    }

    private void Leave()
    {
        if (Interlocked.Exchange(ref _left, 1) == 0)
        {
            _flight.Leave();
        }
    }
}
