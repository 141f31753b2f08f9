namespace GatewayActors.Front.Replays;

/// <summary>Runs replays in this process. Thread-safe.</summary>
internal interface IReplayRunner
{
    /// <summary>Begins to run a replay, or goes on with it, unless that happens already; does not wait.</summary>
    /// <param name="key">The key of its grain.</param>
    void Begin(string key);

    /// <summary>Breaks off what this process sends of a replay; other processes find out with their next report.</summary>
    void Abort(string key);
}
