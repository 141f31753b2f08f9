using GatewayActors.Front.Compat;
using GatewayActors.Front.Pipeline;
using GatewayActors.Providers.Translation.Supplies;

namespace GatewayActors.Front.Supplies;

/// <summary>
/// Finds what a translated request lacks, and has it written again with it: the bytes of images and documents that stand in it by URL, and
/// the reasoning that clients have lost on the way. Comes after the caller's credential: nothing is fetched for those who may not call.
/// </summary>
internal sealed class SupplyStage(MediaFetcher media, ThoughtStore thoughts)
{
    public async ValueTask InvokeAsync(Step step, StepNeeds needs)
    {
        var keeping = needs.Needs.Calls.Count > 0 ? thoughts.FindAsync(step, needs.Needs.Calls) : default;
        var fetched = await media.FetchAsync(needs.Needs.Media, step.Exchange.Http.RequestAborted);
        var kept = await keeping;
        if (step.Exchange.Http.RequestAborted.IsCancellationRequested)
        {
            step.Exchange.ClientGone = true;
        }
        else if (fetched.Problem is { } problem)
        {
            CompatTranslation.Refuse(step, step.Translation!.Format, new(problem.Reason, problem.Media.Place));
        }
        else
        {
            CompatTranslation.WriteAgain(step, needs, new() { Media = fetched.Media, Thoughts = kept ?? new Dictionary<string, KeptThoughts>() });
        }
    }
}
