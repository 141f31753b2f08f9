using System.Runtime.CompilerServices;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Upstreams;

namespace GatewayActors.Front.Inspection;

/// <summary>
/// Has requests inspected before they go to a model, and answers before they go to the client. Costs a look at the gateway's configuration
/// where nothing is to be inspected. What refuses first in the order of the inspectors is what the client is told.
/// </summary>
internal sealed class InspectionStage(IEnumerable<IInspector> inspectors, AnswerInspection answers, GatewayOptions options)
{
    private readonly IInspector[] _inspectors = [.. inspectors];

    /// <summary>The most that is held of a body.</summary>
    public int MaxBytes => options.Inspection.MaxBodyBytes;

    /// <summary>How many bytes of a request's body must be in memory for it to be inspected; 0 where it is not.</summary>
    public int BodyBytes(Step step) => LevelOf(step, InspectedSide.Request) == InspectionLevel.None ? 0 : MaxBytes;

    /// <summary>Whether a step's request or answer is inspected.</summary>
    public InspectionLevel LevelOf(Step step, InspectedSide side)
    {
        var most = InspectionLevel.None;
        foreach (var inspector in _inspectors)
        {
            if (inspector.LevelOf(step, side) is var level && level > most)
            {
                most = level;
            }
        }

        return most;
    }

    /// <summary>Inspects the request; the step has failed afterwards, and its exchange with it, if it must not go to the model.</summary>
    public async ValueTask InspectRequestAsync(Step step)
    {
        if (step.Body is { IsWhole: true, Length: 0 })
        {
            return;
        }

        if (!step.Body.IsWhole || step.Body.Length > MaxBytes)
        {
            End(step, Miss(step, InspectedSide.Request) is null ? null : new(GatewayErrorKind.RequestTooLarge, $"The request's body has more than the {MaxBytes} bytes that this gateway can inspect."));
            return;
        }

        // A copy, because nothing else may hold the body's bytes while they are read.
        var (texts, problem) = await RequestContent.ReadAsync(step.Body.Head.ToArray(), step.ContentType, step["content-encoding"], MaxBytes);
        if (problem is not null)
        {
            End(step, Miss(step, InspectedSide.Request) is null ? null : new(GatewayErrorKind.MalformedRequest, $"The request's body cannot be inspected: {problem}."));
            return;
        }

        // Once for an exchange: what another step has sent need not be looked at again.
        var fresh = step.Exchange.Inspected.Fresh(texts);
        if (fresh.Count == 0)
        {
            step.Guardrails.Prompt = step.Exchange.Inspected.Guardrails;
            return;
        }

        var error = await InspectAsync(step, InspectedSide.Request, fresh, step.Exchange.Http.RequestAborted);
        step.Exchange.Inspected.Guardrails = step.Guardrails.Prompt;
        if (error is null)
        {
            step.Exchange.Inspected.Add(fresh);
        }

        End(step, error);
    }

    /// <summary>Has an answer inspected.</summary>
    /// <param name="step">The step.</param>
    /// <param name="answer">The answer; it is this method's from now on.</param>
    /// <param name="isShared">Whether others may get it too, and it may be kept.</param>
    /// <returns>What the exchange goes on with; null if the step has failed, and its exchange with it.</returns>
    public ValueTask<Answer?> InspectResponseAsync(Step step, Answer answer, bool isShared) =>
        answer.StatusCode >= 300 || LevelOf(step, InspectedSide.Response) == InspectionLevel.None
            ? ValueTask.FromResult<Answer?>(answer)
            : answers.RunAsync(this, step, answer, isShared);

    /// <summary>Asks all inspectors at once.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<GatewayError?> InspectAsync(Step step, InspectedSide side, IReadOnlyList<InspectedText> texts, CancellationToken cancellationToken)
    {
        if (_inspectors.Length == 1)
        {
            return await _inspectors[0].InspectAsync(step, side, texts, cancellationToken);
        }

        var inspections = Array.ConvertAll(
            Array.FindAll(_inspectors, inspector => inspector.LevelOf(step, side) != InspectionLevel.None),
            inspector => inspector.InspectAsync(step, side, texts, cancellationToken).AsTask());
        return Array.Find(await Task.WhenAll(inspections), error => error is not null);
    }

    /// <summary>How the step's stream is cut for inspection: as all inspectors can bear it.</summary>
    public StreamWindow WindowOf(Step step)
    {
        var window = new StreamWindow(1, 0);
        foreach (var inspector in _inspectors)
        {
            if (inspector.LevelOf(step, InspectedSide.Response) != InspectionLevel.None && inspector.WindowOf(step) is var wanted)
            {
                window = new(Math.Max(window.Characters, wanted.Characters), Math.Max(window.Overlap, wanted.Overlap));
            }
        }

        return window;
    }

    /// <summary>How the step's stream is inspected; null for as much as may be noted behind it.</summary>
    /// <remarks>As the reference does: guardrails hold streams back on one of its hosts only, data loss prevention on both.</remarks>
    public static InspectedStreamMode? ModeOf(Step step) =>
        step.Exchange.Snapshot.StreamMode
        ?? (step.Exchange.Rest is null || step.Exchange.Snapshot.Dlp is { ResponseLevel: not InspectionLevel.None } ? InspectedStreamMode.Buffer : null);

    /// <summary>Whether a step is answered with one document, although it asks for a stream.</summary>
    public bool WantsDocument(Step step) =>
        step.Exchange.Snapshot.StreamMode == InspectedStreamMode.Json && LevelOf(step, InspectedSide.Response) != InspectionLevel.None;

    /// <summary>Prepares a step whose stream may have to be ended in the middle.</summary>
    public void Prepare(Step step)
    {
        if (step.Exchange.Snapshot.StreamMode == InspectedStreamMode.Incremental && LevelOf(step, InspectedSide.Response) != InspectionLevel.None)
        {
            step.Stop = CancellationTokenSource.CreateLinkedTokenSource(step.Aborted);
            step.Aborted = step.Stop.Token;
        }
    }

    /// <summary>Notes that something could not be inspected.</summary>
    /// <returns>Why the exchange must end; null if it may go on without.</returns>
    public GatewayError? Miss(Step step, InspectedSide side)
    {
        GatewayError? first = null;
        foreach (var inspector in _inspectors)
        {
            if (inspector.LevelOf(step, side) != InspectionLevel.None)
            {
                first ??= inspector.Miss(step, side);
            }
        }

        return first;
    }

    /// <summary>Ends the whole exchange: another step would be a way around.</summary>
    public static void End(Step step, GatewayError? error)
    {
        if (error is not null)
        {
            step.Fail(error);
            step.Exchange.Fail(error);
        }
    }
}
