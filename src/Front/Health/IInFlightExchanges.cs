namespace GatewayActors.Front.Health;

/// <summary>Counts the exchanges of this process that have not ended. Thread-safe.</summary>
internal interface IInFlightExchanges
{
    /// <summary>The count right now.</summary>
    int Count { get; }
}
