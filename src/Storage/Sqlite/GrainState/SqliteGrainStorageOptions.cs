using Orleans.Storage;

namespace GatewayActors.Storage.Sqlite.GrainState;

/// <summary>Where and how grain state is kept in one SQLite file.</summary>
public sealed class SqliteGrainStorageOptions
{
    /// <summary>The database file. Its directory is made if it is missing. Required.</summary>
    public string Path { get; set; } = "";

    /// <summary>
    /// How state becomes bytes. Default: Orleans' own serializer, which reads what an older or newer release wrote by the
    /// <c>[Id]</c>s of the members.
    /// </summary>
    public IGrainStorageSerializer? GrainStorageSerializer { get; set; }
}
