namespace GatewayActors.Testing.Upstreams;

/// <summary>Something a test opens by hand, so that the order of events is the test's and not the machine's.</summary>
public sealed class Gate
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the gate is open.</summary>
    public Task Opened => _opened.Task;

    /// <summary>Opens the gate for good.</summary>
    public void Open() => _opened.TrySetResult();
}
