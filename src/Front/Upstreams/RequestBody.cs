namespace GatewayActors.Front.Upstreams;

/// <summary>The client's body: the same bytes for every attempt. Disposed when the exchange is over.</summary>
internal abstract class RequestBody : IDisposable
{
    /// <summary>No body at all.</summary>
    public static RequestBody None { get; } = new NoBody();

    /// <summary>The first bytes, as far as they are in memory: enough to see which model is called.</summary>
    public abstract ReadOnlySpan<byte> Head { get; }

    /// <summary>Whether <see cref="Head"/> is the whole body.</summary>
    public abstract bool IsWhole { get; }

    /// <summary>Bytes received from the client so far.</summary>
    public abstract long Length { get; }

    /// <summary>The error of the client's side that broke the reading, such as a body over the limit; null if there is none.</summary>
    public virtual IOException? ReadFailure => null;

    /// <summary>Whether the client went away while the body was read.</summary>
    public virtual bool IsClientGone => false;

    /// <summary>Whether another attempt can send the same bytes.</summary>
    public virtual bool IsRepeatable => true;

    /// <summary>Why what has passed could not be kept for another attempt; null if nothing failed.</summary>
    public virtual Exception? KeepFailure => null;

    /// <summary>Ends what is still being sent, and waits for that: from then on nothing reads the client's body or changes what is kept.</summary>
    public virtual ValueTask StopAsync() => ValueTask.CompletedTask;

    /// <summary>Makes the content of one attempt, null for no body. The previous attempt is over by then.</summary>
    public abstract ValueTask<HttpContent?> StartAttemptAsync(CancellationToken cancellationToken);

    /// <summary>The whole body for the log entry; empty if it was not kept.</summary>
    public abstract ReadOnlySpan<byte> Kept { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }

    private sealed class NoBody : RequestBody
    {
        public override ReadOnlySpan<byte> Head => [];

        public override bool IsWhole => true;

        public override long Length => 0;

        public override ValueTask<HttpContent?> StartAttemptAsync(CancellationToken cancellationToken) => ValueTask.FromResult<HttpContent?>(null);

        public override ReadOnlySpan<byte> Kept => [];
    }
}
