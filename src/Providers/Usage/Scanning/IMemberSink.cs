namespace GatewayActors.Providers.Usage.Scanning;

/// <summary>Takes the values a <see cref="JsonMemberScanner"/> selects. A value may come in pieces.</summary>
internal interface IMemberSink
{
    /// <summary>One more element of a counted array.</summary>
    void Count(int slot);

    /// <summary>A piece of the value at hand that does not end it.</summary>
    void Append(ReadOnlySpan<byte> piece);

    /// <summary>The last piece of the value at hand.</summary>
    void End(int slot, ReadOnlySpan<byte> last);

    /// <summary>The value at hand will not be finished.</summary>
    void Abandon();
}
