using System.Text.Json;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.Cohere;

/// <summary>Writes the tools of a request. Which of them may be called is told by leaving the others out.</summary>
internal static class CohereTools
{
    public static void Write(Utf8JsonWriter json, ChatRequest request, List<string> dropped)
    {
        if (request.ParallelToolCalls is false)
        {
            dropped.Add("parallel_tool_calls"); // there is no switch; several calls are allowed to come
        }

        var (isStrict, count) = (false, 0);
        for (var index = 0; index < request.Tools.Count; index++)
        {
            var tool = request.Tools[index];
            if (tool.IsNative)
            {
                throw new RefusedRequestException("Only functions can be used with this model.", $"tools[{index}].type");
            }

            if (tool.CacheMark is not null)
            {
                dropped.Add($"tools[{index}].cache_control");
            }

            if (!IsAllowed(request.ToolChoice, tool.Name))
            {
                continue;
            }

            if (count++ == 0)
            {
                json.WriteStartArray("tools"u8);
            }

            Write(json, tool);
            isStrict |= tool.Strict is true;
        }

        if (count > 0)
        {
            json.WriteEndArray();
        }

        if (isStrict)
        {
            json.WriteBoolean("strict_tools"u8, true);
        }

        WriteChoice(json, request.ToolChoice, count);
    }

    private static bool IsAllowed(in ChatToolChoice choice, string name) =>
        (choice.Name is null || choice.Name == name) && (choice.Allowed is null || choice.Allowed.Contains(name));

    private static void Write(Utf8JsonWriter json, ChatTool tool)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "function"u8);
        json.WriteStartObject("function"u8);
        json.WriteString("name"u8, tool.Name);
        if (tool.Description is not null)
        {
            json.WriteString("description"u8, tool.Description);
        }

        json.WritePropertyName("parameters"u8); // it must be there
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

    private static void WriteChoice(Utf8JsonWriter json, in ChatToolChoice choice, int count)
    {
        if (choice.Mode == ChatToolMode.Required)
        {
            json.WriteString("tool_choice"u8, count > 0 ? "REQUIRED" : throw new RefusedRequestException("There is no such function to call.", "tool_choice"));
        }
        else if (choice.Mode == ChatToolMode.None && count > 0)
        {
            json.WriteString("tool_choice"u8, "NONE"u8);
        }
    }
}
