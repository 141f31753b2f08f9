using System.Text.Json;

namespace GatewayActors.Front.Run;

/// <summary>What a model's input tells about the kind of call that it is.</summary>
internal static class RunInput
{
    /// <summary>Which members an input has at its top level; null if it is no JSON object.</summary>
    public static RunMembers? Inspect(ReadOnlySpan<byte> input)
    {
        var reader = new Utf8JsonReader(input, new JsonReaderOptions { MaxDepth = 1_000 });
        var members = RunMembers.None;
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                members |= reader.ValueTextEquals("messages"u8) ? RunMembers.Messages
                    : reader.ValueTextEquals("input"u8) ? RunMembers.Input
                    : RunMembers.None;
                reader.Skip();
            }

            reader.Read(); // Nothing may follow; the reader says so itself.
            return members;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}

/// <summary>The members that tell what kind of call an input is.</summary>
[Flags]
internal enum RunMembers
{
    None = 0,

    /// <summary>A conversation.</summary>
    Messages = 1 << 0,

    /// <summary>Texts to embed, or a conversation in the form of OpenAI's Responses.</summary>
    Input = 1 << 1,
}
