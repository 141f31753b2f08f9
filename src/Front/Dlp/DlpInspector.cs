using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Dlp.Profiles;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Inspection;
using GatewayActors.Front.Pipeline;
using Orleans.Runtime;

namespace GatewayActors.Front.Dlp;

/// <summary>Refuses or notes sensitive texts in requests and answers, as the gateway has it.</summary>
internal sealed partial class DlpInspector(AccountProfiles profiles, ILogger<DlpInspector> logger) : IInspector
{
    public InspectionLevel LevelOf(Step step, InspectedSide side) =>
        step.Exchange.Snapshot.Dlp is not { } rules ? InspectionLevel.None : side == InspectedSide.Request ? rules.RequestLevel : rules.ResponseLevel;

    public async ValueTask<GatewayError?> InspectAsync(Step step, InspectedSide side, IReadOnlyList<InspectedText> texts, CancellationToken cancellationToken)
    {
        if (step.Exchange.Snapshot.Dlp is not { } rules || LevelOf(step, side) == InspectionLevel.None)
        {
            return null;
        }

        if (await ScannerOfAsync(step, rules, side) is not { } scanner)
        {
            return Miss(step, side);
        }

        var findings = FindingsOf(step, side);
        scanner.Scan(texts, findings);

        return findings.Action == RuleAction.Block ? Refusal(side) : null;
    }

    // Scanning is quick, though not for every letter; longer than anything that is looked for is what must be seen in one piece.
    public StreamWindow WindowOf(Step step) => new(Characters: 64, Overlap: 2_048);

    public GatewayError? Miss(Step step, InspectedSide side)
    {
        FindingsOf(step, side).IsMissed = true;
        return LevelOf(step, side) == InspectionLevel.Enforce
            ? new(
                GatewayErrorKind.ScannerUnavailable,
                side == InspectedSide.Request ? "The request could not be scanned for sensitive data, and this gateway lets none pass unscanned." : "The response could not be scanned for sensitive data, and this gateway lets none pass unscanned.")
            : null;
    }

    /// <summary>What refuses a side.</summary>
    public static GatewayError Refusal(InspectedSide side) => side == InspectedSide.Request
        ? new(GatewayErrorKind.DlpRequestBlocked, GatewayError.DlpRequestBlockedMessage)
        : new(GatewayErrorKind.DlpResponseBlocked, GatewayError.DlpResponseBlockedMessage);

    /// <summary>What scans a side; null if the account's grain did not answer.</summary>
    private async ValueTask<DlpScanner?> ScannerOfAsync(Step step, DlpRules rules, InspectedSide side)
    {
        try
        {
            return rules.ScannerOf(await profiles.GetAsync(step.Exchange.Gateway.AccountId, step.Exchange.DlpVersion), side);
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            LogNoProfiles(step.Exchange.Id, exception);
            return null;
        }
    }

    // A request is scanned once for all steps of its exchange; each step has an answer of its own.
    private static DlpFindings FindingsOf(Step step, InspectedSide side) => side == InspectedSide.Request
        ? step.Exchange.FoundByDlp ??= new("REQUEST")
        : step.FoundByDlp ??= new("RESPONSE");

    [LoggerMessage(EventId = 1701, EventName = "NoDlpProfiles", Level = LogLevel.Error, Message = "No grain told the profiles for exchange {ExchangeId}.")]
    private partial void LogNoProfiles(Guid exchangeId, Exception exception);
}
