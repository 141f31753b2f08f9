namespace GatewayActors.Front.Run.Background;

/// <summary>The answer of a run that nobody waits for, as far as it is kept.</summary>
internal sealed class RunAnswer : MemoryStream
{
    /// <summary>The longest answer that a webhook gets.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>Whether it was longer.</summary>
    public bool IsCut { get; private set; }

    /// <summary>All other ways to write lead here, as of every stream that is derived from this one.</summary>
    public override void Write(byte[] buffer, int offset, int count)
    {
        IsCut |= Length + count > MaxBytes;
        if (!IsCut)
        {
            base.Write(buffer, offset, count);
        }
    }
}
