using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Dlp.Profiles;
using GatewayActors.Front.Inspection;

namespace GatewayActors.Front.Dlp;

/// <summary>What one version of a gateway says about sensitive texts. Immutable but for what it has compiled last.</summary>
internal sealed class DlpRules
{
    /// <summary>What the policy of the older shape, which names none, is called.</summary>
    public const string OnlyPolicy = "default";

    private readonly DlpRule[] _rules;
    private Scanners? _scanners;

    private DlpRules(IEnumerable<DlpRule> rules)
    {
        _rules = [.. rules];
        (RequestLevel, ResponseLevel) = (LevelOf(InspectedSide.Request), LevelOf(InspectedSide.Response));
    }

    /// <summary>How much depends on the scan of requests.</summary>
    public InspectionLevel RequestLevel { get; }

    /// <summary>How much depends on the scan of answers.</summary>
    public InspectionLevel ResponseLevel { get; }

    /// <summary>The rules of a gateway; null if it does nothing.</summary>
    public static DlpRules? Of(DlpConfiguration? configuration)
    {
        if (configuration is not { Enabled: true })
        {
            return null;
        }

        IEnumerable<DlpRule> rules = configuration.Policies is { } policies
            ? policies.Where(policy => policy.Enabled).Select(policy => new DlpRule(policy.Id, policy.Action, policy.CheckRequest, policy.CheckResponse, Ids(policy.Profiles)))
            : [new(OnlyPolicy, configuration.Action ?? RuleAction.Flag, ChecksRequest: true, ChecksResponse: true, Ids(configuration.Profiles ?? []))];
        var all = new DlpRules(rules.Where(rule => rule.Profiles.Count > 0));
        return all._rules.Length > 0 ? all : null;
    }

    /// <summary>What scans one side with these profiles.</summary>
    public DlpScanner ScannerOf(ProfileSet profiles, InspectedSide side)
    {
        // Two that compile at the same time make the same.
        if (Volatile.Read(ref _scanners) is not { } scanners || scanners.Version != profiles.Version)
        {
            scanners = new(
                profiles.Version,
                new(_rules.Where(rule => rule.ChecksRequest), profiles),
                new(_rules.Where(rule => rule.ChecksResponse), profiles));
            Volatile.Write(ref _scanners, scanners);
        }

        return side == InspectedSide.Request ? scanners.Request : scanners.Response;
    }

    private InspectionLevel LevelOf(InspectedSide side)
    {
        var rules = Array.FindAll(_rules, rule => side == InspectedSide.Request ? rule.ChecksRequest : rule.ChecksResponse);
        return rules.Length == 0 ? InspectionLevel.None : Array.Exists(rules, rule => rule.Action != RuleAction.Flag) ? InspectionLevel.Enforce : InspectionLevel.Watch;
    }

    private static IReadOnlyList<Guid> Ids(IReadOnlyList<string> profiles) => [.. profiles.Select(text => Guid.TryParse(text, out var id) ? id : default).Where(id => id != default).Distinct()];

    private sealed record Scanners(long Version, DlpScanner Request, DlpScanner Response);
}

/// <summary>One policy of a gateway.</summary>
internal sealed record DlpRule(string Id, RuleAction Action, bool ChecksRequest, bool ChecksResponse, IReadOnlyList<Guid> Profiles);
