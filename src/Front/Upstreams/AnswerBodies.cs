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
        body.Write(answer.First.Span);
        while (await answer.ReadNextAsync() is { IsEmpty: false } piece)
        {
            body.Write(piece.Span);
            if (body.WrittenCount > most)
            {
                return (body.WrittenMemory, false);
            }
        }

        return (body.WrittenMemory, true);
    }
}
