using GatewayActors.Abstractions.Dlp;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Dlp.Detection;
using GatewayActors.Front.Tests.DataPlane;

namespace GatewayActors.Front.Tests.Dlp;

/// <summary>Configurations with data loss prevention.</summary>
internal static class DlpHost
{
    /// <summary>A number of a card, and the entry that finds it.</summary>
    public const string Card = "4111 1111 1111 1111";

    public const string Email = "jane.doe@example.com";

    public static string Financial { get; } = BuiltInProfile.All[0].Id.ToString("D");

    public static string Personal { get; } = BuiltInProfile.All[1].Id.ToString("D");

    public static string VisaEntry { get; } = BuiltInProfile.All[0].Entries.Single(entry => entry.Name.StartsWith("Visa", StringComparison.Ordinal)).Id.ToString("D");

    /// <summary>One policy about financial information.</summary>
    public static DlpConfiguration Policy(RuleAction action, bool request = true, bool response = true, string? profile = null) =>
        new() { Enabled = true, Policies = [new() { Id = "Cards", Action = action, CheckRequest = request, CheckResponse = response, Enabled = true, Profiles = [profile ?? Financial] }] };

    /// <summary>The older shape.</summary>
    public static DlpConfiguration Simple(RuleAction action) => new() { Enabled = true, Action = action, Profiles = [Financial] };

    /// <summary>A gateway with data loss prevention that asks for no token.</summary>
    public static GatewayConfiguration Open(DlpConfiguration dlp) => DataPlaneHost.Configuration() with { Dlp = dlp };

    /// <summary>The header of one finding.</summary>
    public static string Header(string check, string action, string policy = "Cards") =>
        $$$"""{"findings":[{"profile":{"context":{},"entry_ids":["{{{VisaEntry}}}"],"profile_id":"{{{Financial}}}"},"policy_ids":["{{{policy}}}"],"check":"{{{check}}}"}],"action":"{{{action}}}"}""";

    /// <summary>A profile of the account's own with one expression.</summary>
    public static DlpProfileRecord Profile(Guid id, string regex, int allowed = 0) => new()
    {
        Id = id,
        Version = 1,
        CreatedAt = DateTimeOffset.UnixEpoch,
        ModifiedAt = DateTimeOffset.UnixEpoch,
        Definition = new()
        {
            Name = "own",
            Thresholds = new() { AllowedMatchCount = allowed },
            SharedEntries = [],
            Entries = [new() { Id = new("22222222-2222-2222-2222-222222222222"), Name = "code", Enabled = true, Regex = regex, CreatedAt = DateTimeOffset.UnixEpoch, ModifiedAt = DateTimeOffset.UnixEpoch }],
        },
    };
}
