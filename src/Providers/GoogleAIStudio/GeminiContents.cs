using System.Text.Json;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.GoogleAIStudio;

/// <summary>Writes a conversation. Gemini knows two speakers, who take turns, and the user begins: neighbours are merged.</summary>
internal sealed class GeminiContents
{
    /// <summary>Stands for a user turn that must exist and has no text.</summary>
    private const string Placeholder = ".";

    /// <summary>Google's own word for a call whose signature is lost: it is then not checked.</summary>
    private const string LostSignature = "skip_thought_signature_validator";

    private readonly GeminiDraft _draft;
    private readonly Utf8JsonWriter _json;
    private readonly Dictionary<string, string> _functions = []; // by the id of a call
    private Speaker _open;
    private bool _hasCall;

    private GeminiContents(GeminiDraft draft) => (_draft, _json) = (draft, draft.Json);

    private enum Speaker
    {
        Nobody,
        User,
        Model,
    }

    public static void Write(GeminiDraft draft) => new GeminiContents(draft).Write();

    private void Write()
    {
        if (_draft.Model.TakesSystem)
        {
            WriteSystemInstruction();
        }

        _json.WriteStartArray("contents"u8);
        if (!_draft.Model.TakesSystem)
        {
            foreach (var text in SystemTexts())
            {
                WriteText(Speaker.User, text, null);
            }
        }

        foreach (var message in _draft.Request.Messages)
        {
            Write(message);
        }

        if (_open == Speaker.Nobody)
        {
            WriteText(Speaker.User, Placeholder, null);
        }

        Close();
        _json.WriteEndArray();
    }

    private void WriteSystemInstruction()
    {
        var isOpen = false;
        foreach (var text in SystemTexts())
        {
            if (!isOpen)
            {
                _json.WriteStartObject("systemInstruction"u8);
                _json.WriteStartArray("parts"u8);
                isOpen = true;
            }

            _json.WriteStartObject();
            _json.WriteString("text"u8, text);
            _json.WriteEndObject();
        }

        if (isOpen)
        {
            _json.WriteEndArray();
            _json.WriteEndObject();
        }
    }

    private IEnumerable<string> SystemTexts()
    {
        foreach (var message in _draft.Request.Messages)
        {
            if (message.Role != ChatRole.System)
            {
                continue;
            }

            foreach (var part in message.Parts)
            {
                if (part.Kind != ChatPartKind.Text)
                {
                    throw new RefusedRequestException("Instructions may hold text only.", part.Place);
                }

                if (part.Text.Length > 0)
                {
                    yield return part.Text;
                }
            }
        }

        if (_draft.NeedsJsonInstruction)
        {
            yield return JsonInstruction.For(_draft.Request.Format);
        }
    }

    private void Write(ChatMessage message)
    {
        DropMarks(message);
        switch (message.Role)
        {
            case ChatRole.User:
                foreach (var part in message.Parts)
                {
                    WritePart(Speaker.User, part, null);
                }

                break;
            case ChatRole.Assistant:
                WriteAnswer(message);
                break;
            case ChatRole.Tool:
                WriteResult(message);
                break;
            case ChatRole.System: // hoisted
                break;
        }
    }

    private void DropMarks(ChatMessage message)
    {
        if (message.Name is not null && message.Role != ChatRole.Tool)
        {
            _draft.Dropped.Add(message.Place + ".name");
        }

        if (message.CacheMark is not null)
        {
            _draft.Dropped.Add(message.Place + ".cache_control");
        }

        foreach (var part in message.Parts)
        {
            if (part.CacheMark is not null)
            {
                _draft.Dropped.Add(part.Place + ".cache_control");
            }
        }
    }

    private void WriteAnswer(ChatMessage message)
    {
        var signature = SignatureOf(message);
        var signed = -1;
        for (var index = 0; index < message.Parts.Count; index++)
        {
            if (message.Parts[index] is { Kind: ChatPartKind.Text, Text.Length: > 0 })
            {
                signed = index;
            }
        }

        for (var index = 0; index < message.Parts.Count; index++)
        {
            WritePart(Speaker.Model, message.Parts[index], index == signed ? signature : null);
        }

        if (signature is not null && signed < 0)
        {
            WriteText(Speaker.Model, "", signature);
        }

        foreach (var call in message.ToolCalls)
        {
            WriteCall(call);
        }
    }

    /// <summary>What Google gave out for the text of an answer; reasoning without it, or of others, cannot come back.</summary>
    private string? SignatureOf(ChatMessage message)
    {
        string? signature = null;
        var hasOthers = false;
        if (message.ReasoningDetails.ValueKind == JsonValueKind.Array)
        {
            foreach (var detail in message.ReasoningDetails.EnumerateArray())
            {
                var data = detail.Text("format") == "google" ? detail.Text("data") : null;
                signature = data ?? signature;
                hasOthers |= data is null;
            }
        }

        if (hasOthers)
        {
            _draft.Dropped.Add(message.Place + ".reasoning_details");
        }

        if (message.ReasoningContent is { Length: > 0 })
        {
            _draft.Dropped.Add(message.Place + ".reasoning_content");
        }

        return signature;
    }

