using System.Buffers;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Upstreams;

namespace GatewayActors.Front.Inspection;

/// <summary>Has answers inspected: held back until they are whole, piece by piece a little behind, or after they have gone out.</summary>
internal sealed class AnswerInspection(Settlement settlement, GatewayOptions options)
{
    private int MaxBytes => options.Inspection.MaxBodyBytes;

    /// <returns>What the exchange goes on with; null if the step has failed, and its exchange with it.</returns>
    public async ValueTask<Answer?> RunAsync(InspectionStage stage, Step step, Answer answer)
    {
        var isHanded = false;
        try
        {
            var result = IsText(answer.ContentType) ? await HoldAsync(stage, step, answer) : answer; // Nobody can read sound and pictures here.
            isHanded = result is not null;
            return result;
        }
        finally
        {
            if (!isHanded)
            {
                answer.Dispose();
            }
        }
    }

    private static bool IsText(string? contentType) => contentType is null || BodyCapture.IsTextual(contentType);

    private async ValueTask<Answer?> HoldAsync(InspectionStage stage, Step step, Answer answer)
    {
        var error = default(GatewayError);
        var held = new ArrayBufferWriter<byte>(Math.Max(answer.First.Length * 2, 4096));
        try
        {
            held.Write(answer.First.Span);
            while (!answer.IsWhole && held.WrittenCount <= MaxBytes && await answer.ReadNextAsync() is { IsEmpty: false } piece)
            {
                held.Write(piece.Span);
            }
        }
        catch (Exception exception) when (AnswerBodies.IsBroken(answer, exception))
        {
            step.Fail(answer.TimedOut
                ? new(GatewayErrorKind.UpstreamTimeout, "The provider's answer stopped before all of it could be inspected.")
                : new(GatewayErrorKind.UpstreamUnreachable, "The provider closed the connection before all of its answer could be inspected."));
            settlement.ReadUsage(step, answer);
            return null;
        }

        if (held.WrittenCount > MaxBytes || IsCompressed(answer))
        {
            error = stage.Miss(step, InspectedSide.Response);
        }
        else
        {
            var texts = new AnswerTexts();
            var events = new AnswerEvents(answer.ContentType, texts);
            events.Read(held.WrittenSpan, isEnd: true);
            error = events.IsUnreadable ? stage.Miss(step, InspectedSide.Response)
                : await stage.InspectAsync(step, InspectedSide.Response, texts.All(), step.Aborted);
        }

        if (error is null)
        {
            return held.WrittenCount > MaxBytes ? new PrefixedReply(answer, held.WrittenMemory) : new HeldReply(answer, held.WrittenMemory);
        }

        settlement.ReadUsage(step, answer); // It was made, and is paid for.
        InspectionStage.End(step, error);
        return null;
    }

    private static bool IsCompressed(Answer answer)
    {
        IHeaderDictionary headers = new HeaderDictionary();
        answer.CopyHeaders(headers);
        return headers.ContentEncoding is [{ Length: > 0 } encoding, ..] && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase);
    }
}
