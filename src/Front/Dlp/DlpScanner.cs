using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Dlp.Detection;
using GatewayActors.Front.Dlp.Profiles;
using GatewayActors.Front.Inspection;

namespace GatewayActors.Front.Dlp;

/// <summary>Looks for everything that the policies of one side name, each detector once. Thread-safe.</summary>
internal sealed class DlpScanner
{
    private readonly IDetector[] _detectors;
    private readonly ScannedProfile[] _profiles;

    public DlpScanner(IEnumerable<DlpRule> rules, ProfileSet profiles)
    {
        _profiles =
        [
            .. rules.SelectMany(rule => rule.Profiles, (rule, id) => (rule, id))
                .GroupBy(pair => pair.id, pair => pair.rule)
                .Where(group => profiles.ById.ContainsKey(group.Key))
                .Select(group => new ScannedProfile(profiles.ById[group.Key], [.. group])),
        ];
        _detectors = [.. _profiles.SelectMany(profile => profile.Profile.Detectors).Distinct()];
    }

    /// <summary>Notes what the texts hold.</summary>
    public void Scan(IReadOnlyList<InspectedText> texts, DlpFindings findings)
    {
        List<DlpMatch> matches = [];
        foreach (var (_, text) in texts)
        {
            matches.Clear();
            Find(text, matches);
            foreach (var profile in _profiles)
            {
                foreach (var match in matches)
                {
                    if (profile.Profile.Takes(match, text))
                    {
                        findings.Add(profile, match.Entry.Id, text.AsSpan(match.Start, match.Length));
                    }
                }
            }
        }
    }

    /// <summary>What is to be replaced in a text: from left to right, none over another; of two that overlap the one that begins first, or else the longer one.</summary>
    public IReadOnlyList<DlpMatch> FindRedactions(string text)
    {
        List<DlpMatch> matches = [];
        Find(text, matches);
        matches.RemoveAll(match => !Array.Exists(_profiles, profile => profile.Action == RuleAction.Redact && profile.Profile.Takes(match, text)));
        matches.Sort(static (a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : b.Length.CompareTo(a.Length));
        var end = 0;
        return
        [
            .. matches.Where(match =>
            {
                var isFree = match.Start >= end;
                end = isFree ? match.End : end;
                return isFree;
            }),
        ];
    }

    private void Find(string text, List<DlpMatch> matches)
    {
        using var scanned = new ScannedText(text);
        foreach (var detector in _detectors)
        {
            detector.Find(scanned, matches);
        }
    }
}

/// <summary>A profile with the policies that name it.</summary>
internal sealed class ScannedProfile(DlpProfile profile, IReadOnlyList<DlpRule> rules)
{
    public DlpProfile Profile => profile;

    public IReadOnlyList<DlpRule> Rules => rules;

    /// <summary>The strictest of them.</summary>
    public RuleAction Action { get; } =
        rules.Any(rule => rule.Action == RuleAction.Block) ? RuleAction.Block
        : rules.Any(rule => rule.Action == RuleAction.Redact) ? RuleAction.Redact
        : RuleAction.Flag;
}