    private void WriteCall(ChatToolCall call)
    {
        Open(Speaker.Model);
        var name = _draft.Names.ToProvider(call.Name);
        _functions[call.Id] = name;
        _json.WriteStartObject();
        _json.WriteStartObject("functionCall"u8);
        WriteId(call.Id);
        _json.WriteString("name"u8, name);
        _json.WritePropertyName("args"u8);
        call.WriteArguments(_json);
        _json.WriteEndObject();
        var signature = call.Extra.Member("google").Text("thought_signature")
            ?? (_draft.Model.NeedsSignatures && !_hasCall ? LostSignature : null);
        _hasCall = true;
        WriteSignature(signature);
        _json.WriteEndObject();
    }

    private void WriteResult(ChatMessage message)
    {
        if (!_functions.TryGetValue(message.ToolCallId!, out var name))
        {
            throw new RefusedRequestException("No call before it has this id.", message.Place + ".tool_call_id");
        }

        List<ChatPart> pictures = [];
        foreach (var part in message.Parts)
        {
            switch (part.Kind)
            {
                case ChatPartKind.Text:
                    break;
                case ChatPartKind.Image:
                    pictures.Add(part);
                    break;
                default:
                    throw new RefusedRequestException("A result may hold texts and images only.", part.Place);
            }
        }

        Open(Speaker.User);
        _json.WriteStartObject();
        _json.WriteStartObject("functionResponse"u8);
        WriteId(message.ToolCallId!);
        _json.WriteString("name"u8, name);
        _json.WritePropertyName("response"u8);
        WriteResponse(message);
        if (pictures.Count > 0 && _draft.Model.TakesPicturesInResults)
        {
            _json.WriteStartArray("parts"u8);
            WritePictures(pictures);
            _json.WriteEndArray();
        }

        _json.WriteEndObject();
        _json.WriteEndObject();
        if (!_draft.Model.TakesPicturesInResults)
        {
            WritePictures(pictures);
        }
    }

    private void WritePictures(List<ChatPart> pictures)
    {
        foreach (var picture in pictures)
        {
            GeminiMedia.Write(_draft, picture);
        }
    }

    /// <summary>A result must be an object: JSON that is one is taken as it is, everything else is put under a name.</summary>
    private void WriteResponse(ChatMessage message)
    {
        var text = message.Text;
        JsonDocument? document = null;
        try
        {
            document = JsonDocument.Parse(text);
        }
        catch (JsonException)
        {
            // Most results are just text.
        }

        using (document)
        {
            if (document?.RootElement.IsObject is true)
            {
                _json.WriteRaw(document.RootElement);
                return;
            }

            _json.WriteStartObject();
            _json.WritePropertyName(message.IsError ? "error"u8 : "result"u8);
            if (document is null)
            {
                _json.WriteStringValue(text);
            }
            else
            {
                _json.WriteRaw(document.RootElement);
            }

            _json.WriteEndObject();
        }
    }

    private void WritePart(Speaker speaker, ChatPart part, string? signature)
    {
        if (part.Kind != ChatPartKind.Text)
        {
            Open(speaker);
            GeminiMedia.Write(_draft, part);
        }
        else if (part.Text.Length > 0) // empty parts are refused
        {
            WriteText(speaker, part.Text, signature);
        }
    }

    private void WriteText(Speaker speaker, string text, string? signature)
    {
        Open(speaker);
        _json.WriteStartObject();
        _json.WriteString("text"u8, text);
        WriteSignature(signature);
        _json.WriteEndObject();
    }

    private void WriteSignature(string? signature)
    {
        if (signature is not null)
        {
            _json.WriteString("thoughtSignature"u8, signature);
        }
    }

    private void WriteId(string id)
    {
        if (_draft.Service == GoogleService.AIStudio) // Vertex refuses it
        {
            _json.WriteString("id"u8, id);
        }
    }

    private void Open(Speaker speaker)
    {
        if (_open == speaker)
        {
            return;
        }

        if (_open == Speaker.Nobody && speaker == Speaker.Model)
        {
            WriteText(Speaker.User, Placeholder, null);
        }

        Close();
        (_open, _hasCall) = (speaker, false);
        _json.WriteStartObject();
        _json.WriteString("role"u8, speaker == Speaker.Model ? "model"u8 : "user"u8);
        _json.WriteStartArray("parts"u8);
    }

    private void Close()
    {
        if (_open != Speaker.Nobody)
        {
            _json.WriteEndArray();
            _json.WriteEndObject();
        }
    }
}
