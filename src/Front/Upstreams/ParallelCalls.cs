using System.Buffers;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Telemetry;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Front.Upstreams;

/// <summary>
/// Makes several calls to a step's upstream for one request, a few at once, each with the attempts that the policy allows. One that fails
/// is the answer of the whole; no further ones are begun then, but those under way are waited for, because they are paid for.
/// </summary>
internal sealed class ParallelCalls(AttemptEngine attempts)
{
    /// <summary>Most calls under way for one request: enough to be quick, too few to be taken for a flood.</summary>
    public const int MostAtOnce = 4;

    /// <summary>Most good attempts that the log entry names: a request may have thousands.</summary>
    private const int MostNoted = 32;

    /// <summary>Several JSON texts as one array: how the log and the cache see the calls of a request.</summary>
    public static ReadOnlyMemory<byte> Join(IReadOnlyList<ReadOnlyMemory<byte>> texts)
    {
        var whole = new ArrayBufferWriter<byte>(texts.Sum(text => text.Length + 1) + 2);
        var separator = "["u8;
        foreach (var text in texts)
        {
            whole.Write(separator);
            whole.Write(text.Span);
            separator = ","u8;
        }

        whole.Write("]"u8);
        return whole.WrittenMemory;
    }

    /// <param name="step">The step; attempts are noted on it.</param>
    /// <param name="bodies">What is sent, one call each; at least one.</param>
    /// <returns>
    /// The answers as one JSON array in the order of the bodies, or the answer that is none; null if the step has failed or its client is gone.
    /// </returns>
    public async ValueTask<Answer?> RunAsync(Step step, IReadOnlyList<ReadOnlyMemory<byte>> bodies)
    {
        var calls = new Call[bodies.Count];
        var failed = -1;
        try
        {
            await Parallel.ForAsync(0, bodies.Count, new ParallelOptions { MaxDegreeOfParallelism = MostAtOnce }, async (index, _) =>
            {
                if (Volatile.Read(ref failed) >= 0 || step.Aborted.IsCancellationRequested)
                {
                    return;
                }

                calls[index] = await RunAsync(Branch(step, bodies[index]), isFirst: index == 0);
                if (!calls[index].IsGood)
                {
                    Interlocked.CompareExchange(ref failed, index, -1);
                }
            });
        }
        catch
        {
            Close(calls, but: -1);
            throw;
        }

        Note(step, calls);
        if (failed < 0 && Array.TrueForAll(calls, call => call.IsGood))
        {
            return new JoinedReply(calls[0].Answer!, Join([.. calls.Select(call => new ReadOnlyMemory<byte>(call.Body))]), JoinedReply.Sum(calls.Select(call => call.Report)));
        }

        Close(calls, failed);
        if (failed < 0)
        {
            step.Exchange.ClientGone = true; // Before all were begun.
            return null;
        }

        step.Superseded = JoinedReply.Sum(calls.Where((_, index) => index != failed).Select(call => call.Report).Prepend(step.Superseded));
        if (calls[failed].Step?.Error is { } error)
        {
            step.Fail(error);
        }

        return calls[failed].Answer;
    }

    private async Task<Call> RunAsync(Step branch, bool isFirst)
    {
        if (await attempts.RunAsync(branch) is not { } answer)
        {
            return new(branch, null, null, null);
        }

        if (answer.IsFailure)
        {
            return new(branch, answer, null, answer.Report());
        }

        var keeps = false;
        try
        {
            var (body, isWhole) = await AnswerBodies.ReadAsync(answer, AnswerBodies.MaxWholeBytes);
            keeps = isWhole && isFirst; // The head of the whole answer; the others give their buffers back.
            if (!isWhole)
            {
                branch.Fail(new(GatewayErrorKind.UpstreamUnreachable, AnswerBodies.TooLong.Message));
                return new(branch, null, null, answer.Report());
            }

            return new(branch, keeps ? answer : null, body.ToArray(), answer.Report());
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or OperationCanceledException)
        {
            if (branch.Aborted.IsCancellationRequested)
            {
                branch.Exchange.ClientGone = true;
            }
            else
            {
                branch.Fail(answer.TimedOut
                    ? new(GatewayErrorKind.UpstreamTimeout, "The provider fell silent in the middle of an answer.")
                    : new(GatewayErrorKind.UpstreamUnreachable, "The provider closed the connection in the middle of an answer."));
            }

            return new(branch, null, null, answer.Report());
        }
        finally
        {
            if (!keeps)
            {
                answer.Dispose();
            }
        }
    }

    /// <summary>A step for one of the calls: what is the step's own stays with it, attempts are counted anew.</summary>
    private static Step Branch(Step step, ReadOnlyMemory<byte> body) => new(step.Exchange, step.RequestHeaders)
    {
        Index = step.Index,
        HasFallback = step.HasFallback,
        LogId = step.LogId,
        Headers = step.Headers,
        ConsumedHeaders = step.ConsumedHeaders,
        Method = step.Method,
        HasOwnBody = true,
        AttemptPolicy = step.AttemptPolicy,
        Route = step.Route,
        AccessToken = step.AccessToken,
        Signer = step.Signer,
        Aborted = step.Aborted,
        RequestedModel = step.RequestedModel,
        Body = new MemoryRequestBody(body),
    };

    private static void Note(Step step, Call[] calls)
    {
        foreach (var branch in calls.Select(call => call.Step).OfType<Step>())
        {
            step.AttemptsBegun += branch.AttemptsBegun;
            step.HedgesBegun += branch.HedgesBegun;
            step.Superseded = JoinedReply.Sum([step.Superseded, branch.Superseded]);
            foreach (var attempt in branch.Attempts)
            {
                if (attempt.Outcome != AttemptOutcome.Success || step.Attempts.Count < MostNoted)
                {
                    step.Attempts.Add(attempt with { Number = step.Attempts.Count + 1 });
                }
            }
        }
    }

    private static void Close(Call[] calls, int but)
    {
        for (var index = 0; index < calls.Length; index++)
        {
            if (index != but)
            {
                calls[index].Answer?.Dispose();
            }
        }
    }

    /// <param name="Step">The call's own step; null if it was not begun.</param>
    /// <param name="Answer">The answer, where it is one to go on with; null otherwise.</param>
    /// <param name="Body">The body of a good answer.</param>
    /// <param name="Report">What it used.</param>
    private readonly record struct Call(Step? Step, Attempt? Answer, byte[]? Body, UsageReport? Report)
    {
        public bool IsGood => Body is not null;
    }
}
