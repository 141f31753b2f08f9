using System.Collections.Frozen;
using GatewayActors.Front.Dlp.Detection.Financial;
using GatewayActors.Front.Dlp.Detection.Government;
using GatewayActors.Front.Dlp.Detection.Health;
using GatewayActors.Front.Dlp.Detection.Personal;
using GatewayActors.Front.Dlp.Detection.Secrets;

namespace GatewayActors.Front.Dlp.Detection;

/// <summary>A profile that every account has.</summary>
/// <param name="Id">Never changes.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Detectors">What finds its entries.</param>
internal sealed record BuiltInProfile(Guid Id, string Name, IReadOnlyList<IDetector> Detectors)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<BuiltInProfile> All { get; } =
    [
        new(ProfileId(1), "Financial Information", [new NumberScanner([.. PaymentCards.Rules, BankCodes.RoutingNumber]), new Iban(), new SwiftCode()]),
        new(ProfileId(2), "Personally Identifiable Information", [new EmailAddress(), new PhoneNumber(), new DateOfBirth(), new NetworkAddress()]),
        new(
            ProfileId(3),
            "Government Identifiers",
            [
                new NumberScanner([.. UnitedStates.Rules, Germany.TaxId, .. Europe.Rules, .. World.Rules]),
                new PatternScanner([UnitedKingdom.NationalInsurance, France.SocialSecurity, .. Spain.Rules, Italy.FiscalCode, .. World.Patterns]),
                new TravelDocument(),
            ]),
        new(ProfileId(4), "Healthcare Information", [new NumberScanner([.. HealthRules.Rules]), new PatternScanner([.. HealthRules.Patterns]), new DiagnosisCode(), new MedicalCondition()]),
        new(ProfileId(5), "Credentials and Secrets", [new SecretPrefixes(SecretKinds.All), new PrivateKey(), new JsonWebToken(), new Passwords()]),
    ];

    /// <summary>The same by their ids.</summary>
    public static FrozenDictionary<Guid, BuiltInProfile> ById { get; } = All.ToFrozenDictionary(profile => profile.Id);

    /// <summary>What it can find, by id.</summary>
    public IReadOnlyList<DlpEntry> Entries { get; } = [.. Detectors.SelectMany(detector => detector.Entries).OrderBy(entry => entry.Id)];

    /// <summary>The entries of all built-in profiles by their ids.</summary>
    public static FrozenDictionary<Guid, DlpEntry> AllEntries { get; } = All.SelectMany(profile => profile.Entries).ToFrozenDictionary(entry => entry.Id);

    private static Guid ProfileId(byte profile) => DlpEntry.BuiltInId(profile, 0);
}
