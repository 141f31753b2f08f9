using System.Text.Json;

namespace GatewayActors.Front.Universal.Sockets;

/// <summary>A message of a client: a universal request, under a name by which its answers are known.</summary>
internal readonly record struct UniversalFrame
{
    private const string CreateType = "universal.create";
    private const int MaxDepth = 1_000; // As deep as a body of the universal endpoint may be.

    /// <summary>The client's name of the request; null if it gives none.</summary>
    public string? EventId { get; private init; }

    /// <summary>The request: a step, or an array of them.</summary>
    public ReadOnlyMemory<byte> Request { get; private init; }

    /// <summary>What is wrong with the message: a sentence for the client that names the field; null if nothing is.</summary>
    public string? Problem { get; private init; }

    /// <summary>Reads a message.</summary>
    public static UniversalFrame Read(ReadOnlyMemory<byte> message)
    {
        var frame = new UniversalFrame();
        string? type = null;
        var reader = new Utf8JsonReader(message.Span, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return frame with { Problem = "The message must be a JSON object with type and request." };
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var (isType, isRequest, isEventId) = (reader.ValueTextEquals("type"u8), reader.ValueTextEquals("request"u8), reader.ValueTextEquals("eventId"u8));
                reader.Read();
                if (isType && reader.TokenType == JsonTokenType.String)
                {
                    type = reader.GetString();
                }
                else if (isEventId)
                {
                    frame = frame with { EventId = Text(reader) ?? frame.EventId };
                }
                else if (isRequest && reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                {
                    var start = (int)reader.TokenStartIndex;
                    reader.Skip();
                    frame = frame with { Request = message[start..(int)reader.BytesConsumed] };
                }
                else
                {
                    reader.Skip();
                }
            }

            reader.Read(); // Nothing may follow; the reader says so itself.
            frame = frame with { EventId = frame.EventId ?? FindEventId(frame.Request.Span) };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return new() { Problem = "The message is not valid JSON." };
        }

        return type != CreateType ? frame with { Problem = $"type must be {CreateType}." }
            : frame.Request.IsEmpty ? frame with { Problem = "request must be a step (an object with provider, endpoint and query) or an array of steps." }
            : frame;
    }

    /// <summary>The name in a step; of several steps, the first one that has one.</summary>
    private static string? FindEventId(ReadOnlySpan<byte> request)
    {
        var reader = new Utf8JsonReader(request, new JsonReaderOptions { MaxDepth = MaxDepth });
        while (!request.IsEmpty && reader.Read())
        {
            var isStep = reader.CurrentDepth == (request[0] == (byte)'[' ? 2 : 1);
            if (reader.TokenType == JsonTokenType.PropertyName && isStep)
            {
                var isEventId = reader.ValueTextEquals("eventId"u8);
                reader.Read();
                if (isEventId && Text(reader) is { } eventId)
                {
                    return eventId;
                }

                reader.Skip();
            }
        }

        return null;
    }

    private static string? Text(in Utf8JsonReader reader) => reader.TokenType == JsonTokenType.String && reader.GetString() is { Length: > 0 } text ? text : null;
}
