using GatewayActors.Front.Errors;
using GatewayActors.Front.Pipeline;

namespace GatewayActors.Front.Inspection;

/// <summary>Looks at what goes to a model and at what comes back, and may refuse either. One for each kind of inspection; thread-safe.</summary>
internal interface IInspector
{
    /// <summary>What a step's gateway wants inspected. Asked of every step, so it must cost nothing where nothing is.</summary>
    InspectionLevel LevelOf(Step step, InspectedSide side);

    /// <summary>Inspects texts, and notes what it found with the step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="side">Whose texts they are.</param>
    /// <param name="texts">The texts; those that the exchange has shown before are left out.</param>
    /// <param name="cancellationToken">Ends the inspection.</param>
    /// <returns>Why the exchange must end; null if it may go on.</returns>
    ValueTask<GatewayError?> InspectAsync(Step step, InspectedSide side, IReadOnlyList<InspectedText> texts, CancellationToken cancellationToken);

    /// <summary>
    /// How a stream of the step's is cut for inspection: how many characters are worth one, after the first, and how many of those before are
    /// looked at again.
    /// </summary>
    StreamWindow WindowOf(Step step);

    /// <summary>Notes that something could not be inspected.</summary>
    /// <param name="step">The step.</param>
    /// <param name="side">What it belongs to.</param>
    /// <returns>Why the exchange must end; null if it may go on without.</returns>
    GatewayError? Miss(Step step, InspectedSide side);
}

/// <summary>How a stream is cut for inspection.</summary>
/// <param name="Characters">How many new characters are worth an inspection.</param>
/// <param name="Overlap">How many before them are looked at once more.</param>
internal readonly record struct StreamWindow(int Characters, int Overlap);

/// <summary>What goes to a model, or what comes back.</summary>
internal enum InspectedSide
{
    Request,
    Response,
}

/// <summary>How much depends on an inspection.</summary>
internal enum InspectionLevel
{
    /// <summary>Nothing is inspected.</summary>
    None,

    /// <summary>What is found is noted.</summary>
    Watch,

    /// <summary>What is found may end the exchange.</summary>
    Enforce,
}
