using System.Text.Json;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.OpenAI;

/// <summary>Writes tools as Responses wants them: a function's members beside its type.</summary>
internal static class ResponsesTools
{
    public static void Write(Utf8JsonWriter json, ChatRequest request, List<string> dropped)
    {
        if (request.Tools.Count > 0)
        {
            json.WriteStartArray("tools"u8);
            for (var index = 0; index < request.Tools.Count; index++)
            {
                var tool = request.Tools[index];
                if (tool.CacheMark is not null)
                {
                    dropped.Add($"tools[{index}].cache_control");
                }

                Write(json, tool, index);
            }

            json.WriteEndArray();
        }

        if (request.ParallelToolCalls is { } parallel)
        {
            json.WriteBoolean("parallel_tool_calls"u8, parallel);
        }

        WriteChoice(json, request.ToolChoice);
    }

    private static void Write(Utf8JsonWriter json, ChatTool tool, int index)
    {
        if (tool.IsNative)
        {
            // A custom tool's result has another form there and back.
            if (tool.Native.Text("type") == "custom")
            {
                throw new RefusedRequestException("Only functions can be used with this model.", $"tools[{index}].type");
            }

            json.WriteRaw(tool.Native); // One of OpenAI's own.
            return;
        }

        json.WriteStartObject();
        json.WriteString("type"u8, "function"u8);
        json.WriteString("name"u8, tool.Name);
        if (tool.Description is not null)
        {
            json.WriteString("description"u8, tool.Description);
        }

        json.WritePropertyName("parameters"u8);
        if (tool.Parameters.IsObject)
        {
            json.WriteRaw(tool.Parameters);
        }
        else
        {
            json.WriteRawValue("""{"type":"object","properties":{}}"""u8);
        }

        json.WriteBoolean("strict"u8, tool.Strict ?? false); // Strict is the default there, not in a chat.
        json.WriteEndObject();
    }

    private static void WriteChoice(Utf8JsonWriter json, in ChatToolChoice choice)
    {
        if (choice.Mode == ChatToolMode.Unstated)
        {
            return;
        }

        if (choice.Name is { } name)
        {
            json.WriteStartObject("tool_choice"u8);
            WriteFunction(json, name);
            json.WriteEndObject();
            return;
        }

        if (choice.Allowed is { } allowed)
        {
            json.WriteStartObject("tool_choice"u8);
            json.WriteString("type"u8, "allowed_tools"u8);
            json.WriteString("mode"u8, WordOf(choice.Mode));
            json.WriteStartArray("tools"u8);
            foreach (var one in allowed)
            {
                json.WriteStartObject();
                WriteFunction(json, one);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
            return;
        }

        json.WriteString("tool_choice"u8, WordOf(choice.Mode));
    }

    private static void WriteFunction(Utf8JsonWriter json, string name)
    {
        json.WriteString("type"u8, "function"u8);
        json.WriteString("name"u8, name);
    }

    private static string WordOf(ChatToolMode mode) => mode switch
    {
        ChatToolMode.Unstated or ChatToolMode.Auto => "auto",
        ChatToolMode.None => "none",
        ChatToolMode.Required => "required",
    };
}
