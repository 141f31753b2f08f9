using System.Diagnostics.CodeAnalysis;

namespace GatewayActors.Providers.Realtime;

/// <summary>
/// Reads what a realtime session uses out of its messages while they pass. It never changes or holds back a byte, and understands messages
/// cut anywhere. One instance per session; not thread-safe.
/// </summary>
/// <remarks>A malformed message is no error: less is known then.</remarks>
public abstract class RealtimeMeter
{
    private Queue<RealtimeTurn>? _turns;

    /// <summary>The model that messages have named; null for none.</summary>
    public string? Model { get; protected set; }

    /// <summary>Whether something is under way whose use the provider has not told yet.</summary>
    public virtual bool IsTurnOpen => false;

    /// <summary>Whether binary messages are JSON too.</summary>
    public virtual bool ReadsBinary => false;

    /// <summary>Takes the next bytes of a message.</summary>
    /// <param name="sender">Who has sent it.</param>
    /// <param name="piece">The bytes.</param>
    /// <param name="endsMessage">Whether no more follow.</param>
    public abstract void Read(RealtimeSender sender, ReadOnlySpan<byte> piece, bool endsMessage);

    /// <summary>What has been used since the last call; asked until it answers false.</summary>
    public bool TryTake([NotNullWhen(true)] out RealtimeTurn? turn)
    {
        turn = null;
        return _turns?.TryDequeue(out turn) == true;
    }

    /// <summary>Tells what was used and not told before. Called once, after the last message, also where the session broke.</summary>
    /// <param name="connected">How long the session was.</param>
    public virtual void Complete(TimeSpan connected)
    {
    }

    /// <summary>Has a turn taken.</summary>
    protected void Tell(RealtimeTurn turn) => (_turns ??= new(capacity: 1)).Enqueue(turn);
}
