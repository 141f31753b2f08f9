using System.Buffers;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Caching;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Upstreams;

namespace GatewayActors.Front.Inspection;

/// <summary>Has answers inspected: held back until they are whole, piece by piece a little behind, or after they have gone out.</summary>
internal sealed class AnswerInspection(Settlement settlement, GatewayOptions options, TimeProvider timeProvider)
{
    private int MaxBytes => options.Inspection.MaxBodyBytes;

    /// <returns>What the exchange goes on with; null if the step has failed, and its exchange with it.</returns>
    public async ValueTask<Answer?> RunAsync(InspectionStage stage, Step step, Answer answer, bool isShared)
    {
        if (!IsText(answer.ContentType))
        {
            return answer; // Nobody here hears sound or sees pictures.
        }

        if (IsCompressed(answer))
        {
            return Miss(stage, step, answer) ? null : answer;
        }

        if (!IsStream(step, answer) || InspectionStage.ModeOf(step) is InspectedStreamMode.Buffer or InspectedStreamMode.Json)
        {
            return await HoldAsync(stage, step, answer);
        }

        if (step.Stop is { } stop && stage.LevelOf(step, InspectedSide.Response) == InspectionLevel.Enforce)
        {
            return await FollowAsync(stage, step, answer, stop);
        }

        return new WatchedReply(stage, step, answer, isShared);
    }

    private static bool IsText(string? contentType) => contentType is null || BodyCapture.IsTextual(contentType);

    /// <summary>Google streams JSON under the same type as a whole answer.</summary>
    private static bool IsStream(Step step, Answer answer) =>
        StorableAnswers.IsStream(answer.ContentType) || step.Route.Address.Path.Contains("stream", StringComparison.OrdinalIgnoreCase);

    private static bool IsCompressed(Answer answer)
    {
        IHeaderDictionary headers = new HeaderDictionary();
        answer.CopyHeaders(headers);
        return headers.ContentEncoding is [{ Length: > 0 } encoding, ..] && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase);
    }

    private async ValueTask<Answer?> FollowAsync(InspectionStage stage, Step step, Answer answer, CancellationTokenSource stop)
    {
        var stream = await InspectedStream.CreateAsync(stage, step, answer, stop, timeProvider);
        if (stream is { HasBegun: false, Error: { } error })
        {
            // Nothing has gone out: it can be told by a status.
            settlement.ReadUsage(step, stream);
            stream.Dispose();
            InspectionStage.End(step, error);
            return null;
        }

        return stream;
    }

    private async ValueTask<Answer?> HoldAsync(InspectionStage stage, Step step, Answer answer)
    {
        Answer? result = null;
        try
        {
            var held = new ArrayBufferWriter<byte>(Math.Max(answer.First.Length * 2, 4096));
            held.Write(answer.First.Span);
            while (!answer.IsWhole && held.WrittenCount <= MaxBytes && await answer.ReadNextAsync() is { IsEmpty: false } piece)
            {
                held.Write(piece.Span);
            }

            var error = held.WrittenCount > MaxBytes ? stage.Miss(step, InspectedSide.Response) : await InspectAsync(stage, step, answer.ContentType, held.WrittenMemory);
            if (error is null)
            {
                return result = held.WrittenCount > MaxBytes ? new PrefixedReply(answer, held.WrittenMemory) : new HeldReply(answer, held.WrittenMemory);
            }

            settlement.ReadUsage(step, answer); // It was made, and is paid for.
            InspectionStage.End(step, error);
        }
        catch (Exception exception) when (AnswerBodies.IsBroken(answer, exception))
        {
            step.Fail(answer.TimedOut
                ? new(GatewayErrorKind.UpstreamTimeout, "The provider's answer stopped before all of it could be inspected.")
                : new(GatewayErrorKind.UpstreamUnreachable, "The provider closed the connection before all of its answer could be inspected."));
            settlement.ReadUsage(step, answer);
        }
        finally
        {
            if (result is null)
            {
                answer.Dispose();
            }
        }

        return null;
    }

    private static ValueTask<GatewayError?> InspectAsync(InspectionStage stage, Step step, string? contentType, ReadOnlyMemory<byte> body)
    {
        var texts = new AnswerTexts();
        var events = new AnswerEvents(contentType, texts);
        events.Read(body.Span, isEnd: true);
        return events.IsUnreadable ? ValueTask.FromResult(stage.Miss(step, InspectedSide.Response)) : stage.InspectAsync(step, InspectedSide.Response, texts.All(), step.Aborted);
    }

    /// <summary>Whether an answer that cannot be inspected ends the exchange.</summary>
    private bool Miss(InspectionStage stage, Step step, Answer answer)
    {
        if (stage.Miss(step, InspectedSide.Response) is not { } error)
        {
            return false;
        }

        settlement.ReadUsage(step, answer);
        answer.Dispose();
        InspectionStage.End(step, error);
        return true;
    }
}
