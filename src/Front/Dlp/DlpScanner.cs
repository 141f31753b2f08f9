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
        rules.Any(rule => rule.Action == RuleAction.Block) ? RuleAction.Block : RuleAction.Flag;
}
