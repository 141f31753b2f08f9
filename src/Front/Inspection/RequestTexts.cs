using System.Text;
using System.Text.Json;

namespace GatewayActors.Front.Inspection;

/// <summary>
/// Finds the texts of a request that a model will read: of every format of ours, and every text of a body whose format is unknown. The turns
/// come first, the latest before all others; then instructions; then the rest.
/// </summary>
internal sealed class RequestTexts
{
    private static readonly string[] Turns = ["messages", "contents", "input", "chat_history"];
    private static readonly string[] Instructions = ["system", "systemInstruction", "system_instruction", "instructions", "preamble"];
    private static readonly string[] Tools = ["tools", "functions", "toolConfig"];

    // What a body of a known format has one of.
    private static readonly string[] Known = [.. Turns, "message", "prompt", "inputs", "texts", "text", "inputText", "query", "requests", "instances", "content"];

    private readonly List<InspectedText> _texts = [];

    private RequestTexts()
    {
    }

    /// <summary>The texts of a JSON body.</summary>
    public static IReadOnlyList<InspectedText> Of(JsonElement root)
    {
        var request = new RequestTexts();
        request.Read(root);
        return request._texts;
    }

    private void Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            Add(TextRole.User, root, "");
            return;
        }

        if (!root.EnumerateObject().Any(member => Array.IndexOf(Known, JsonTexts.NameOf(member)) >= 0))
        {
            var all = new StringBuilder();
            JsonTexts.AddAll(root, all);
            if (all.Length > 0)
            {
                _texts.Add(new(TextRole.User, all.ToString()));
            }

            return;
        }

        // All members of a name: a provider may take the last of two, or the first.
        if (root.TryGetProperty("message"u8, out var message))
        {
            Add(TextRole.User, message, "message"); // Cohere's latest turn stands beside the others.
        }

        foreach (var member in root.EnumerateObject())
        {
            if (Array.IndexOf(Turns, JsonTexts.NameOf(member)) >= 0)
            {
                AddTurns(member.Value);
            }
        }

        foreach (var member in root.EnumerateObject())
        {
            if (Array.IndexOf(Instructions, JsonTexts.NameOf(member)) >= 0)
            {
                Add(TextRole.System, member.Value, "system");
            }
        }

        foreach (var member in root.EnumerateObject())
        {
            var name = JsonTexts.NameOf(member);
            if (Array.IndexOf(Tools, name) >= 0)
            {
                AddDescriptions(member.Value);
            }
            else if (name is not "message" && !JsonTexts.IsSetting(name) && Array.IndexOf(Turns, name) < 0 && Array.IndexOf(Instructions, name) < 0)
            {
                Add(TextRole.User, member.Value, name);
            }
        }
    }

    /// <summary>Of tools, what a model is told about them in words.</summary>
    private void AddDescriptions(JsonElement tools)
    {
        List<string> parts = [];
        CollectDescriptions(tools, isDescription: false, parts);
        if (parts.Count > 0)
        {
            _texts.Add(new(TextRole.System, string.Join('\n', parts)));
        }
    }

    private static void CollectDescriptions(JsonElement element, bool isDescription, List<string> parts)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    CollectDescriptions(member.Value, JsonTexts.NameOf(member) is "description" or "title" or "enum" or "const" or "default" or "examples", parts);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    CollectDescriptions(item, isDescription, parts);
                }

                break;
            case JsonValueKind.String when isDescription && JsonTexts.TextOf(element) is { Length: > 0 } text:
                parts.Add(text);
                break;
            default:
                break;
        }
    }

    private void AddTurns(JsonElement turns)
    {
        if (turns.ValueKind != JsonValueKind.Array)
        {
            Add(TextRole.User, turns, "");
            return;
        }

        foreach (var turn in turns.EnumerateArray().Reverse())
        {
            Add(RoleOf(turn), turn, "");
        }
    }

    private static TextRole RoleOf(JsonElement turn)
    {
        if (turn.ValueKind != JsonValueKind.Object)
        {
            return TextRole.User;
        }

        if (turn.TryGetProperty("role"u8, out var role) && role.ValueKind == JsonValueKind.String)
        {
            return JsonTexts.TextOf(role).ToUpperInvariant() switch
            {
                "SYSTEM" or "DEVELOPER" => TextRole.System,
                "ASSISTANT" or "MODEL" or "CHATBOT" => TextRole.Assistant,
                "TOOL" or "FUNCTION" => TextRole.Tool,
                _ => TextRole.User,
            };
        }

        return turn.TryGetProperty("type"u8, out var type) && type.ValueKind == JsonValueKind.String && JsonTexts.TextOf(type).EndsWith("_output", StringComparison.Ordinal)
            ? TextRole.Tool
            : TextRole.User;
    }

    private void Add(TextRole role, JsonElement element, string name)
    {
        List<string> parts = [];
        Collect(element, name, parts);
        if (parts.Count == 0)
        {
            return;
        }

        _texts.Add(new(role, string.Join('\n', parts)));
        if (parts.Count > 1)
        {
            _texts.Add(new(role, string.Concat(parts)) { IsSeamless = true });
        }
    }

    private static void Collect(JsonElement element, string name, List<string> parts)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    CollectMember(member, parts);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    Collect(item, name, parts);
                }

                break;
            case JsonValueKind.String when JsonTexts.TextOf(element) is { Length: > 0 } text && !JsonTexts.IsBinary(name, text):
                parts.Add(JsonTexts.IsFree(name) ? JsonTexts.Unwrap(text) : text);
                break;
            default:
                break;
        }
    }

    private static void CollectMember(JsonProperty member, List<string> parts)
    {
        var name = JsonTexts.NameOf(member);
        if (JsonTexts.IsFree(name) && member.Value.ValueKind is JsonValueKind.Object)
        {
            var texts = new StringBuilder();
            JsonTexts.AddAll(member.Value, texts);
            if (texts.Length > 0)
            {
                parts.Add(texts.ToString());
            }
        }
        else if (!JsonTexts.IsSetting(name))
        {
            Collect(member.Value, name, parts);
        }
    }
}
