using System.Text;
using System.Text.Json;
using GatewayActors.Providers.Translation.Messages;

namespace GatewayActors.Providers.Translation.Responses;

/// <summary>Collects the items of one turn of the assistant.</summary>
/// <param name="place">Where the first of them stands.</param>
internal sealed class AnswerTurn(string place)
{
    private readonly List<ChatPart> _parts = [];
    private readonly List<ChatToolCall> _calls = [];
    private readonly List<JsonElement> _details = [];
    private readonly StringBuilder _reasoning = new();
    private JsonElement _extra; // of the next call

    public void Say(List<ChatPart> parts) => _parts.AddRange(parts);

    public void Reason(JsonElement item)
    {
        // The text itself where the client has it, else what was made of it for people.
        var texts = item.Member("content") is { ValueKind: JsonValueKind.Array } content && content.GetArrayLength() > 0 ? content : item.Member("summary");
        if (texts.ValueKind == JsonValueKind.Array)
        {
            foreach (var text in texts.EnumerateArray())
            {
                _reasoning.Append(text.Text("text"));
            }
        }

        var opened = ThoughtEnvelope.Open(item.Text("encrypted_content"));
        if (ThoughtEnvelope.CallSignature(opened) is { } signature)
        {
            _extra = AssistantTurn.CallExtra(signature);
        }
        else if (opened.Text("format") is not null)
        {
            _details.Add(opened);
        }
    }

    public void Call(JsonElement item, string itemPlace, string arguments)
    {
        _calls.Add(new(
            item.Text("call_id") is { Length: > 0 } id ? id : throw new RefusedRequestException("A call must have an id.", itemPlace + ".call_id"),
            item.Text("name") is { Length: > 0 } name ? name : throw new RefusedRequestException("A call must name its function.", itemPlace + ".name"),
            arguments)
        {
            Extra = _extra,
        });
        _extra = default;
    }

    /// <summary>The turn; null if it is only reasoning that nobody can be shown.</summary>
    public ChatMessage? End() => _parts.Count == 0 && _calls.Count == 0 ? null : new()
    {
        Role = ChatRole.Assistant,
        Place = place,
        Parts = _parts,
        ToolCalls = _calls,
        ReasoningContent = _reasoning.Length > 0 ? _reasoning.ToString() : null,
        ReasoningDetails = _details.Count == 0 ? default : AssistantTurn.Details(_details),
    };
}
