using System.Text.Json.Serialization;
using GatewayActors.Abstractions.Dlp;
using GatewayActors.Front.Dlp.Detection;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.Dlp;

/// <summary>A profile as the admin API shows it: an account's own, or a built-in one.</summary>
internal sealed record DlpProfileResource
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public required string Type { get; init; }

    public string? Description { get; init; }

    public required int AllowedMatchCount { get; init; }

    public required string ConfidenceThreshold { get; init; }

    public required DlpContextResource ContextAwareness { get; init; }

    public bool OcrEnabled { get; }

    public bool AiContextEnabled { get; }

    /// <summary>Only of built-in ones.</summary>
    public bool? OpenAccess { get; init; }

    public required IReadOnlyList<DlpEntryResource> Entries { get; init; }

    /// <summary>Only of an account's own.</summary>
    public IReadOnlyList<DlpEntryResource>? SharedEntries { get; init; }

    /// <summary>Only of built-in ones: the ids of those of <see cref="Entries"/> that are looked for.</summary>
    public IReadOnlyList<Guid>? EnabledEntries { get; init; }

    public string? CreatedAt { get; init; }

    public string? UpdatedAt { get; init; }

    public static DlpProfileResource From(DlpProfileRecord profile) => new()
    {
        Id = profile.Id,
        Name = profile.Definition.Name,
        Type = "custom",
        Description = profile.Definition.Description,
        AllowedMatchCount = profile.Definition.Thresholds.AllowedMatchCount,
        ConfidenceThreshold = DlpWords.Confidences.Format(profile.Definition.Thresholds.Confidence),
        ContextAwareness = new(profile.Definition.Thresholds.ContextAware),
        Entries = [.. profile.Definition.Entries.Select(entry => DlpEntryResource.From(entry, profile.Id))],
        SharedEntries = [.. profile.Definition.SharedEntries.Select(DlpEntryResource.From)],
        CreatedAt = Times.Format(profile.CreatedAt),
        UpdatedAt = Times.Format(profile.ModifiedAt),
    };

    public static DlpProfileResource From(BuiltInProfile profile, DlpPredefinedSettings? settings)
    {
        DlpEntryResource[] entries = [.. profile.Entries.Select(entry => DlpEntryResource.From(entry, profile.Id, settings?.EnabledEntries.Contains(entry.Id) ?? entry.IsOnByDefault))];
        var thresholds = settings?.Thresholds ?? new();
        return new()
        {
            Id = profile.Id,
            Name = profile.Name,
            Type = "predefined",
            AllowedMatchCount = thresholds.AllowedMatchCount,
            ConfidenceThreshold = DlpWords.Confidences.Format(thresholds.Confidence),
            ContextAwareness = new(thresholds.ContextAware),
            OpenAccess = true,
            Entries = entries,
            EnabledEntries = [.. entries.Where(entry => entry.Enabled).Select(entry => entry.Id)],
        };
    }
}

/// <summary>Whether matches count only beside words that say what they are.</summary>
internal sealed record DlpContextResource(bool Enabled)
{
    public DlpContextSkip Skip { get; } = new(Files: false);
}

/// <summary>What of it is left out. Bodies are no files.</summary>
internal sealed record DlpContextSkip(bool Files);

/// <summary>One entry of a profile.</summary>
internal sealed record DlpEntryResource
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public required string Type { get; init; }

    public required bool Enabled { get; init; }

    public string? Description { get; init; }

    public Guid? ProfileId { get; init; }

    public DlpPatternResource? Pattern { get; init; }

    public IReadOnlyList<string>? WordList { get; init; }

    public DlpConfidenceResource? Confidence { get; init; }

    public string? CreatedAt { get; init; }

    public string? UpdatedAt { get; init; }

    public static DlpEntryResource From(DlpCustomEntry entry, Guid profileId) => new()
    {
        Id = entry.Id,
        Name = entry.Name,
        Type = entry.Words is null ? "custom" : "word_list",
        Enabled = entry.Enabled,
        Description = entry.Description,
        ProfileId = profileId,
        Pattern = entry.Regex is { } regex ? new(regex, entry.HasLuhnCheck ? "luhn" : null) : null,
        WordList = entry.Words,
        CreatedAt = Times.Format(entry.CreatedAt),
        UpdatedAt = Times.Format(entry.ModifiedAt),
    };

    public static DlpEntryResource From(DlpSharedEntry entry) =>
        From(BuiltInProfile.AllEntries[entry.EntryId], BuiltInProfile.All.First(profile => profile.Entries.Any(known => known.Id == entry.EntryId)).Id, entry.Enabled);

    public static DlpEntryResource From(DlpEntry entry, Guid profileId, bool isEnabled) => new()
    {
        Id = entry.Id,
        Name = entry.Name,
        Type = "predefined",
        Enabled = isEnabled,
        ProfileId = profileId,
        Confidence = new(Available: entry.Context is not null),
    };
}

/// <summary>What a custom entry matches.</summary>
internal sealed record DlpPatternResource(string Regex, string? Validation);

/// <summary>Whether words beside a match can make it surer.</summary>
internal sealed record DlpConfidenceResource(bool Available)
{
    public bool AiContextAvailable { get; }
}

/// <summary>Whether an expression may be used.</summary>
internal sealed record DlpPatternAnswer(bool Valid);

/// <summary>How much of what an account may have it has.</summary>
internal sealed record DlpLimitsResource(int MaxCustomRegexEntries, int UsedCustomRegexEntries)
{
    public int MaxDatasetCells { get; }

    public int UsedDatasetCells { get; }

    public int MaxDocumentFingerprints { get; }

    public int UsedDocumentFingerprints { get; }
}

/// <summary>How answers about profiles are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Envelope<DlpProfileResource>))]
[JsonSerializable(typeof(Envelope<IReadOnlyList<DlpProfileResource>>))]
[JsonSerializable(typeof(Envelope<DlpPatternAnswer>))]
[JsonSerializable(typeof(Envelope<DlpLimitsResource>))]
internal sealed partial class DlpJson : JsonSerializerContext;
