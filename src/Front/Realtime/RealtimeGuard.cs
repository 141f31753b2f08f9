using System.Text;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Inspection;
using GatewayActors.Front.Pipeline;
using GatewayActors.Providers.Realtime;

namespace GatewayActors.Front.Realtime;

/// <summary>
/// Has the texts of a session inspected where its gateway wants that: a message of the client before it goes to the provider, what the model
/// says at the end of each of its texts. Used by one side at a time.
/// </summary>
/// <param name="step">The session's step.</param>
/// <param name="inspection">Inspects.</param>
/// <param name="texts">Finds texts in the provider's messages.</param>
internal sealed class RealtimeGuard(Step step, InspectionStage inspection, RealtimeTexts texts) : IDisposable
{
    private readonly StringBuilder _answer = new();
    private readonly SemaphoreSlim _one = new(1);

    /// <summary>The guard of a session; null where nothing is to be inspected, or the provider's messages are not known.</summary>
    public static RealtimeGuard? Of(Step step, InspectionStage inspection) =>
        step.Route.Provider.RealtimeTexts is { } texts
        && (inspection.LevelOf(step, InspectedSide.Request) != InspectionLevel.None || inspection.LevelOf(step, InspectedSide.Response) != InspectionLevel.None)
            ? new(step, inspection, texts)
            : null;

    /// <summary>The message that tells the client why the session ends.</summary>
    public byte[] Error(GatewayError error) => Encoding.UTF8.GetBytes(texts.Error(error.Description));

    /// <summary>Inspects a whole message.</summary>
    /// <returns>Why the session must end; null if it may go on.</returns>
    public async ValueTask<GatewayError?> InspectAsync(RealtimeSender sender, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        using var document = JsonTexts.TryParse(message);
        if (document is null)
        {
            return null; // No text that a model could be told.
        }

        await _one.WaitAsync(cancellationToken); // What is found is noted with the step.
        try
        {
            if (sender == RealtimeSender.Client)
            {
                return await AskAsync(InspectedSide.Request, [.. texts.OfClient(document.RootElement).Select(Inspected)], cancellationToken);
            }

            var heard = new List<InspectedText>();
            foreach (var text in texts.OfProvider(document.RootElement))
            {
                if (text.Role == RealtimeRole.Assistant)
                {
                    _answer.Append(text.Text);
                }
                else
                {
                    heard.Add(Inspected(text)); // What was spoken is a prompt, although only the provider could write it down.
                }
            }

            return await AskAsync(InspectedSide.Request, heard, cancellationToken)
                ?? (texts.EndsAnswer(document.RootElement) && _answer.Length > 0 ? await AskAboutAnswerAsync(cancellationToken) : null);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async ValueTask<GatewayError?> AskAboutAnswerAsync(CancellationToken cancellationToken)
    {
        var answer = _answer.ToString();
        _answer.Clear();
        return await AskAsync(InspectedSide.Response, [new(TextRole.Assistant, answer)], cancellationToken);
    }

    private async ValueTask<GatewayError?> AskAsync(InspectedSide side, List<InspectedText> said, CancellationToken cancellationToken) =>
        said.Count == 0 || inspection.LevelOf(step, side) == InspectionLevel.None ? null : await inspection.InspectAsync(step, side, said, cancellationToken);

    private static InspectedText Inspected(RealtimeText text) => new(
        text.Role switch
        {
            RealtimeRole.User => TextRole.User,
            RealtimeRole.System => TextRole.System,
            RealtimeRole.Assistant => TextRole.Assistant,
            RealtimeRole.Tool => TextRole.Tool,
        },
        text.Text);
}
