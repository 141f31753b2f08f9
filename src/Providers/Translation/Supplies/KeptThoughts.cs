using System.Text.Json;

namespace GatewayActors.Providers.Translation.Supplies;

/// <summary>
/// What a provider wants back with the calls of an answer, kept because most clients of OpenAI's formats lose it: details of the reasoning
/// that led to them, and signatures of the calls themselves.
/// </summary>
public sealed record KeptThoughts
{
    private readonly JsonElement _root;

    private KeptThoughts(JsonElement root) => _root = root;

    /// <summary>Reads what <see cref="Write"/> wrote; null if it is something else.</summary>
    public static KeptThoughts? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var root = JsonElement.Parse(json);
            return root.IsObject ? new(root) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    internal static byte[] Write(IReadOnlyList<ChatReasoningDetail> details, IReadOnlyDictionary<string, string> signatures)
    {
        using var buffer = new MemoryStream(1024);
        using (var json = new Utf8JsonWriter(buffer, ChunkWriter.AsWritten))
        {
            json.WriteStartObject();
            json.WriteStartArray("details"u8);
            foreach (var detail in details)
            {
                detail.Write(json);
            }

            json.WriteEndArray();
            json.WriteStartObject("signatures"u8);
            foreach (var (call, signature) in signatures)
            {
                json.WriteString(call, signature);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <summary>The answer as it was before its client lost something. What the client still has stays as the client has it.</summary>
    internal ChatMessage PutBack(ChatMessage message)
    {
        var details = _root.Member("details");
        var signatures = _root.Member("signatures");
        return message with
        {
            ReasoningDetails = details.ValueKind == JsonValueKind.Array && details.GetArrayLength() > 0 ? details : message.ReasoningDetails,
            ToolCalls =
            [
                .. message.ToolCalls.Select(call => !call.Extra.IsDefined && signatures.Text(call.Id) is { } signature
                    ? call with { Extra = Messages.AssistantTurn.CallExtra(signature) }
                    : call),
            ],
        };
    }
}
