namespace GatewayActors.Storage;

/// <summary>Where the reminders of grains are kept.</summary>
public sealed class SqliteReminderTableOptions
{
    /// <summary>The file; made if missing. Required.</summary>
    public string Path { get; set; } = "";
}
