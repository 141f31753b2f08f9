namespace GatewayActors.Abstractions.Audit;

/// <summary>Keeps what was changed through the admin API. Thread-safe; one instance per process.</summary>
public interface IAuditStore
{
    /// <summary>Opens the store and brings its schema up to date. Called once, before anything else.</summary>
    Task InitializeAsync(CancellationToken cancellationToken = default);

    /// <summary>Adds an entry. When this completes, the entry survives the end of the process.</summary>
    Task AddAsync(AuditEntry entry, CancellationToken cancellationToken = default);

    /// <summary>One page of an account's entries.</summary>
    Task<AuditPage> ListAsync(AuditQuery query, CancellationToken cancellationToken = default);

    /// <summary>Deletes the entries of all accounts from before a time.</summary>
    /// <returns>How many.</returns>
    Task<int> DeleteAsync(DateTimeOffset before, CancellationToken cancellationToken = default);
}

/// <summary>Which entries of an account.</summary>
public sealed record AuditQuery
{
    /// <summary>The account.</summary>
    public required string AccountId { get; init; }

    /// <summary>The one with this id; null for any.</summary>
    public Guid? Id { get; init; }

    /// <summary>Not before this time; null for any.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Not after this time; null for any.</summary>
    public DateTimeOffset? Before { get; init; }

    /// <summary>By tokens of this id; null for any.</summary>
    public string? ActorId { get; init; }

    /// <summary>By tokens of this name; null for any.</summary>
    public string? ActorName { get; init; }

    /// <summary>From this address; null for any.</summary>
    public string? ActorIp { get; init; }

    /// <summary>Of this action; null for any.</summary>
    public string? Action { get; init; }

    /// <summary>Of this kind of resource; null for any.</summary>
    public string? ResourceType { get; init; }

    /// <summary>Of the resource with this id; null for any.</summary>
    public string? ResourceId { get; init; }

    /// <summary>Whether the newest comes first.</summary>
    public bool Descending { get; init; } = true;

    /// <summary>Entries to leave out at the begin.</summary>
    public int Offset { get; init; }

    /// <summary>Most entries.</summary>
    public required int Limit { get; init; }
}

/// <summary>Some entries, and how many there are in all.</summary>
public sealed record AuditPage(IReadOnlyList<AuditEntry> Entries, long TotalCount);
