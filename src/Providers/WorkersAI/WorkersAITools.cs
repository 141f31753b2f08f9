using System.Text.Json;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.WorkersAI;

/// <summary>Writes the tools of a request. Those that must not be called are left out.</summary>
internal static class WorkersAITools
{
    public static void Write(Utf8JsonWriter json, ChatRequest request, List<string> dropped)
    {
        if (request.ParallelToolCalls is false)
        {
            dropped.Add("parallel_tool_calls");
        }

        var choice = request.ToolChoice;
        var count = 0;
        for (var index = 0; index < request.Tools.Count; index++)
        {
            var tool = request.Tools[index];
            if (tool.IsNative)
            {
                throw new RefusedRequestException("Only functions can be used with this model.", $"tools[{index}].type");
            }

            if (choice.Mode == ChatToolMode.None || !(choice.Allowed is null || choice.Allowed.Contains(tool.Name)))
            {
                continue;
            }

            if (tool.Strict is true)
            {
                dropped.Add($"tools[{index}].function.strict");
            }

            if (count++ == 0)
            {
                json.WriteStartArray("tools"u8);
            }

            Write(json, tool);
        }

        if (count > 0)
        {
            json.WriteEndArray();
        }

        WriteChoice(json, request, count);
    }

    private static void Write(Utf8JsonWriter json, ChatTool tool)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "function"u8);
        json.WriteStartObject("function"u8);
        json.WriteString("name"u8, tool.Name);
        json.WriteString("description"u8, tool.Description ?? ""); // It must be there.
        json.WritePropertyName("parameters"u8);
        if (tool.Parameters.IsObject)
        {
            json.WriteRaw(tool.Parameters);
        }
        else
        {
            json.WriteRawValue("""{"type":"object","properties":{}}"""u8);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteChoice(Utf8JsonWriter json, ChatRequest request, int count)
    {
        var choice = request.ToolChoice;
        if (choice.Mode == ChatToolMode.Required && (count == 0 || (choice.Name is { } wanted && !request.Tools.Any(tool => tool.Name == wanted))))
        {
            throw new RefusedRequestException("There is no such function to call.", "tool_choice");
        }

        if (choice.Name is { } name)
        {
            json.WriteStartObject("tool_choice"u8);
            json.WriteString("type"u8, "function"u8);
            json.WriteStartObject("function"u8);
            json.WriteString("name"u8, name);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        else if (count > 0 && choice.Mode is ChatToolMode.Required or ChatToolMode.Auto)
        {
            json.WriteString("tool_choice"u8, choice.Mode == ChatToolMode.Required ? "required"u8 : "auto"u8);
        }
    }
}
