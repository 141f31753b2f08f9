using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace GatewayActors.Providers.Translation.Responses;

/// <summary>
/// Turns whole answers of OpenAI's Responses from a stream into one response and back, for answers that are kept in one form and asked for
/// in the other. Items and members it does not know stay. Pure.
/// </summary>
/// <remarks>https://platform.openai.com/docs/api-reference/responses-streaming</remarks>
public static class StoredResponse
{
    /// <summary>The response that a stream ends with: its last event has all of it.</summary>
    /// <param name="stream">A stream from its first to its last event.</param>
    /// <returns>Null if it did not end with a completed response that has its usage.</returns>
    public static ReadOnlyMemory<byte>? ToResponse(ReadOnlySpan<byte> stream)
    {
        var events = new SseEvents();
        if (!events.TryAppend(stream))
        {
            return null;
        }

        try
        {
            while (events.TryTake(out var data) || events.TryTakeLast(out data))
            {
                if (data.Span.IndexOf("\"response.completed\""u8) < 0)
                {
                    continue; // Not parsed: nothing but the last one matters.
                }

                using var document = JsonDocument.Parse(data);
                if (document.RootElement.Text("type") == "response.completed" && document.RootElement.Member("response") is { IsObject: true } response)
                {
                    return IsWhole(response) ? JsonMarshal.GetRawUtf8Value(response).ToArray() : default(ReadOnlyMemory<byte>?); // Not null alone, which becomes an empty one.
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }

        return null;
    }

    /// <summary>A stream that ends with a response: of every part one piece with all of it.</summary>
    /// <returns>Null if it is not a completed response.</returns>
    public static ReadOnlyMemory<byte>? ToStream(ReadOnlySpan<byte> response)
    {
        try
        {
            using var document = JsonDocument.Parse(response.ToArray());
            if (!IsWhole(document.RootElement))
            {
                return null;
            }

            var output = new ArrayBufferWriter<byte>(response.Length * 3);
            using var events = new ResponseEvents(output);
            events.Write(document.RootElement);
            return output.WrittenMemory;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static bool IsWhole(JsonElement response) =>
        response.Text("object") == "response" && response.Text("status") == "completed" && response.Member("output").ValueKind == JsonValueKind.Array && response.Member("usage").IsObject;
}
