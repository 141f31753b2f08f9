using System.Collections.Frozen;
using GatewayActors.Abstractions.Dlp;
using GatewayActors.Front.Dlp.Detection;

namespace GatewayActors.Front.Dlp.Profiles;

/// <summary>A profile as it is matched: built-in or a tenant's, with what the account has set.</summary>
/// <param name="Id">The profile.</param>
/// <param name="Thresholds">From when on matches count.</param>
/// <param name="Entries">The entries that are looked for.</param>
/// <param name="Detectors">What finds them, and perhaps others.</param>
internal sealed record DlpProfile(Guid Id, DlpThresholds Thresholds, FrozenSet<DlpEntry> Entries, IReadOnlyList<IDetector> Detectors)
{
    private static readonly DlpThresholds AnyMatch = new();

    /// <summary>Whether a match counts.</summary>
    public bool Takes(in DlpMatch match, ReadOnlySpan<char> text) =>
        Entries.Contains(match.Entry)
        && ((Thresholds is { Confidence: DlpConfidence.Low or DlpConfidence.Medium, ContextAware: false })
            || match.Entry is { IsCertain: true } or { Context: null }
            || match.Entry.Context.IsNear(text, match.Start, match.End));

    /// <summary>A built-in profile, with what the account has set about it, if anything.</summary>
    public static DlpProfile Of(BuiltInProfile profile, DlpPredefinedSettings? settings)
    {
        var entries = profile.Entries.Where(entry => settings is null ? entry.IsOnByDefault : settings.EnabledEntries.Contains(entry.Id)).ToFrozenSet();
        return new(profile.Id, settings?.Thresholds ?? AnyMatch, entries, Finding(profile.Detectors, entries));
    }

    /// <summary>A tenant's profile.</summary>
    public static DlpProfile Of(DlpProfileRecord profile)
    {
        List<IDetector> detectors = [];
        foreach (var custom in profile.Definition.Entries.Where(entry => entry.Enabled))
        {
            var entry = new DlpEntry(custom.Id, custom.Name, "CUSTOM");
            detectors.Add(custom.Words is { } words ? new WordsDetector(entry, words) : new PatternDetector(entry, custom.Regex!, custom.HasLuhnCheck));
        }

        var own = detectors.SelectMany(detector => detector.Entries);
        var shared = profile.Definition.SharedEntries.Where(entry => entry.Enabled).Select(entry => BuiltInProfile.AllEntries.GetValueOrDefault(entry.EntryId)).OfType<DlpEntry>();
        var entries = own.Concat(shared).ToFrozenSet();
        return new(profile.Id, profile.Definition.Thresholds, entries, [.. detectors, .. Finding(BuiltInProfile.All.SelectMany(builtIn => builtIn.Detectors), entries)]);
    }

    private static IReadOnlyList<IDetector> Finding(IEnumerable<IDetector> detectors, FrozenSet<DlpEntry> entries) =>
        [.. detectors.Where(detector => detector.Entries.Any(entries.Contains))];
}
