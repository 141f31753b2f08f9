using System.Buffers;

namespace GatewayActors.Front.Upstreams;

/// <summary>Reads answers to their end, where they must be understood before anything is committed.</summary>
internal static class AnswerBody
{
    /// <summary>The body as far as it comes in and is not longer than this.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="most">Bytes after which the reading ends.</param>
    /// <returns>What came; less than the whole where the provider broke off.</returns>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(Answer answer, int most)
    {
        if (answer.IsWhole)
        {
            return answer.First;
        }

        var whole = new ArrayBufferWriter<byte>(Math.Max(answer.First.Length * 2, 4096));
        whole.Write(answer.First.Span);
        try
        {
            while (whole.WrittenCount <= most && await answer.ReadNextAsync() is { IsEmpty: false } piece)
            {
                whole.Write(piece.Span);
            }
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException || (exception is OperationCanceledException && answer.TimedOut))
        {
            // What came says more than that the rest did not.
        }

        return whole.WrittenMemory;
    }
}
