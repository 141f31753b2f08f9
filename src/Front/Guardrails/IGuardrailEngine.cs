using GatewayActors.Front.Inspection;
using GatewayActors.Front.Pipeline;

namespace GatewayActors.Front.Guardrails;

/// <summary>Finds hazards in texts. One for each kind of scanner; thread-safe.</summary>
internal interface IGuardrailEngine
{
    /// <summary>Its name in settings, logs and metrics.</summary>
    string Name { get; }

    /// <summary>The longest text that it takes at once, in characters; longer ones are evaluated in parts.</summary>
    int MaxCharacters { get; }

    /// <summary>Whether it evaluates here, at next to no cost. Then it reads texts once more without what parts them, and nothing is remembered.</summary>
    bool IsLocal { get; }

    /// <summary>Whether an answer is understood better along with what it answers.</summary>
    bool WantsContext => false;

    /// <summary>The categories that it can find.</summary>
    Hazards Covers(InspectedSide side);

    /// <summary>Evaluates one text.</summary>
    ValueTask<ScannerVerdict> EvaluateAsync(ScannerQuery query, CancellationToken cancellationToken);
}

/// <summary>A text to be evaluated.</summary>
/// <param name="Step">The step that it belongs to.</param>
/// <param name="Side">Whether it goes to a model or comes from one.</param>
/// <param name="Text">The text.</param>
/// <param name="Wanted">The categories that matter.</param>
internal readonly record struct ScannerQuery(Step Step, InspectedSide Side, string Text, Hazards Wanted)
{
    /// <summary>What the user has said before an answer; null where that is not known, or does not matter.</summary>
    public string? Context { get; init; }
}

/// <summary>What a scanner said.</summary>
/// <param name="Found">The hazards.</param>
/// <param name="State">How it went.</param>
internal readonly record struct ScannerVerdict(Hazards Found, ScannerState State)
{
    /// <summary>What the evaluation cost; null if nobody knows.</summary>
    public decimal? CostUsd { get; init; }

    /// <summary>What has evaluated the text, for the log; null for the engine itself.</summary>
    public ScannerModel? Model { get; init; }

    /// <summary>The tokens of the text.</summary>
    public long? TokensIn { get; init; }

    /// <summary>The tokens of the verdict.</summary>
    public long? TokensOut { get; init; }

    /// <summary>The status that the scanner answered with; 0 if it did not.</summary>
    public int StatusCode { get; init; }

    /// <summary>Whether a stored key was used.</summary>
    public bool UsesStoredKey { get; init; }

    /// <summary>Whether the operator's credential was used.</summary>
    public bool UsesOperatorCredential { get; init; }

    /// <summary>What two evaluations said together: the worse counts.</summary>
    public static ScannerVerdict Add(ScannerVerdict one, ScannerVerdict other) => other with
    {
        Found = one.Found | other.Found,
        State = one.State > other.State ? one.State : other.State,
        CostUsd = one.CostUsd is null && other.CostUsd is null ? null : (one.CostUsd ?? 0) + (other.CostUsd ?? 0),
        TokensIn = Sum(one.TokensIn, other.TokensIn),
        TokensOut = Sum(one.TokensOut, other.TokensOut),
        Model = one.Model ?? other.Model,
        StatusCode = Math.Max(one.StatusCode, other.StatusCode),
        UsesStoredKey = one.UsesStoredKey || other.UsesStoredKey,
        UsesOperatorCredential = one.UsesOperatorCredential || other.UsesOperatorCredential,
    };

    /// <summary>A scanner that is not paid for.</summary>
    public static ScannerVerdict NoCredit { get; } = new(Hazards.None, ScannerState.NoCredit);

    /// <summary>A scanner that cannot be asked, or does not answer.</summary>
    public static ScannerVerdict Unavailable { get; } = new(Hazards.None, ScannerState.Unavailable);

    private static long? Sum(long? one, long? other) => one is null && other is null ? null : (one ?? 0) + (other ?? 0);
}

/// <summary>A model that scans.</summary>
/// <param name="Provider">The slug of its provider.</param>
/// <param name="Name">Its name there.</param>
/// <param name="Path">The path that is called.</param>
internal sealed record ScannerModel(string Provider, string Name, string Path);
