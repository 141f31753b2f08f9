using System.Text.Json;

namespace GatewayActors.Providers.Translation;

/// <summary>
/// Writes a conversation as turns that alternate, for formats where a turn is a role and an array of blocks. Belongs to one request.
/// </summary>
internal sealed class ConversationWriter(ChatRequest request, Utf8JsonWriter json, BlockWriter blocks, List<string> dropped)
{
    private const string Placeholder = "."; // for a turn of the user that must exist and has nothing to say

    private ChatRole? _open; // the turn that is being written
    private bool _owesUser; // an empty turn of the user, left out as long as nothing needs it

    /// <summary>Whether the client has begun the answer.</summary>
    public static bool IsPrefilled(ChatRequest request) =>
        request.Messages[^1] is { Role: ChatRole.Assistant, ToolCalls.Count: 0 } last && BlockWriter.LastOf(last) >= 0;

    /// <summary>Writes <c>system</c>: a block for each text, in order.</summary>
    /// <param name="instruction">What to add; null for nothing.</param>
    public void WriteSystem(string? instruction)
    {
        var hasAny = false;
        foreach (var message in request.Messages)
        {
            if (message.Role != ChatRole.System)
            {
                continue;
            }

            var last = BlockWriter.LastOf(message);
            for (var index = 0; index <= last; index++)
            {
                var part = message.Parts[index];
                if (part.Kind != ChatPartKind.Text)
                {
                    throw new RefusedRequestException("A system message can hold nothing but text.", part.Place);
                }

                if (!BlockWriter.IsBlank(part))
                {
                    BeginSystem(ref hasAny);
                    blocks.Text(part.Text, part.CacheMark ?? (index == last ? message.CacheMark : null));
                }
            }
        }

        if (instruction is not null)
        {
            BeginSystem(ref hasAny);
            blocks.Text(instruction, null);
        }

        if (hasAny)
        {
            json.WriteEndArray();
        }
    }

    /// <summary>Writes <c>messages</c>.</summary>
    public void WriteMessages()
    {
        json.WriteStartArray("messages"u8);
        var messages = request.Messages;
        for (var index = 0; index < messages.Count;)
        {
            if (messages[index].Role == ChatRole.Assistant)
            {
                Assistant(messages[index], isLast: index == messages.Count - 1);
                index++;
                continue;
            }

            // Results of calls must stand before everything else that the user says in the same turn.
            var end = index;
            for (; end < messages.Count && messages[end].Role != ChatRole.Assistant; end++)
            {
                if (messages[end].Role == ChatRole.Tool)
                {
                    Open(ChatRole.User);
                    blocks.Result(messages[end]);
                }
            }

            for (; index < end; index++)
            {
                if (messages[index].Role == ChatRole.User)
                {
                    User(messages[index]);
                }
            }
        }

        if (_open is null || (_owesUser && _open == ChatRole.Assistant))
        {
            Open(ChatRole.User);
            blocks.Text(Placeholder, null);
        }

        Close();
        json.WriteEndArray();
    }

    private void BeginSystem(ref bool hasAny)
    {
        if (!hasAny)
        {
            json.WriteStartArray("system"u8);
            hasAny = true;
        }
    }

    private void User(ChatMessage message)
    {
        if (message.Name is not null)
        {
            dropped.Add(message.Place + ".name");
        }

        var last = BlockWriter.LastOf(message);
        if (last < 0)
        {
            _owesUser = true;
            return;
        }

        Open(ChatRole.User);
        Parts(message, last, message.CacheMark);
    }

    private void Assistant(ChatMessage message, bool isLast)
    {
        var last = BlockWriter.LastOf(message);
        if (last < 0 && message.ToolCalls.Count == 0)
        {
            return; // Nothing is said, and thinking alone is no turn.
        }

        if (_open is null || (_owesUser && _open == ChatRole.Assistant))
        {
            Open(ChatRole.User);
            blocks.Text(Placeholder, null);
        }

        Open(ChatRole.Assistant);
        blocks.Thoughts(message);
        if (isLast && message.ToolCalls.Count == 0)
        {
            Prefill(message, last);
            return;
        }

        Parts(message, last, message.ToolCalls.Count == 0 ? message.CacheMark : null);
        for (var index = 0; index < message.ToolCalls.Count; index++)
        {
            blocks.Call(message.ToolCalls[index], index == message.ToolCalls.Count - 1 ? message.CacheMark : null);
        }
    }

    /// <summary>The beginning of the answer: blanks at its end are refused.</summary>
    private void Prefill(ChatMessage message, int last)
    {
        for (var index = 0; index <= last; index++)
        {
            var part = message.Parts[index];
            RefuseOther(message, part);
            if (!BlockWriter.IsBlank(part))
            {
                blocks.Text(index == last ? part.Text.TrimEnd() : part.Text, part.CacheMark ?? (index == last ? message.CacheMark : null));
            }
        }
    }

    private void Parts(ChatMessage message, int last, ChatCacheMark? mark)
    {
        for (var index = 0; index <= last; index++)
        {
            var part = message.Parts[index];
            RefuseOther(message, part);
            if (!BlockWriter.IsBlank(part))
            {
                blocks.Part(part, part.CacheMark ?? (index == last ? mark : null));
            }
        }
    }

    private static void RefuseOther(ChatMessage message, ChatPart part)
    {
        if (message.Role == ChatRole.Assistant && part.Kind != ChatPartKind.Text)
        {
            throw new RefusedRequestException("A message of the assistant can hold nothing but text and calls.", part.Place);
        }
    }

    /// <summary>Goes on with a turn, or begins it.</summary>
    private void Open(ChatRole role)
    {
        _owesUser = false;
        if (_open == role)
        {
            return;
        }

        Close();
        _open = role;
        json.WriteStartObject();
        json.WriteString("role"u8, role == ChatRole.User ? "user"u8 : "assistant"u8);
        json.WriteStartArray("content"u8);
    }

    private void Close()
    {
        if (_open is not null)
        {
            blocks.EndTurn();
            json.WriteEndArray();
            json.WriteEndObject();
        }
    }
}
