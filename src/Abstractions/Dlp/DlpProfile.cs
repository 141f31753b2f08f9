namespace GatewayActors.Abstractions.Dlp;

/// <summary>What a tenant says about a profile of its own: which texts are to be found.</summary>
[GenerateSerializer, Immutable, Alias("gateway.dlp.definition")]
public sealed record DlpProfileDefinition
{
    /// <summary>What people call it; unique within the account without regard to case.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>For people.</summary>
    [Id(1)] public string? Description { get; init; }

    /// <summary>How sure and how many matches must be.</summary>
    [Id(2)] public required DlpThresholds Thresholds { get; init; }

    /// <summary>Its own entries, oldest first.</summary>
    [Id(3)] public required IReadOnlyList<DlpCustomEntry> Entries { get; init; }

    /// <summary>Entries of built-in profiles that it takes over.</summary>
    [Id(4)] public required IReadOnlyList<DlpSharedEntry> SharedEntries { get; init; }
}

/// <summary>From when on matches count.</summary>
[GenerateSerializer, Immutable, Alias("gateway.dlp.thresholds")]
public sealed record DlpThresholds
{
    /// <summary>So many matches are allowed; one more triggers. At least 0.</summary>
    [Id(0)] public int AllowedMatchCount { get; init; }

    /// <summary>How sure a match must be.</summary>
    [Id(1)] public DlpConfidence Confidence { get; init; }

    /// <summary>Whether a match of a built-in entry counts only beside a word that says what it is.</summary>
    [Id(2)] public bool ContextAware { get; init; }
}

/// <summary>How sure a match must be.</summary>
public enum DlpConfidence
{
    /// <summary>Shape and check digits.</summary>
    Low,

    /// <summary>The same: every entry has at least these.</summary>
    Medium,

    /// <summary>And a word beside it that says what it is, for entries that can do without.</summary>
    High,

    /// <summary>The same as <see cref="High"/>.</summary>
    VeryHigh,
}

/// <summary>Texts that a tenant describes: by a regular expression or by words.</summary>
[GenerateSerializer, Immutable, Alias("gateway.dlp.custom-entry")]
public sealed record DlpCustomEntry
{
    /// <summary>Never used again.</summary>
    [Id(0)] public required Guid Id { get; init; }

    /// <summary>What people call it.</summary>
    [Id(1)] public required string Name { get; init; }

    /// <summary>Whether it is looked for.</summary>
    [Id(2)] public required bool Enabled { get; init; }

    /// <summary>For people.</summary>
    [Id(3)] public string? Description { get; init; }

    /// <summary>What matches; null for an entry of words.</summary>
    [Id(4)] public string? Regex { get; init; }

    /// <summary>Whether the digits of a match must pass Luhn's check.</summary>
    [Id(5)] public bool HasLuhnCheck { get; init; }

    /// <summary>Words of which each matches, without regard to case; null for an entry with a regular expression.</summary>
    [Id(6)] public IReadOnlyList<string>? Words { get; init; }

    /// <summary>When it was created.</summary>
    [Id(7)] public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last changed.</summary>
    [Id(8)] public required DateTimeOffset ModifiedAt { get; init; }
}

/// <summary>An entry of another profile.</summary>
[GenerateSerializer, Immutable, Alias("gateway.dlp.shared-entry")]
public sealed record DlpSharedEntry
{
    /// <summary>The entry.</summary>
    [Id(0)] public required Guid EntryId { get; init; }

    /// <summary>Whether it is looked for.</summary>
    [Id(1)] public required bool Enabled { get; init; }
}

/// <summary>A profile of an account, as it is stored.</summary>
[GenerateSerializer, Immutable, Alias("gateway.dlp.record")]
public sealed record DlpProfileRecord
{
    /// <summary>Never used again.</summary>
    [Id(0)] public required Guid Id { get; init; }

    /// <summary>The version of the account's profiles in which it was last changed.</summary>
    [Id(1)] public required long Version { get; init; }

    /// <summary>What the tenant says.</summary>
    [Id(2)] public required DlpProfileDefinition Definition { get; init; }

    /// <summary>When it was created.</summary>
    [Id(3)] public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last changed.</summary>
    [Id(4)] public required DateTimeOffset ModifiedAt { get; init; }
}

/// <summary>What an account has set about a built-in profile.</summary>
[GenerateSerializer, Immutable, Alias("gateway.dlp.predefined")]
public sealed record DlpPredefinedSettings
{
    /// <summary>The built-in profile.</summary>
    [Id(0)] public required Guid ProfileId { get; init; }

    /// <summary>How sure and how many matches must be.</summary>
    [Id(1)] public required DlpThresholds Thresholds { get; init; }

    /// <summary>The entries that are looked for, in place of those that are by default.</summary>
    [Id(2)] public required IReadOnlyList<Guid> EnabledEntries { get; init; }
}

/// <summary>All that an account has set about profiles.</summary>
[GenerateSerializer, Immutable, Alias("gateway.dlp.set")]
public sealed record DlpProfileSet
{
    /// <summary>Grows with every change, never repeats for one account, also over deletion; 0 before the first.</summary>
    [Id(0)] public required long Version { get; init; }

    /// <summary>Its own profiles, oldest first.</summary>
    [Id(1)] public required IReadOnlyList<DlpProfileRecord> Profiles { get; init; }

    /// <summary>The built-in profiles that it has changed.</summary>
    [Id(2)] public required IReadOnlyList<DlpPredefinedSettings> Predefined { get; init; }
}
