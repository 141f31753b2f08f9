using GatewayActors.Front.Configuration;
using GatewayActors.Front.Inspection;

namespace GatewayActors.Front.Guardrails.Engines.Rules;

/// <summary>Words and patterns of the operator, or those that are built in; needs no other service.</summary>
internal sealed class RulesEngine(GatewayOptions options) : IGuardrailEngine
{
    private readonly Lazy<RuleSet> _rules = new(() => Load(options.Guardrails.Rules.File));

    /// <summary>The rules of a file; the built-in ones for none.</summary>
    /// <exception cref="InvalidDataException">The file cannot be used.</exception>
    public static RuleSet Load(string? file) => RuleSet.Compile(file is null ? BuiltInRules.All : RuleFile.Read(file));

    public string Name => GuardrailEngines.Rules;

    public int MaxCharacters => int.MaxValue;

    public bool IsLocal => true;

    public Hazards Covers(InspectedSide side) => _rules.Value.Covers;

    public ValueTask<ScannerVerdict> EvaluateAsync(ScannerQuery query, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new ScannerVerdict(_rules.Value.Find(query.Text) & query.Wanted, ScannerState.Answered));
}
