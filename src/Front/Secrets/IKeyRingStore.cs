namespace GatewayActors.Front.Secrets;

/// <summary>
/// Where the key ring lies: the keys that encrypt stored secrets, each wrapped by a master key. Fronts that share secrets share one. Never
/// asked by a request: the ring is read at the start and when it makes a new key.
/// </summary>
internal interface IKeyRingStore
{
    /// <summary>All entries.</summary>
    IReadOnlyList<KeyRingEntry> Load();

    /// <summary>Writes an entry, in place of one of the same name. What has returned survives a crash.</summary>
    void Put(KeyRingEntry entry);

    /// <summary>Writes an entry unless there is one of the same name; false if there is.</summary>
    bool TryAdd(KeyRingEntry entry);

    /// <summary>Removes an entry; nothing happens if there is none.</summary>
    void Remove(string name);
}

/// <summary>One entry of the key ring.</summary>
/// <param name="Name">Letters, digits, <c>-</c> and <c>.</c></param>
/// <param name="Content">What is stored. May be a master key: not part of the text form.</param>
internal sealed record KeyRingEntry(string Name, string Content)
{
    /// <summary>The entry of a master key that nobody has configured.</summary>
    public const string GeneratedMasterKey = "master";

    public override string ToString() => Name;
}
