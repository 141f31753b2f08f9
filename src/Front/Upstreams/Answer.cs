using GatewayActors.Providers.Usage;

namespace GatewayActors.Front.Upstreams;

/// <summary>
/// An answer whose first bytes are here and have not been sent to the client yet: an upstream's, one out of the cache, or one that several
/// exchanges share. Whoever holds it disposes it.
/// </summary>
internal abstract class Answer : IDisposable
{
    public abstract int StatusCode { get; }

    public abstract string? ContentType { get; }

    /// <summary>Whether a fallback is tried instead, if there is one.</summary>
    public virtual bool IsFailure => StatusCode >= 400 || StatesError;

    /// <summary>Whether it states an error although its status is 200, as far as it was read.</summary>
    public virtual bool StatesError => false;

    /// <summary>Where it comes from.</summary>
    public virtual AnswerSource Source => AnswerSource.Upstream;

    /// <summary>The first bytes; valid until the next are read.</summary>
    public abstract ReadOnlyMemory<byte> First { get; }

    /// <summary>Whether <see cref="First"/> is all there is.</summary>
    public abstract bool IsWhole { get; }

    /// <summary>The whole body as the log keeps it, if that is at hand; else empty.</summary>
    public virtual ReadOnlyMemory<byte> Compressed => default;

    /// <summary>Whether a limit of time was hit while it was read.</summary>
    public virtual bool TimedOut => false;

    /// <summary>What the client is told while it waits for the next bytes, so that it does not take silence for an end; empty for nothing.</summary>
    public virtual ReadOnlyMemory<byte> SignOfLife => default;

    /// <summary>Copies the headers that go on to the client.</summary>
    public abstract void CopyHeaders(IHeaderDictionary headers);

    /// <summary>The next bytes; none at the end. Called only while <see cref="IsWhole"/> is false.</summary>
    public abstract ValueTask<ReadOnlyMemory<byte>> ReadNextAsync();

    /// <summary>Waits for what must be known before the books are closed, although the client has got all it will get.</summary>
    public virtual ValueTask FinishAsync() => ValueTask.CompletedTask;

    /// <summary>What it says about itself, as far as it was read; null if nothing is known.</summary>
    public abstract UsageReport? Report();

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }
}

/// <summary>Where an answer comes from.</summary>
internal enum AnswerSource
{
    /// <summary>A call to the provider, made for this exchange.</summary>
    Upstream,

    /// <summary>The cache, or a call to the provider that another exchange has made.</summary>
    Cache,

    /// <summary>The cache, although it is too old, because the provider fails.</summary>
    StaleCache,
}
