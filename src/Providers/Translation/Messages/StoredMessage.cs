using System.Buffers;
using System.Text.Json;

namespace GatewayActors.Providers.Translation.Messages;

/// <summary>
/// Turns whole answers of Anthropic's Messages from a stream into one message and back, for answers that are kept in one form and asked for
/// in the other. Blocks and members it does not know stay. Pure.
/// </summary>
/// <remarks>https://docs.anthropic.com/en/docs/build-with-claude/streaming</remarks>
public static class StoredMessage
{
    /// <summary>The message that a stream adds up to.</summary>
    /// <param name="stream">A stream from its first to its last event.</param>
    /// <returns>Null if it is not one whole message, or has pieces of a kind that is not known.</returns>
    public static ReadOnlyMemory<byte>? ToMessage(ReadOnlySpan<byte> stream)
    {
        var events = new SseEvents();
        if (!events.TryAppend(stream))
        {
            return null;
        }

        var message = new MergedMessage();
        try
        {
            while (events.TryTake(out var data) || events.TryTakeLast(out data))
            {
                using var document = JsonDocument.Parse(data);
                if (!message.TryAdd(document.RootElement))
                {
                    return null;
                }
            }

            return message.IsWhole ? message.Write() : default(ReadOnlyMemory<byte>?); // Not null alone, which becomes an empty one.
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A stream that adds up to a message: of every block one piece with all of it.</summary>
    /// <returns>Null if it is not one whole message.</returns>
    public static ReadOnlyMemory<byte>? ToStream(ReadOnlySpan<byte> message)
    {
        try
        {
            using var document = JsonDocument.Parse(message.ToArray());
            var root = document.RootElement;
            if (root.Text("type") != "message" || root.Member("content").ValueKind != JsonValueKind.Array || root.Text("stop_reason") is null || !root.Member("usage").IsObject)
            {
                return null;
            }

            var output = new ArrayBufferWriter<byte>(message.Length * 2);
            using var events = new MessageEvents(output);
            events.Write(root);
            return output.WrittenMemory;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
