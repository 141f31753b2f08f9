using GatewayActors.Front.Inspection;
using GatewayActors.Front.Pipeline;

namespace GatewayActors.Front.Guardrails;

/// <summary>What the user has said last: what an answer is an answer to.</summary>
internal static class LatestTurn
{
    private const int Most = 2_000;

    /// <summary>The beginning of it; null where there is none, or nobody knows.</summary>
    public static string? Of(Step step)
    {
        if (!step.Body.IsWhole || JsonTexts.TryParse(step.Body.Head.ToArray()) is not { } document)
        {
            return null;
        }

        using (document)
        {
            var turn = RequestTexts.Of(document.RootElement).FirstOrDefault(text => text is { Role: TextRole.User, IsSeamless: false }).Text;
            return turn is { Length: > Most } ? turn[..Most] : turn;
        }
    }
}
