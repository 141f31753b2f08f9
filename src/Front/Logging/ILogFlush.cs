namespace GatewayActors.Front.Logging;

/// <summary>The writer of log entries, for those who must see what was logged a moment ago. Thread-safe.</summary>
internal interface ILogFlush
{
    /// <summary>Completes when every entry that was handed to the writer before the call is stored, or was dropped.</summary>
    ValueTask FlushAsync(CancellationToken cancellationToken);
}
