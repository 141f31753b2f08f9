using GatewayActors.Front.Pipeline;

namespace GatewayActors.Front.Upstreams;

/// <summary>
/// Makes an attempt, and a second one beside it if the first has not answered in time. The first good answer is taken, the other attempt
/// is dropped; all before the commit.
/// </summary>
internal sealed class HedgedSender(AttemptSender sender, TimeProvider timeProvider)
{
    public async ValueTask<AttemptResult> SendAsync(Step step)
    {
        // A body that is still coming in cannot be sent twice at once.
        if (!step.Body.IsWhole || step.AttemptsBegun + 1 >= AttemptPolicy.MostAttempts)
        {
            return await sender.SendAsync(step);
        }

        using var dropFirst = new CancellationTokenSource();
        var first = sender.SendAsync(step, dropped: dropFirst.Token).AsTask();
        if (!await IsLateAsync(step, first))
        {
            return await first;
        }

        using var dropSecond = new CancellationTokenSource();
        var second = sender.SendAsync(step, isHedge: true, dropSecond.Token).AsTask();
        return await Task.WhenAny(first, second) == first
            ? await ChooseAsync(step, await first, second, dropSecond)
            : await ChooseAsync(step, await second, first, dropFirst);
    }

    private async Task<bool> IsLateAsync(Step step, Task first)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(step.Aborted);
        var delay = Task.Delay(step.AttemptPolicy.HedgeDelay!.Value, timeProvider, stop.Token);
        var isLate = await Task.WhenAny(first, delay) == delay && !step.Aborted.IsCancellationRequested;
        await stop.CancelAsync();
        return isLate;
    }

    private static async Task<AttemptResult> ChooseAsync(Step step, AttemptResult ended, Task<AttemptResult> running, CancellationTokenSource drop)
    {
        if (!ended.MayRetry)
        {
            // Waited for, so that it is in the books; a dropped call ends at once.
            await drop.CancelAsync();
            Supersede(step, await running);
            return ended;
        }

        // It has failed in a way that another attempt may mend: there is one under way.
        var other = await running;
        var isOtherBetter = !other.MayRetry || ended.Answer is null || other.Answer is not null;
        Supersede(step, isOtherBetter ? ended : other);
        return isOtherBetter ? other : ended;
    }

    private static void Supersede(Step step, AttemptResult result)
    {
        if (result.Answer is { } answer)
        {
            step.Superseded = answer.Usage?.Complete() ?? step.Superseded;
            answer.Dispose();
        }
    }
}
