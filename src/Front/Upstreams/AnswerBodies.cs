using System.Buffers;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Front.Upstreams;

/// <summary>Reads answers that have to be understood as a whole.</summary>
internal static class AnswerBodies
{
    /// <summary>The longest answer that is understood.</summary>
    public const int MaxWholeBytes = 64 * 1024 * 1024;

    /// <summary>The most of an error that is read.</summary>
    public const int MaxErrorBytes = 64 * 1024;

    /// <summary>What is said of a longer one.</summary>
    public static ChatFault TooLong { get; } = new(502, "server_error", "answer_too_long", $"The provider's answer is longer than {MaxWholeBytes / 1024 / 1024} MiB; ask for less at once.");

    /// <summary>The body of an error as far as it comes in and is not too long: what came says more than that the rest did not.</summary>
    /// <param name="answer">The answer; stays the caller's.</param>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadErrorAsync(Answer answer)
    {
        var body = new ArrayBufferWriter<byte>(Math.Max(answer.First.Length * 2, 256));
        try
        {
            await CopyAsync(answer, body, MaxErrorBytes);
        }
        catch (Exception exception) when (IsBroken(answer, exception))
        {
            // As far as it came.
        }

        return body.WrittenMemory;
    }

    /// <summary>Whether a failure while an answer was read is the provider's. A client that went away is nobody to answer to.</summary>
    public static bool IsBroken(Answer answer, Exception exception) =>
        exception is IOException or HttpRequestException || (exception is OperationCanceledException && answer.TimedOut);

    /// <summary>The body, and whether that is all of it.</summary>
    /// <param name="answer">The answer; stays the caller's.</param>
    /// <param name="most">About how much is read at most.</param>
    public static async ValueTask<(ReadOnlyMemory<byte> Body, bool IsWhole)> ReadAsync(Answer answer, int most)
    {
        if (answer.IsWhole)
        {
            return (answer.First, true);
        }

        var body = new ArrayBufferWriter<byte>(Math.Max(answer.First.Length * 2, 4096));
        var isWhole = await CopyAsync(answer, body, most);
        return (body.WrittenMemory, isWhole);
    }

    private static async ValueTask<bool> CopyAsync(Answer answer, ArrayBufferWriter<byte> body, int most)
    {
        body.Write(answer.First.Span);
        while (!answer.IsWhole && await answer.ReadNextAsync() is { IsEmpty: false } piece)
        {
            body.Write(piece.Span);
            if (body.WrittenCount > most)
            {
                return false;
            }
        }

        return true;
    }
}
